//! The pages: rendered here, escaped by the template engine, working without a script.
//! Must never show an event's content as anything but text.

mod assets;
mod audit;
mod bulk;
mod dead_letters;
mod dead_list;
mod effects;
mod events;
mod jobs;
mod layout;
mod overview;
mod preview;
mod search;
mod sign_in;
mod tree;

use actix_web::http::{StatusCode, header};
use actix_web::middleware::from_fn;
use actix_web::{HttpResponse, ResponseError, web};
use maud::{Markup, html};

use self::layout::{Place, page};
use super::guard;
use crate::failure::Failure;

pub(super) fn sign_in_address(next: &str) -> String {
    layout::address("/sign-in", &[("next", Some(next).filter(|n| *n != "/"))])
}

/// A failure as a page.
#[derive(Debug)]
pub(crate) struct PageFailure(pub(crate) Failure);

impl PageFailure {
    pub(super) fn internal(error: &dyn std::fmt::Display) -> PageFailure {
        PageFailure(Failure::Internal(error.to_string()))
    }
}

impl From<Failure> for PageFailure {
    fn from(failure: Failure) -> Self {
        PageFailure(failure)
    }
}

impl std::fmt::Display for PageFailure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl ResponseError for PageFailure {
    fn status_code(&self) -> StatusCode {
        self.0.status_code()
    }

    fn error_response(&self) -> HttpResponse {
        let (title, words) = match &self.0 {
            Failure::NotFound(_) => ("Not found", self.0.to_string()),
            Failure::Forbidden(_) | Failure::Unauthorized => ("Not allowed", self.0.to_string()),
            Failure::Unavailable(why) => {
                tracing::warn!(why, "a page could not be shown");
                ("Not possible now", format!("{why}. Nothing is lost; try again in a moment."))
            }
            Failure::Internal(why) => {
                tracing::error!(why, "a page failed");
                ("The console failed", "Its log says why.".to_owned())
            }
            _ => ("That does not work", self.0.to_string()),
        };
        let body = html! {
            div.card.narrow {
                h1 { (title) }
                p { (words) }
                p { a href="/" { "To the overview" } }
            }
        };
        let html = page(None, Place::None, title, &body).into_string();
        HttpResponse::build(self.status_code()).content_type(header::ContentType::html()).body(html)
    }
}

/// What a page's handler gives.
type Shown = Result<HttpResponse, PageFailure>;

/// A page that is shown.
fn shown(page: &Markup) -> HttpResponse {
    HttpResponse::Ok().content_type(header::ContentType::html()).body(page.0.clone())
}

/// After something was done: to the page that shows it.
fn see(to: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, to)).finish()
}

async fn lost() -> Shown {
    Err(PageFailure(Failure::NotFound("this page".to_owned())))
}

/// All pages. The last to be configured: they take every address that is left.
pub(super) fn routes(app: &mut web::ServiceConfig) {
    let wrong_form = |e: actix_web::error::UrlencodedError, _: &_| {
        PageFailure(Failure::invalid("invalid_form", format!("the form is wrong: {e}"))).into()
    };
    let wrong_query = |e: actix_web::error::QueryPayloadError, _: &_| {
        PageFailure(Failure::invalid("invalid_query", format!("the address is wrong: {e}"))).into()
    };
    let wrong_path = |e: actix_web::error::PathError, _: &_| {
        PageFailure(Failure::NotFound(format!("this page ({e})"))).into()
    };
    app.app_data(web::FormConfig::default().limit(super::LARGEST_BODY).error_handler(wrong_form));
    app.configure(assets::routes).configure(sign_in::open_routes);
    app.service(
        web::scope("")
            .app_data(web::QueryConfig::default().error_handler(wrong_query))
            .app_data(web::PathConfig::default().error_handler(wrong_path))
            .wrap(from_fn(guard::signed_in))
            .configure(sign_in::routes)
            .configure(overview::routes)
            .configure(search::routes)
            .configure(events::routes)
            .configure(bulk::routes)
            .configure(dead_list::routes)
            .configure(dead_letters::routes)
            .configure(jobs::routes)
            .configure(audit::routes)
            .default_service(web::to(lost)),
    );
}
