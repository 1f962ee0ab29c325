//! What the API answers, with its description.

use std::collections::BTreeMap;

use actix_web::body::BoxBody;
use actix_web::{HttpRequest, HttpResponse, Responder};
use serde::Serialize;
use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::{Ref, RefOr, Response, ResponseBuilder};
use utoipa::{IntoResponses, ToSchema};

use crate::common::completed::Completed;
use crate::common::paging::Page;
use crate::http::error::ErrorBody;

/// 200 with a body.
pub(super) struct Reply<T>(pub(super) T);

/// 200 with a list.
pub(super) struct ListReply<T>(pub(super) Page<T>);

/// 201 or 200: what was asked for is there, and was made by this request or before it.
pub(super) struct CreatedReply<T> {
    pub(super) body: T,
    pub(super) created: bool,
}

/// What was done to what.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CompletedBody {
    /// What it was done to.
    pub(super) id: String,
    pub(super) done: Completed,
}

fn described(description: &str, schema: &str) -> RefOr<Response> {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name(schema))).build();
    ResponseBuilder::new().description(description).content("application/json", content).build().into()
}

impl<T: Serialize> Responder for Reply<T> {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::Ok().json(self.0)
    }
}

impl<T: ToSchema> IntoResponses for Reply<T> {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        [("200".to_owned(), described("What was asked for", &T::name()))].into()
    }
}

impl<T: Serialize> Responder for ListReply<T> {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::Ok().json(self.0)
    }
}

impl<T: ToSchema> IntoResponses for ListReply<T> {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        // As utoipa names a generic schema.
        let schema = format!("{}_{}", Page::<T>::name(), T::name());
        [("200".to_owned(), described("A page of the list", &schema))].into()
    }
}

impl<T: Serialize> Responder for CreatedReply<T> {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let mut response = if self.created { HttpResponse::Created() } else { HttpResponse::Ok() };
        response.json(self.body)
    }
}

impl<T: ToSchema> IntoResponses for CreatedReply<T> {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        [
            ("200".to_owned(), described("It was there before", &T::name())),
            ("201".to_owned(), described("It is created", &T::name())),
        ]
        .into()
    }
}

/// The role is too low, or the token has a narrower scope
#[derive(IntoResponses)]
#[response(status = 403)]
pub(super) struct Forbidden(#[expect(dead_code, reason = "only its schema is used")] ErrorBody);

/// There is no such thing
#[derive(IntoResponses)]
#[response(status = 404)]
pub(super) struct NotFound(#[expect(dead_code, reason = "only its schema is used")] ErrorBody);

/// The state of things does not allow it
#[derive(IntoResponses)]
#[response(status = 409)]
pub(super) struct Conflict(#[expect(dead_code, reason = "only its schema is used")] ErrorBody);

/// Stripe limits the rate of requests: `Retry-After` says when to ask again
#[derive(IntoResponses)]
#[response(status = 429)]
pub(super) struct RateLimited(#[expect(dead_code, reason = "only its schema is used")] ErrorBody);

/// A setting is missing that this needs
#[derive(IntoResponses)]
#[response(status = 501)]
pub(super) struct NotConfigured(#[expect(dead_code, reason = "only its schema is used")] ErrorBody);

/// Stripe is unavailable, or does not answer as it should
#[derive(IntoResponses)]
#[response(status = 502)]
pub(super) struct BadGateway(#[expect(dead_code, reason = "only its schema is used")] ErrorBody);

/// A server that is needed is unavailable
#[derive(IntoResponses)]
#[response(status = 503)]
pub(super) struct Unavailable(#[expect(dead_code, reason = "only its schema is used")] ErrorBody);

/// The request is wrong
#[derive(IntoResponses)]
#[response(status = 400)]
pub(super) struct BadRequest(#[expect(dead_code, reason = "only its schema is used")] ErrorBody);

/// The request has no valid token
#[derive(IntoResponses)]
#[response(status = 401)]
pub(super) struct Unauthorized(#[expect(dead_code, reason = "only its schema is used")] ErrorBody);

/// What can be wrong with any body.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "only its schema is used")]
pub(super) enum BodyErrors {
    /// The body is too large
    #[response(status = 413)]
    TooLarge(ErrorBody),
    /// The body is not JSON
    #[response(status = 415)]
    NotJson(ErrorBody),
}
