//! Users and tokens, for admins: what the command line does with `user` and `token`, and no more.

use actix_web::HttpResponse;
use actix_web::web::{self, Form, Path, Query};
use maud::{Markup, html};
use serde::Deserialize;

use super::access_view::{Typed, view};
use super::reason::Refused;
use super::{Bare, PageFailure, Shown, see, shown, shown_as};
use crate::auth::accounts::{self, UserCommand};
use crate::auth::tokens::{self, Which};
use crate::auth::users;
use crate::common::completed::Completed;
use crate::common::failure::Failure;
use crate::common::role::Role;
use crate::common::text_enum::TextEnum;
use crate::http::Console;
use crate::http::session::Visitor;

#[derive(Debug, Deserialize)]
struct Done {
    done: Option<String>,
}

#[derive(Debug, Deserialize)]
struct UserForm {
    csrf: String,
    name: String,
    role: Role,
    password: String,
    /// There when its box is ticked.
    no_password: Option<String>,
}

#[derive(Debug, Deserialize)]
struct RoleForm {
    csrf: String,
    role: Role,
}

#[derive(Debug, Deserialize)]
struct TokenForm {
    csrf: String,
    name: String,
    role: Role,
}

async fn show(visitor: Visitor, console: web::Data<Console>, query: Query<Done>) -> Shown {
    visitor.principal.require(Role::Admin)?;
    let said = query.done.as_deref().and_then(Completed::parse).and_then(|done| match done {
        Completed::Added => Some("The user was added."),
        Completed::Changed => Some("The user was changed, and is signed out everywhere."),
        Completed::RoleChanged => Some("The role was changed."),
        Completed::Disabled => Some("The user is disabled, and signed out everywhere."),
        Completed::Enabled => Some("The user is enabled again."),
        Completed::Unlocked => Some("The user may sign in again."),
        Completed::Revoked => Some("The token is revoked."),
        _ => None,
    });
    let note = html! { @if let Some(said) = said { p.note.good role="status" { (said) } } };
    Ok(shown(&whole(&visitor, &console, &note, &Typed::default()).await?))
}

/// The page again, with why nothing was done, for what can be mended here.
async fn refused(visitor: &Visitor, console: &Console, failure: Failure, typed: &Typed<'_>) -> Shown {
    let refused = Refused::new(failure, "")?;
    let note = html! { @if let Some(why) = refused.other() { (why) } };
    Ok(shown_as(refused.status(), &whole(visitor, console, &note, typed).await?))
}

async fn whole(
    visitor: &Visitor,
    console: &Console,
    note: &Markup,
    typed: &Typed<'_>,
) -> Result<Markup, PageFailure> {
    let users = users::list(&console.pool).await?;
    let tokens = tokens::list(&console.pool).await?;
    Ok(view(visitor, &users, &tokens, note, typed))
}

fn see_done(done: Completed) -> HttpResponse {
    see(&format!("/access?done={done}"))
}

async fn set_user(visitor: Visitor, console: web::Data<Console>, form: Form<UserForm>) -> Shown {
    visitor.check(&form.csrf)?;
    visitor.principal.require(Role::Admin)?;
    let password = form.no_password.is_none().then_some(form.password.as_str());
    let actor = &visitor.principal.actor;
    match accounts::set(&console.pool, actor, &form.name, form.role, password).await {
        Ok(change) => Ok(see_done(if change.added { Completed::Added } else { Completed::Changed })),
        Err(failure) => {
            let typed = Typed { user: Some((&form.name, form.role)), token: None };
            refused(&visitor, &console, failure, &typed).await
        }
    }
}

async fn set_role(
    visitor: Visitor,
    console: web::Data<Console>,
    name: Path<String>,
    form: Form<RoleForm>,
) -> Shown {
    visitor.check(&form.csrf)?;
    visitor.principal.require(Role::Admin)?;
    match accounts::set_role(&console.pool, &visitor.principal.actor, &name, form.role).await {
        Ok(_) => Ok(see_done(Completed::RoleChanged)),
        Err(failure) => refused(&visitor, &console, failure, &Typed::default()).await,
    }
}

async fn change_user(
    visitor: Visitor,
    console: web::Data<Console>,
    path: Path<(String, UserCommand)>,
    form: Form<Bare>,
) -> Shown {
    visitor.check(&form.csrf)?;
    visitor.principal.require(Role::Admin)?;
    let (name, command) = path.into_inner();
    match accounts::command(&console.pool, &visitor.principal.actor, &name, command).await {
        Ok(()) => Ok(see_done(command.into())),
        Err(failure) => refused(&visitor, &console, failure, &Typed::default()).await,
    }
}

async fn create_token(visitor: Visitor, console: web::Data<Console>, form: Form<TokenForm>) -> Shown {
    visitor.check(&form.csrf)?;
    visitor.principal.require(Role::Admin)?;
    let made = tokens::create(&console.pool, &visitor.principal.actor, &form.name, form.role).await;
    let token = match made {
        Ok(token) => token,
        Err(failure) => {
            let typed = Typed { user: None, token: Some((&form.name, form.role)) };
            return refused(&visitor, &console, failure, &typed).await;
        }
    };
    // As the answer itself: in no address, no log, no history.
    let note = html! { p.note.good role="status" {
        "The token " b { (form.name) } " with the role " (form.role) ", shown only now: " code id="new-token" { (token) }
    } };
    Ok(shown(&whole(&visitor, &console, &note, &Typed::default()).await?))
}

async fn revoke_token(
    visitor: Visitor,
    console: web::Data<Console>,
    id: Path<i64>,
    form: Form<Bare>,
) -> Shown {
    visitor.check(&form.csrf)?;
    visitor.principal.require(Role::Admin)?;
    tokens::revoke(&console.pool, &visitor.principal.actor, Which::Id(*id)).await?;
    Ok(see_done(Completed::Revoked))
}

pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.route("/access", web::get().to(show))
        .route("/access/users", web::post().to(set_user))
        .route("/access/users/{name}/role", web::post().to(set_role))
        .route("/access/users/{name}/{command}", web::post().to(change_user))
        .route("/access/tokens", web::post().to(create_token))
        .route("/access/tokens/{id}/revoke", web::post().to(revoke_token));
}
