//! Signing in and out.

use actix_web::http::header;
use actix_web::web::{self, Form, Query};
use actix_web::{HttpRequest, HttpResponse};
use maud::{Markup, html};
use serde::Deserialize;

use crate::auth::users::{self, SignInResult};
use crate::http::Console;
use crate::http::session::{self, CurrentUser};
use crate::pages::layout::{MenuItem, page};
use crate::pages::{CsrfForm, PageFailure, page_response, redirect};

#[derive(Debug, Deserialize)]
pub(in crate::pages) struct ReturnQuery {
    next: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(in crate::pages) struct SignInForm {
    name: String,
    password: String,
    next: Option<String>,
}

/// Only addresses of our own: a path, never another host.
fn local_path(next: Option<&str>) -> &str {
    let fits = |n: &&str| {
        n.starts_with('/') && !n.starts_with("//") && !n.contains('\\') && !n.chars().any(char::is_control)
    };
    next.filter(fits).unwrap_or("/")
}

fn form(next: &str, name: &str, wrong: Option<&str>) -> Markup {
    let body = html! {
        div.card.narrow {
            h1 { "Sluicegate" }
            @if let Some(wrong) = wrong { p.note.bad role="alert" { (wrong) } }
            form method="post" action="/sign-in" {
                input type="hidden" name="next" value=(next);
                div.field { label for="name" { "Name" } input id="name" name="name" value=(name) autocomplete="username" required maxlength="100" autofocus; }
                div.field { label for="password" { "Password" } input id="password" name="password" type="password" autocomplete="current-password" required maxlength="1000"; }
                button { "Sign in" }
            }
        }
    };
    page(None, MenuItem::None, "Sign in", &body)
}

async fn show(query: Query<ReturnQuery>) -> HttpResponse {
    page_response(&form(local_path(query.next.as_deref()), "", None))
}

async fn sign_in(
    request: HttpRequest,
    console: web::Data<Console>,
    sent: Form<SignInForm>,
) -> Result<HttpResponse, PageFailure> {
    session::same_site(&console, &request)?;
    let next = local_path(sent.next.as_deref());
    let from = session::client_address(&console, &request);
    let wrong = match users::sign_in(&console.pool, &sent.name, &sent.password, from).await? {
        // A new session for each sign-in: one that somebody planted before is worth nothing.
        SignInResult::SignedIn(cookie) => {
            let mut response = redirect(next);
            response.add_cookie(&console.sign_in.cookie(cookie)).map_err(|e| PageFailure::internal(&e))?;
            return Ok(response);
        }
        SignInResult::Wrong => "Name or password is wrong.".to_owned(),
        SignInResult::LockedOut(until) => {
            format!("Too many failures. Signing in is possible again at {}.", until.strftime("%H:%M UTC"))
        }
    };
    let mut response = HttpResponse::Unauthorized();
    let html = form(next, &sent.name, Some(&wrong)).into_string();
    Ok(response.content_type(header::ContentType::html()).body(html))
}

async fn sign_out(
    current_user: CurrentUser,
    request: HttpRequest,
    console: web::Data<Console>,
    sent: Form<CsrfForm>,
) -> Result<HttpResponse, PageFailure> {
    current_user.check(&sent.csrf)?;
    let name = console.sign_in.cookie_name();
    if let Some(cookie) = request.cookie(name) {
        users::sign_out(&console.pool, &current_user.principal.actor, cookie.value()).await?;
    }
    let mut response = redirect("/sign-in");
    let gone = console.sign_in.cookie(String::new());
    response.add_removal_cookie(&gone).map_err(|e| PageFailure::internal(&e))?;
    Ok(response)
}

pub(in crate::pages) fn open_routes(app: &mut web::ServiceConfig) {
    app.service(web::resource("/sign-in").route(web::get().to(show)).route(web::post().to(sign_in)));
}

pub(in crate::pages) fn routes(app: &mut web::ServiceConfig) {
    app.route("/sign-out", web::post().to(sign_out));
}

#[cfg(test)]
mod tests {
    use super::local_path;

    #[test]
    fn nobody_is_sent_to_another_site() {
        assert_eq!(local_path(Some("/dead-letters/1?x=2")), "/dead-letters/1?x=2");
        for foreign in
            ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "", "/\tx"]
        {
            assert_eq!(local_path(Some(foreign)), "/", "{foreign}");
        }
    }
}
