//! How users and tokens look: two tables and two forms.

use maud::{Markup, html};

use crate::auth::accounts::UserCommand;
use crate::auth::store::sessions::ApiToken;
use crate::auth::store::users::User;
use crate::common::role::Role;
use crate::common::scope::TokenScope;
use crate::common::text_enum::TextEnum;
use crate::http::session::CurrentUser;
use crate::pages::layout::{MenuItem, encode, page, when};

/// What was entered in a form that is shown again; never a password.
#[derive(Default)]
pub(in crate::pages) struct FormValues<'a> {
    pub(in crate::pages) user: Option<(&'a str, Role)>,
    pub(in crate::pages) token: Option<(&'a str, Role, TokenScope)>,
}

pub(in crate::pages) fn view(
    current_user: &CurrentUser,
    users: &[User],
    tokens: &[ApiToken],
    note: &Markup,
    values: &FormValues<'_>,
) -> Markup {
    let body = html! {
        h1 { "Users and tokens" }
        p.sub { "A viewer looks and sees no personal data, an operator replays, discards and registers orders, an admin manages users and tokens as well." }
        (note)
        (user_table(current_user, users))
        (user_form(current_user, values.user))
        h2 { "Tokens for the API" }
        @if tokens.is_empty() { p.card { "There is none yet." } } @else { (token_table(current_user, tokens)) }
        (token_form(current_user, values.token))
    };
    page(Some(current_user), MenuItem::Access, "Users and tokens", &body)
}

fn user_table(current_user: &CurrentUser, users: &[User]) -> Markup {
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
            td { @if user.name == current_user.name() { span.hint { "you" } } @else { (changes(current_user, user)) } }
        } } }
    } } }
}

fn changes(current_user: &CurrentUser, user: &User) -> Markup {
    let label = format!("role of {}", user.name);
    let at = |path: &dyn std::fmt::Display| format!("/access/users/{}/{path}", encode(&user.name));
    html! {
        div.row {
            form.row method="post" action=(at(&"role")) {
                (current_user.csrf_field())
                (role_choice(&label, Some(&label), user.role))
                button.quiet { "Set role" }
            }
            form.row method="post" {
                (current_user.csrf_field())
                @if user.disabled_at.is_some() { button.quiet formaction=(at(&UserCommand::Enable)) { "Enable" } }
                @else { details.confirm { summary { "Disable …" }
                    p { (user.name) " is signed out everywhere and cannot sign in." }
                    button.danger formaction=(at(&UserCommand::Disable)) { "Disable " (user.name) }
                } }
                @if user.locked_until.is_some() { button.quiet formaction=(at(&UserCommand::Unlock)) { "Unlock" } }
            }
        }
    }
}

fn role_choice(id: &str, label: Option<&str>, chosen: Role) -> Markup {
    html! { select id=(id) name="role" aria-label=[label] {
        @for role in Role::ALL { option value=(role) selected[*role == chosen] { (role) } }
    } }
}

fn user_form(current_user: &CurrentUser, values: Option<(&str, Role)>) -> Markup {
    let (name, role) = values.unwrap_or(("", Role::Viewer));
    html! { form.card method="post" action="/access/users" {
        h2 { "Add a user" }
        (current_user.csrf_field())
        div.row {
            div.field { label for="user" { "Name" } input id="user" name="name" value=(name) required maxlength="100" autocomplete="off"; }
            div.field { label for="role" { "Role" } (role_choice("role", None, role)) }
            div.field { label for="password" { "Password" } input id="password" name="password" type="password" minlength="12" maxlength="1000" autocomplete="new-password"; }
        }
        label { input name="no_password" type="checkbox" value="1"; " No password: the user signs in through the reverse proxy only" }
        p.hint { "A user of this name that exists gets this role and this password, is enabled again and signed out everywhere." }
        button { "Add user" }
    } }
}

fn token_table(current_user: &CurrentUser, tokens: &[ApiToken]) -> Markup {
    html! { div.scroll { table {
        thead { tr { th { "Token" } th { "Role" } th { "Scope" } th { "Created" } th { "Expires" } th { "Last used" } th { "State" } } }
        tbody { @for token in tokens { tr {
            td { (token.name) } td { (token.role) } td { (token.scope) } td { (when(token.created_at)) " by " (token.created_by) }
            td.when { @if let Some(at) = token.expires_at { (when(at)) } @else { "never" } }
            td.when { @if let Some(at) = token.last_used_at { (when(at)) } @else { "never" } }
            td { @if let Some(at) = token.revoked_at { span.badge { "revoked" } " " (when(at)) } @else {
                @if token.expires_at.is_some_and(|at| at <= jiff::Timestamp::now()) { span.badge { "expired" } " " }
                details.confirm { summary { "Revoke …" }
                    form method="post" action=(format!("/access/tokens/{}/revoke", token.id)) { (current_user.csrf_field())
                        p { "Whatever uses " (token.name) " is refused from then on, for good." }
                        button.danger { "Revoke " (token.name) }
                    }
                }
            } }
        } } }
    } } }
}

fn token_form(current_user: &CurrentUser, values: Option<(&str, Role, TokenScope)>) -> Markup {
    let (name, role, scope) = values.unwrap_or(("", Role::Viewer, TokenScope::All));
    html! { form.card method="post" action="/access/tokens" {
        h2 { "Create a token" }
        (current_user.csrf_field())
        div.row {
            div.field { label for="token" { "Name" } input id="token" name="name" value=(name) required maxlength="100" autocomplete="off"; }
            div.field { label for="token-role" { "Role" } (role_choice("token-role", None, role)) }
            div.field { label for="token-scope" { "Scope" } select id="token-scope" name="scope" {
                @for known in TokenScope::ALL { option value=(known) selected[*known == scope] { (known) } }
            } }
            div.field { label for="token-expires" { "Expires in days" } input id="token-expires" name="expires" type="number" min="1" max="3650" placeholder="never"; }
        }
        p.hint { "It is shown once. With the scope orders, for the company's backend, an operator's token registers and reads orders and reads subscriptions, and does nothing else." }
        button { "Create token" }
    } }
}
