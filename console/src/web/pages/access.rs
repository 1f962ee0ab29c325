//! Users and tokens, for admins: what the command line does with `user` and `token`, and no more.

use actix_web::HttpResponse;
use actix_web::web::{self, Form, Path, Query};
use maud::{Markup, html};
use serde::Deserialize;

use super::layout::{Place, encode, page, when};
use super::{PageFailure, Shown, see, shown};
use crate::access::tokens::{self, Token, Which};
use crate::access::users::{self, User};
use crate::access::{Role, accounts};
use crate::failure::Failure;
use crate::web::Console;
use crate::web::guard::Visitor;

const ROLES: [Role; 3] = [Role::Viewer, Role::Operator, Role::Admin];

#[derive(Debug, Deserialize)]
struct Done {
    done: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Bare {
    csrf: String,
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
    let said = query.done.as_deref().and_then(|done| match done {
        "added" => Some("The user was added."),
        "changed" => Some("The user was changed, and is signed out everywhere."),
        "role" => Some("The role was changed."),
        "disabled" => Some("The user is disabled, and signed out everywhere."),
        "enabled" => Some("The user is enabled again."),
        "unlocked" => Some("The user may sign in again."),
        "revoked" => Some("The token is revoked."),
        _ => None,
    });
    let note = html! { @if let Some(said) = said { p.note.good role="status" { (said) } } };
    whole(&visitor, &console, &note).await
}

async fn whole(visitor: &Visitor, console: &Console, note: &Markup) -> Shown {
    let users = users::list(&console.pool).await?;
    let tokens = tokens::list(&console.pool).await?;
    let body = html! {
        h1 { "Users and tokens" }
        p.sub { "A viewer looks and sees no personal data, an operator replays, discards and registers orders, an admin manages users and tokens as well." }
        (note)
        (user_table(visitor, &users))
        (user_form(visitor))
        h2 { "Tokens for the API" }
        @if tokens.is_empty() { p.card { "There is none yet." } } @else { (token_table(visitor, &tokens)) }
        (token_form(visitor))
    };
    Ok(shown(&page(Some(visitor), Place::Access, "Users and tokens", &body)))
}

fn user_table(visitor: &Visitor, users: &[User]) -> Markup {
    html! { div.scroll { table {
        thead { tr { th { "User" } th { "Role" } th { "Since" } th { "State" } th { "Change" } } }
        tbody { @for user in users { tr {
            td { (user.name) } td { (user.role) } td.when { (when(user.created_at)) }
            td {
                @match (user.disabled_at, user.locked_until) {
                    (Some(at), _) => { span.badge { "disabled" } " " (when(at)) }
                    (None, Some(until)) => { span.badge.bad { "locked out" } " until " (until.strftime("%H:%M UTC")) }
                    (None, None) => { @if user.has_password { "enabled" } @else { "enabled, reverse proxy only" } }
                }
            }
            td { @if user.name == visitor.name() { span.hint { "you" } } @else { (changes(visitor, user)) } }
        } } }
    } } }
}

fn changes(visitor: &Visitor, user: &User) -> Markup {
    let label = format!("role of {}", user.name);
    let at = |wish: &str| format!("/access/users/{}/{wish}", encode(&user.name));
    html! {
        div.row {
            form.row method="post" action=(at("role")) {
                (visitor.csrf_field())
                (role_choice(&label, Some(&label), user.role))
                button.quiet { "Set role" }
            }
            form.row method="post" {
                (visitor.csrf_field())
                @if user.disabled_at.is_some() { button.quiet formaction=(at("enable")) { "Enable" } }
                @else { button.danger formaction=(at("disable")) { "Disable" } }
                @if user.locked_until.is_some() { button.quiet formaction=(at("unlock")) { "Unlock" } }
            }
        }
    }
}

fn role_choice(id: &str, label: Option<&str>, chosen: Role) -> Markup {
    html! { select id=(id) name="role" aria-label=[label] {
        @for role in ROLES { option value=(role) selected[role == chosen] { (role) } }
    } }
}

fn user_form(visitor: &Visitor) -> Markup {
    html! { form.card method="post" action="/access/users" {
        h2 { "Add a user" }
        (visitor.csrf_field())
        div.row {
            div.field { label for="user" { "Name" } input id="user" name="name" required maxlength="100" autocomplete="off"; }
            div.field { label for="role" { "Role" } (role_choice("role", None, Role::Viewer)) }
            div.field { label for="password" { "Password" } input id="password" name="password" type="password" minlength="12" maxlength="1000" autocomplete="new-password"; }
        }
        label { input name="no_password" type="checkbox" value="1"; " No password: the user signs in through the reverse proxy only" }
        p.hint { "A user of this name that exists gets this role and this password, is enabled again and signed out everywhere." }
        button { "Add user" }
    } }
}

fn token_table(visitor: &Visitor, tokens: &[Token]) -> Markup {
    html! { div.scroll { table {
        thead { tr { th { "Token" } th { "Role" } th { "Made" } th { "Last used" } th { "State" } } }
        tbody { @for token in tokens { tr {
            td { (token.name) } td { (token.role) } td { (when(token.created_at)) " by " (token.created_by) }
            td.when { @if let Some(at) = token.last_used_at { (when(at)) } @else { "never" } }
            td { @if let Some(at) = token.revoked_at { span.badge { "revoked" } " " (when(at)) } @else {
                form method="post" action=(format!("/access/tokens/{}/revoke", token.id)) { (visitor.csrf_field()) button.danger { "Revoke" } }
            } }
        } } }
    } } }
}

fn token_form(visitor: &Visitor) -> Markup {
    html! { form.card method="post" action="/access/tokens" {
        h2 { "Make a token" }
        (visitor.csrf_field())
        div.row {
            div.field { label for="token" { "Name" } input id="token" name="name" required maxlength="100" autocomplete="off"; }
            div.field { label for="token-role" { "Role" } (role_choice("token-role", None, Role::Viewer)) }
        }
        p.hint { "It is shown once." }
        button { "Make token" }
    } }
}

async fn set_user(visitor: Visitor, console: web::Data<Console>, form: Form<UserForm>) -> Shown {
    visitor.check(&form.csrf)?;
    visitor.principal.require(Role::Admin)?;
    let password = form.no_password.is_none().then_some(form.password.as_str());
    let actor = &visitor.principal.actor;
    let change = accounts::set(&console.pool, actor, &form.name, form.role, password).await?;
    Ok(see(if change.added { "/access?done=added" } else { "/access?done=changed" }))
}

async fn set_role(
    visitor: Visitor,
    console: web::Data<Console>,
    name: Path<String>,
    form: Form<RoleForm>,
) -> Shown {
    visitor.check(&form.csrf)?;
    visitor.principal.require(Role::Admin)?;
    accounts::set_role(&console.pool, &visitor.principal.actor, &name, form.role).await?;
    Ok(see("/access?done=role"))
}

async fn change_user(
    visitor: Visitor,
    console: web::Data<Console>,
    path: Path<(String, String)>,
    form: Form<Bare>,
) -> Result<HttpResponse, PageFailure> {
    visitor.check(&form.csrf)?;
    visitor.principal.require(Role::Admin)?;
    let (pool, actor) = (&console.pool, &visitor.principal.actor);
    let (name, wish) = path.into_inner();
    let done = match wish.as_str() {
        "disable" => accounts::disable(pool, actor, &name).await.map(|()| "disabled")?,
        "enable" => accounts::enable(pool, actor, &name).await.map(|()| "enabled")?,
        "unlock" => accounts::unlock(pool, actor, &name).await.map(|()| "unlocked")?,
        _ => return Err(Failure::NotFound("this page".to_owned()).into()),
    };
    Ok(see(&format!("/access?done={done}")))
}

async fn create_token(visitor: Visitor, console: web::Data<Console>, form: Form<TokenForm>) -> Shown {
    visitor.check(&form.csrf)?;
    visitor.principal.require(Role::Admin)?;
    let token = tokens::create(&console.pool, &visitor.principal.actor, &form.name, form.role).await?;
    // As the answer itself: in no address, no log, no history.
    let note = html! { p.note.good role="status" {
        "The token " b { (form.name) } " with the role " (form.role) ", shown only now: " code id="new-token" { (token) }
    } };
    whole(&visitor, &console, &note).await
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
    Ok(see("/access?done=revoked"))
}

pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.route("/access", web::get().to(show))
        .route("/access/users", web::post().to(set_user))
        .route("/access/users/{name}/role", web::post().to(set_role))
        .route("/access/users/{name}/{wish}", web::post().to(change_user))
        .route("/access/tokens", web::post().to(create_token))
        .route("/access/tokens/{id}/revoke", web::post().to(revoke_token));
}
