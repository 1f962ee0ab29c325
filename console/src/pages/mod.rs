//! The pages: rendered here, escaped by the template engine, working without a script.
//! Must never show an event's content as anything but text.

mod about;
mod access;
mod account;
mod assets;
mod attention;
mod audit;
mod cases;
mod dead_letters;
mod deadline;
mod events;
mod export;
mod guard;
mod jobs;
mod kept_form;
mod layout;
mod links;
mod listing;
mod local_path;
mod messages;
mod needs_attention;
mod order_preview;
mod order_terms;
mod orders;
mod origin;
mod overview;
mod preview;
mod queues;
mod reason;
mod rejections;
mod reports;
mod search;
mod sign_in;
mod stripe;
mod subscriptions;
mod tail;
mod tone;
mod tree;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::http::{StatusCode, header};
use actix_web::middleware::{Next, from_fn};
use actix_web::{HttpMessage, HttpRequest, HttpResponse, ResponseError, web};
use maud::{Markup, html};
use serde::Deserialize;

use self::deadline::within_time;
use self::layout::{MenuItem, page};
use crate::common::error::ServiceError;
use crate::http::LARGEST_BODY;
use crate::http::session::{CurrentUser, HEADERS};

pub(in crate::pages) fn sign_in_address(next: &str) -> String {
    layout::address("/sign-in", &[("next", Some(next).filter(|n| *n != "/"))])
}

/// A form without fields of its own.
#[derive(Debug, Deserialize)]
struct CsrfForm {
    csrf: String,
}

/// A failure as a page.
#[derive(Debug)]
pub(crate) struct PageFailure(pub(crate) ServiceError);

impl PageFailure {
    pub(in crate::pages) fn internal(error: &dyn std::fmt::Display) -> PageFailure {
        PageFailure(ServiceError::Internal(error.to_string()))
    }
}

impl From<ServiceError> for PageFailure {
    fn from(failure: ServiceError) -> Self {
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
        match &self.0 {
            ServiceError::Unavailable(message) => tracing::warn!(message, "a page could not be shown"),
            ServiceError::Internal(message) => tracing::error!(message, "a page failed"),
            _ => {}
        }
        let mut response = page_with_status(self.status_code(), &failed(&self.0, None));
        // A failure of a middleware leaves without the headers that every answer has.
        for (name, value) in HEADERS {
            response.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        response
    }
}

/// The page of a failure, with the menu for who is signed in.
fn failed(failure: &ServiceError, current_user: Option<&CurrentUser>) -> Markup {
    let message = failure.to_string();
    let (title, message, more) = match failure {
        ServiceError::NotFound(_) => ("Not found", message, ""),
        ServiceError::Forbidden(_) | ServiceError::Unauthorized => ("Not allowed", message, ""),
        ServiceError::Unavailable(_) => {
            ("Unavailable", message + ".", "Nothing is lost; try again in a moment.")
        }
        ServiceError::Internal(_) => ("The console failed", "See its log.".to_owned(), ""),
        _ => ("Invalid request", message, ""),
    };
    let body = html! {
        div.card.narrow {
            h1 { (title) }
            p { (message) }
            @if !more.is_empty() { p.hint { (more) } }
            p { a href="/" { "To the overview" } }
        }
    };
    page(current_user, MenuItem::None, title, &body)
}

/// Failures do not know who looks: the menu is put on their pages here.
async fn with_menu(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let response = next.call(request).await?.map_into_boxed_body();
    let current_user = response.request().extensions().get::<CurrentUser>().cloned();
    let failure = response.response().error().and_then(actix_web::Error::as_error::<PageFailure>);
    let Some(page) = failure.map(|f| failed(&f.0, current_user.as_ref())) else { return Ok(response) };
    Ok(response.map_body(|_, _| BoxBody::new(page.into_string())))
}

/// What a page's handler gives.
type PageResult = Result<HttpResponse, PageFailure>;

/// A page that is shown.
fn page_response(page: &Markup) -> HttpResponse {
    page_with_status(StatusCode::OK, page)
}

/// A page that says that something did not work.
fn page_with_status(status: StatusCode, page: &Markup) -> HttpResponse {
    HttpResponse::build(status).content_type(header::ContentType::html()).body(page.0.clone())
}

/// After something was done: to the page that shows it.
fn redirect(to: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, to)).finish()
}

/// What an address with a number in it leads to, where it has none.
fn missing(path: &str) -> ServiceError {
    let mut parts = path.split('/').skip(1);
    ServiceError::NotFound(match (parts.next(), parts.next()) {
        (Some("jobs"), Some(id)) if id.parse::<i64>().is_err() => format!("job {id}"),
        (Some("dead-letters"), Some(id)) => format!("dead letter {id}"),
        _ => "this page".to_owned(),
    })
}

async fn not_found() -> PageResult {
    Err(PageFailure(ServiceError::NotFound("this page".to_owned())))
}

/// All pages. The last to be configured: they take every address that is left.
pub(crate) fn routes(app: &mut web::ServiceConfig) {
    let wrong_form = |e: actix_web::error::UrlencodedError, _: &_| {
        PageFailure(ServiceError::invalid("invalid_form", format!("the form is wrong: {e}"))).into()
    };
    let wrong_query = |e: actix_web::error::QueryPayloadError, _: &_| {
        PageFailure(ServiceError::invalid("invalid_query", format!("the address is wrong: {e}"))).into()
    };
    let wrong_path =
        |_: actix_web::error::PathError, request: &HttpRequest| PageFailure(missing(request.path())).into();
    app.app_data(web::FormConfig::default().limit(LARGEST_BODY).error_handler(wrong_form));
    app.configure(assets::routes).configure(sign_in::open_routes);
    app.service(
        web::scope("")
            .app_data(web::QueryConfig::default().error_handler(wrong_query))
            .app_data(web::PathConfig::default().error_handler(wrong_path))
            .wrap(from_fn(with_menu))
            .wrap(from_fn(guard::signed_in))
            .wrap(from_fn(within_time))
            .configure(sign_in::routes)
            .configure(overview::routes)
            .configure(search::routes)
            .configure(export::routes)
            .configure(events::routes)
            .configure(orders::routes)
            .configure(subscriptions::routes)
            .configure(reports::routes)
            .configure(dead_letters::routes)
            .configure(jobs::routes)
            .configure(cases::routes)
            .configure(order_terms::routes)
            .configure(messages::routes)
            .configure(rejections::routes)
            .configure(stripe::routes)
            .configure(audit::routes)
            .configure(queues::routes)
            .configure(attention::routes)
            .configure(needs_attention::routes)
            .configure(tail::routes)
            .configure(access::routes)
            .configure(account::routes)
            .default_service(web::to(not_found)),
    );
}
