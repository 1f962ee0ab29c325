//! The JSON API, for scripts and the company's backend. Every request carries a token; nothing here
//! believes a cookie, so no other site can make a browser call it.

mod audit;
mod audited;
mod body;
mod cases;
mod dead_letters;
mod destinations;
mod events;
mod export;
mod jobs;
mod messages;
mod openapi;
mod orders;
mod overview;
mod queues;
mod rejections;
mod reply;
mod search;
mod subscriptions;
mod sweeps;
mod tokens;
mod users;
mod verify_payment;

use std::future::{Ready, ready};

use actix_web::body::MessageBody;
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::header;
use actix_web::middleware::{Next, from_fn};
use actix_web::{FromRequest, HttpMessage, HttpRequest, Resource, ResponseError, web};

use crate::auth::tokens as secrets;
use crate::common::error::ServiceError;
use crate::common::role::Principal;
use crate::common::scope::TokenScope;
use crate::http::Console;
use crate::http::error::{Allowed, method_not_allowed, not_found};

pub use openapi::document;

/// Whose token a request carries: put there by [`authenticated`], before anything of the request is looked at.
#[derive(Clone)]
struct Authenticated {
    principal: Principal,
    scope: TokenScope,
}

impl Authenticated {
    fn of(request: &HttpRequest) -> Result<Authenticated, ServiceError> {
        request.extensions().get::<Authenticated>().cloned().ok_or(ServiceError::Unauthorized)
    }
}

/// Who calls, with a token for all of the API. The first argument of every handler but those that take
/// [`OrdersCaller`], so that an address that is added later is closed to tokens of a narrower scope.
pub(crate) struct Caller(pub(crate) Principal);

impl FromRequest for Caller {
    type Error = ServiceError;
    type Future = Ready<Result<Self, ServiceError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Authenticated::of(request).and_then(|Authenticated { principal, scope }| match scope {
            TokenScope::All => Ok(Caller(principal)),
            TokenScope::Orders => Err(ServiceError::Forbidden(format!(
                "{} has the scope {scope}: it registers and reads orders, verifies payments and reads subscriptions, and nothing else",
                principal.actor
            ))),
        }))
    }
}

/// Who calls, with any token: for what the company's backend does.
pub(crate) struct OrdersCaller(pub(crate) Principal);

impl FromRequest for OrdersCaller {
    type Error = ServiceError;
    type Future = Ready<Result<Self, ServiceError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Authenticated::of(request).map(|authenticated| OrdersCaller(authenticated.principal)))
    }
}

/// Lets through who has a token in `Authorization: Bearer …`.
async fn authenticated(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    match authenticate(request.request()).await {
        Ok(authenticated) => {
            request.extensions_mut().insert(authenticated);
            Ok(next.call(request).await?.map_into_boxed_body())
        }
        // As an answer, not as an error: an error would leave without the headers that every answer has.
        Err(failure) => Ok(request.into_response(failure.error_response())),
    }
}

async fn authenticate(request: &HttpRequest) -> Result<Authenticated, ServiceError> {
    let token = bearer(request).ok_or(ServiceError::Unauthorized)?;
    let console = request.app_data::<web::Data<Console>>().cloned();
    let console = console.ok_or_else(|| ServiceError::Internal("no servers".to_owned()))?;
    let (principal, scope) = secrets::authenticate(&console.pool, &token).await?;
    Ok(Authenticated { principal, scope })
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
            .configure(subscriptions::routes)
            .configure(messages::routes)
            .configure(destinations::routes)
            .configure(cases::routes)
            .configure(overview::routes)
            .configure(queues::routes)
            .configure(export::routes)
            .configure(rejections::routes)
            .configure(search::routes)
            .configure(sweeps::routes)
            .configure(audit::routes)
            .configure(users::routes)
            .configure(tokens::routes)
            .configure(verify_payment::routes)
            .default_service(web::to(not_found)),
    );
}
