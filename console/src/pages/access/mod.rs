//! Users and tokens, for admins: what the command line does with `user` and `token`, and no more.

mod view;

use actix_web::HttpResponse;
use actix_web::web::{self, Form, Path, Query};
use maud::{Markup, html};
use serde::Deserialize;

use crate::auth::accounts::{self, UserCommand};
use crate::auth::tokens::{self, TokenKey};
use crate::auth::users;
use crate::common::completed::Completed;
use crate::common::error::ServiceError;
use crate::common::role::Role;
use crate::common::scope::TokenScope;
use crate::http::Console;
use crate::http::session::CurrentUser;
use crate::pages::access::view::{FormValues, view};
use crate::pages::reason::{DoneQuery, RejectedForm};
use crate::pages::{CsrfForm, PageFailure, PageResult, page_response, page_with_status, redirect};

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
    #[serde(default)]
    scope: TokenScope,
    /// For how many days it is valid; empty: until it is revoked.
    #[serde(default)]
    expires: String,
}

async fn show(current_user: CurrentUser, console: web::Data<Console>, query: Query<DoneQuery>) -> PageResult {
    current_user.principal.require(Role::Admin)?;
    let given = query.completed().and_then(|done| match done {
        Completed::Added => Some("The user was added."),
        Completed::Changed => Some("The user was changed, and is signed out everywhere."),
        Completed::RoleChanged => Some("The role was changed."),
        Completed::Disabled => Some("The user is disabled, and signed out everywhere."),
        Completed::Enabled => Some("The user is enabled again."),
        Completed::Unlocked => Some("The user may sign in again."),
        Completed::Revoked => Some("The token is revoked."),
        _ => None,
    });
    let note = html! { @if let Some(given) = given { p.note.good role="status" { (given) } } };
    Ok(page_response(&render(&current_user, &console, &note, &FormValues::default()).await?))
}

/// The page again, with why nothing was done, for what can be corrected here.
async fn refused(
    current_user: &CurrentUser,
    console: &Console,
    failure: ServiceError,
    values: &FormValues<'_>,
) -> PageResult {
    let refused = RejectedForm::new(failure, "")?;
    let note = html! { @if let Some(message) = refused.other() { (message) } };
    Ok(page_with_status(refused.status(), &render(current_user, console, &note, values).await?))
}

async fn render(
    current_user: &CurrentUser,
    console: &Console,
    note: &Markup,
    values: &FormValues<'_>,
) -> Result<Markup, PageFailure> {
    let users = users::list(&console.pool).await?;
    let tokens = tokens::list(&console.pool).await?;
    Ok(view(current_user, &users, &tokens, note, values))
}

fn redirect_done(done: Completed) -> HttpResponse {
    redirect(&format!("/access?done={done}"))
}

async fn set_user(
    current_user: CurrentUser,
    console: web::Data<Console>,
    form: Form<UserForm>,
) -> PageResult {
    current_user.check_form(&form.csrf, Role::Admin)?;
    let password = form.no_password.is_none().then_some(form.password.as_str());
    let actor = &current_user.principal.actor;
    match accounts::set(&console.pool, actor, &form.name, form.role, password).await {
        Ok(change) => Ok(redirect_done(if change.added { Completed::Added } else { Completed::Changed })),
        Err(failure) => {
            let values = FormValues { user: Some((&form.name, form.role)), token: None };
            refused(&current_user, &console, failure, &values).await
        }
    }
}

async fn set_role(
    current_user: CurrentUser,
    console: web::Data<Console>,
    name: Path<String>,
    form: Form<RoleForm>,
) -> PageResult {
    current_user.check_form(&form.csrf, Role::Admin)?;
    match accounts::set_role(&console.pool, &current_user.principal.actor, &name, form.role).await {
        Ok(_) => Ok(redirect_done(Completed::RoleChanged)),
        Err(failure) => refused(&current_user, &console, failure, &FormValues::default()).await,
    }
}

async fn change_user(
    current_user: CurrentUser,
    console: web::Data<Console>,
    path: Path<(String, UserCommand)>,
    form: Form<CsrfForm>,
) -> PageResult {
    current_user.check_form(&form.csrf, Role::Admin)?;
    let (name, command) = path.into_inner();
    match accounts::command(&console.pool, &current_user.principal.actor, &name, command).await {
        Ok(()) => Ok(redirect_done(command.into())),
        Err(failure) => refused(&current_user, &console, failure, &FormValues::default()).await,
    }
}

async fn create_token(
    current_user: CurrentUser,
    console: web::Data<Console>,
    form: Form<TokenForm>,
) -> PageResult {
    current_user.check_form(&form.csrf, Role::Admin)?;
    let actor = &current_user.principal.actor;
    let made = async {
        let days = Some(form.expires.trim()).filter(|days| !days.is_empty());
        let days = days.map(|days| {
            let wrong = |_| ServiceError::invalid("invalid_expiry", "expires takes a whole number of days");
            days.parse::<i64>().map_err(wrong)
        });
        let expires = tokens::expiry(days.transpose()?)?;
        tokens::create(&console.pool, actor, &form.name, form.role, form.scope, expires).await
    };
    let made = made.await;
    let token = match made {
        Ok(token) => token,
        Err(failure) => {
            let values = FormValues { user: None, token: Some((&form.name, form.role, form.scope)) };
            return refused(&current_user, &console, failure, &values).await;
        }
    };
    // As the answer itself: in no address, no log, no history.
    let note = html! { p.note.good role="status" {
        "The token " b { (form.name) } " with the role " (form.role) @if form.scope == TokenScope::Orders { " and the scope orders" } ", shown only now: " code id="new-token" { (token) }
    } };
    Ok(page_response(&render(&current_user, &console, &note, &FormValues::default()).await?))
}

async fn revoke_token(
    current_user: CurrentUser,
    console: web::Data<Console>,
    id: Path<i64>,
    form: Form<CsrfForm>,
) -> PageResult {
    current_user.check_form(&form.csrf, Role::Admin)?;
    tokens::revoke(&console.pool, &current_user.principal.actor, TokenKey::Id(*id)).await?;
    Ok(redirect_done(Completed::Revoked))
}

pub(in crate::pages) fn routes(app: &mut web::ServiceConfig) {
    app.route("/access", web::get().to(show))
        .route("/access/users", web::post().to(set_user))
        .route("/access/users/{name}/role", web::post().to(set_role))
        .route("/access/users/{name}/{command}", web::post().to(change_user))
        .route("/access/tokens", web::post().to(create_token))
        .route("/access/tokens/{id}/revoke", web::post().to(revoke_token));
}
