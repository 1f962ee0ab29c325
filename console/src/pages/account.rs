//! A user's own account: another password, and signing out everywhere.

use actix_web::web::{self, Form};
use maud::{Markup, html};
use serde::Deserialize;

use crate::auth::own_password;
use crate::common::error::ServiceError;
use crate::http::Console;
use crate::http::session::CurrentUser;
use crate::pages::layout::{MenuItem, page};
use crate::pages::reason::RejectedForm;
use crate::pages::{CsrfForm, PageResult, page_response, page_with_status, redirect};

#[derive(Debug, Deserialize)]
struct PasswordForm {
    csrf: String,
    current_password: String,
    new_password: String,
    again_password: String,
}

async fn show(current_user: CurrentUser) -> PageResult {
    Ok(page_response(&render(&current_user, None)))
}

fn render(current_user: &CurrentUser, refused: Option<&RejectedForm>) -> Markup {
    let body = html! {
        h1 { "Your account" }
        p.sub { (current_user.name()) " · " (current_user.principal.role) }
        @if current_user.by_proxy { p.card { "You sign in through the reverse proxy: your password is kept there." } } @else {
            @if current_user.change_password { p.note.warn role="status" { "Your password was for one time. Choose your own to go on." } }
            form.card method="post" action="/account/password" {
                h2 { "Change your password" }
                (current_user.csrf_field())
                // Browsers keep the password under this name.
                input type="text" name="name" value=(current_user.name()) autocomplete="username" hidden;
                div.field { label for="current_password" { "Current password" } input id="current_password" name="current_password" type="password" autocomplete="current-password" required maxlength="1000"; }
                div.field { label for="new_password" { "New password " span.hint { "12 characters or more" } } input id="new_password" name="new_password" type="password" autocomplete="new-password" required minlength="12" maxlength="1000"; }
                div.field { label for="again_password" { "The new password again" } input id="again_password" name="again_password" type="password" autocomplete="new-password" required minlength="12" maxlength="1000"; }
                @if let Some(other) = refused.and_then(RejectedForm::other) { (other) }
                p.hint { "You are signed out everywhere, here too, and sign in with the new one." }
                button { "Change the password" }
            }
            @if !current_user.change_password {
                form.card method="post" action="/account/sign-out" {
                    h2 { "Sign out everywhere" }
                    p { "Ends every session of yours, in every browser." }
                    (current_user.csrf_field())
                    button.danger { "Sign out everywhere" }
                }
            }
        }
    };
    page(Some(current_user), MenuItem::None, "Your account", &body)
}

async fn change(
    current_user: CurrentUser,
    console: web::Data<Console>,
    form: Form<PasswordForm>,
) -> PageResult {
    current_user.check(&form.csrf)?;
    let changed = async {
        if form.new_password != form.again_password {
            return Err(ServiceError::invalid("invalid_password", "the new passwords are not the same"));
        }
        let (current, new) = (&form.current_password, &form.new_password);
        own_password::change(&console.pool, current_user.name(), current, new).await
    };
    match changed.await {
        Ok(()) => Ok(redirect("/sign-in")),
        Err(failure) => {
            let refused = RejectedForm::new(failure, "")?;
            Ok(page_with_status(refused.status(), &render(&current_user, Some(&refused))))
        }
    }
}

async fn sign_out(
    current_user: CurrentUser,
    console: web::Data<Console>,
    form: Form<CsrfForm>,
) -> PageResult {
    current_user.check(&form.csrf)?;
    own_password::sign_out_everywhere(&console.pool, current_user.name()).await?;
    Ok(redirect("/sign-in"))
}

pub(in crate::pages) fn routes(app: &mut web::ServiceConfig) {
    app.route("/account", web::get().to(show))
        .route("/account/password", web::post().to(change))
        .route("/account/sign-out", web::post().to(sign_out));
}
