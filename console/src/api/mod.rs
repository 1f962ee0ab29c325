//! The JSON API, for scripts and the company's backend. Every request carries a token; nothing here
//! believes a cookie, so no other site can make a browser call it.

mod audit;
mod audited;
mod body;
mod cases;
mod dead_letters;
mod events;
mod jobs;
mod openapi;
mod orders;
mod overview;
mod queues;
mod reply;
mod search;
mod tokens;
mod users;

use std::future::{Ready, ready};

use actix_web::body::MessageBody;
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::header;
use actix_web::middleware::{Next, from_fn};
use actix_web::{FromRequest, HttpMessage, HttpRequest, Resource, ResponseError, web};

use crate::auth::tokens as secrets;
use crate::common::error::ServiceError;
use crate::common::role::Principal;
use crate::http::Console;
use crate::http::error::{Allowed, method_not_allowed, not_found};

pub use openapi::document;

/// Who calls: put there by [`authenticated`], before anything of the request is looked at.
pub(crate) struct Caller(pub(crate) Principal);

impl FromRequest for Caller {
    type Error = ServiceError;
    type Future = Ready<Result<Self, ServiceError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(request.extensions().get::<Principal>().cloned().map(Caller).ok_or(ServiceError::Unauthorized))
    }
}

/// Lets through who has a token in `Authorization: Bearer …`.
async fn authenticated(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    match principal(request.request()).await {
        Ok(principal) => {
            request.extensions_mut().insert(principal);
            Ok(next.call(request).await?.map_into_boxed_body())
        }
        // As an answer, not as an error: an error would leave without the headers that every answer has.
        Err(failure) => Ok(request.into_response(failure.error_response())),
    }
}

async fn principal(request: &HttpRequest) -> Result<Principal, ServiceError> {
    let token = bearer(request).ok_or(ServiceError::Unauthorized)?;
    let console = request.app_data::<web::Data<Console>>().cloned();
    let console = console.ok_or_else(|| ServiceError::Internal("no servers".to_owned()))?;
    secrets::authenticate(&console.pool, &token).await
}

fn bearer(request: &HttpRequest) -> Option<String> {
    let value = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
}

/// A resource with one method; others are answered 405.
pub(super) fn resource(path: &str, allowed: &'static str) -> Resource {
    web::resource(path).app_data(Allowed(allowed)).default_service(web::to(method_not_allowed))
}

/// All of the API.
pub(crate) fn routes(app: &mut web::ServiceConfig) {
    app.service(resource("/api/openapi.json", "GET").route(web::get().to(openapi::serve)));
    app.service(
        web::scope("/api")
            .wrap(from_fn(authenticated))
            .configure(events::routes)
            .configure(dead_letters::routes)
            .configure(jobs::routes)
            .configure(orders::routes)
            .configure(cases::routes)
            .configure(overview::routes)
            .configure(queues::routes)
            .configure(search::routes)
            .configure(audit::routes)
            .configure(users::routes)
            .configure(tokens::routes)
            .default_service(web::to(not_found)),
    );
}
