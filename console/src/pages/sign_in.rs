//! Signing in and out.

use actix_web::http::{StatusCode, header};
use actix_web::middleware::from_fn;
use actix_web::web::{self, Form, Query};
use actix_web::{HttpRequest, HttpResponse};
use maud::{Markup, html};
use serde::Deserialize;

use crate::auth::sessions;
use crate::auth::users::{self, SignInResult};
use crate::http::Console;
use crate::http::session::{self, CurrentUser};
use crate::pages::deadline::within_time;
use crate::pages::kept_form::KeptForm;
use crate::pages::layout::{MenuItem, page};
use crate::pages::local_path::local_path;
use crate::pages::{CsrfForm, PageFailure, page_response, page_with_status, redirect, sign_in_address};

#[derive(Debug, Deserialize)]
pub(in crate::pages) struct ReturnQuery {
    next: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(in crate::pages) struct SignInForm {
    name: String,
    password: String,
    next: Option<String>,
    /// A form that was sent without a session, and its fields.
    form: Option<String>,
    fields: Option<String>,
}

impl SignInForm {
    fn kept(&self) -> Option<KeptForm> {
        KeptForm::new(self.form.as_deref()?, self.fields.as_deref()?)
    }
}

fn form(next: &str, name: &str, wrong: Option<&str>, kept: Option<&KeptForm>) -> Markup {
    let body = html! {
        div.card.narrow {
            h1 { "Sluicegate" }
            @if let Some(wrong) = wrong { p.note.bad role="alert" { (wrong) } }
            form method="post" action="/sign-in" {
                input type="hidden" name="next" value=(next);
                @if let Some(kept) = kept { (kept.hidden()) }
                div.field { label for="name" { "Name" } input id="name" name="name" value=(name) autocomplete="username" required maxlength="100" autofocus; }
                div.field { label for="password" { "Password" } input id="password" name="password" type="password" autocomplete="current-password" required maxlength="1000"; }
                button { "Sign in" }
            }
        }
    };
    page(None, MenuItem::None, "Sign in", &body)
}

async fn show(query: Query<ReturnQuery>) -> HttpResponse {
    page_response(&form(local_path(query.next.as_deref()), "", None, None))
}

/// The answer to a form that was sent after the session had ended.
pub(in crate::pages) fn interrupted(kept: Option<KeptForm>) -> HttpResponse {
    let Some(kept) = kept else { return redirect(&sign_in_address("/")) };
    let ended = "Your session has ended, and nothing was done. Sign in: what you entered is kept.";
    page_with_status(StatusCode::UNAUTHORIZED, &form("/", "", Some(ended), Some(&kept)))
}

/// The page after signing in: where somebody wanted to go, or the form that they had sent.
fn signed_in(cookie: &str, next: &str, kept: Option<&KeptForm>) -> HttpResponse {
    match kept {
        Some(kept) => {
            let body = kept.again(&sessions::csrf(cookie));
            page_response(&page(None, MenuItem::None, "Send it again", &body))
        }
        None => redirect(next),
    }
}

async fn sign_in(
    request: HttpRequest,
    console: web::Data<Console>,
    sent: Form<SignInForm>,
) -> Result<HttpResponse, PageFailure> {
    session::same_site(&console, &request)?;
    let next = local_path(sent.next.as_deref());
    let from = session::client_address(&console, &request);
    let browser = request.cookie(console.sign_in.browser_cookie_name()).map(|c| c.value().to_owned());
    let result = users::sign_in(&console.pool, &sent.name, &sent.password, from, browser.as_deref()).await?;
    let wrong = match result {
        // A new session for each sign-in: one that somebody planted before is worth nothing.
        SignInResult::SignedIn { session: cookie, browser } => {
            let mut response = signed_in(&cookie, next, sent.kept().as_ref());
            response.add_cookie(&console.sign_in.cookie(cookie)).map_err(|e| PageFailure::internal(&e))?;
            if let Some(browser) = browser {
                let cookie = console.sign_in.browser_cookie(browser);
                response.add_cookie(&cookie).map_err(|e| PageFailure::internal(&e))?;
            }
            return Ok(response);
        }
        SignInResult::Wrong => "Name or password is wrong.".to_owned(),
        SignInResult::LockedOut(until) => {
            format!("Too many failures. Signing in is possible again at {}.", until.strftime("%H:%M UTC"))
        }
    };
    let mut response = HttpResponse::Unauthorized();
    let html = form(next, &sent.name, Some(&wrong), sent.kept().as_ref()).into_string();
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
    let resource = web::resource("/sign-in").wrap(from_fn(within_time));
    app.service(resource.route(web::get().to(show)).route(web::post().to(sign_in)));
}

pub(in crate::pages) fn routes(app: &mut web::ServiceConfig) {
    app.route("/sign-out", web::post().to(sign_out));
}
