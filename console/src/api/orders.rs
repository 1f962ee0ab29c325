//! `/api/orders`, `/api/queues`, `/api/overview`.

use actix_web::HttpResponse;
use actix_web::web::{self, Json, Path};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::JsonObject;
use super::{Caller, resource};
use crate::audit::reason::AuditReason;
use crate::common::error::ServiceError;
use crate::common::integers;
use crate::common::role::Role;
use crate::http::Console;
use crate::http::error::ErrorBody;
use crate::masking;
use crate::orders::correct::{self, Correction};
use crate::orders::service;
use crate::orders::store::{self as store, OrderRow};
use crate::system::overview::{self, Overview};
use crate::system::queues::{self, QueueState};

/// An order that the company announces.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewOrderBody {
    /// The company's id of the order.
    #[schema(
        min_length = 1,
        max_length = 255,
        pattern = r"^[^\x00-\x1f\x7f-\x9f]*[^\x00-\x1f\x7f-\x9f\s][^\x00-\x1f\x7f-\x9f]*$"
    )]
    id: String,
    /// The Stripe customer who is to pay.
    #[schema(
        min_length = 1,
        max_length = 255,
        pattern = r"^[^\x00-\x1f\x7f-\x9f]*[^\x00-\x1f\x7f-\x9f\s][^\x00-\x1f\x7f-\x9f]*$"
    )]
    customer: Option<String>,
    /// What is to be paid, in the currency's smallest unit.
    #[serde(deserialize_with = "integers::integer")]
    #[schema(minimum = 0)]
    amount: i64,
    /// Three letters, such as usd.
    #[schema(pattern = "^[A-Za-z]{3}$")]
    currency: String,
}

/// What an order was registered with wrongly; what is not said stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CorrectionBody {
    /// The customer who is to pay.
    #[schema(
        min_length = 1,
        max_length = 255,
        pattern = r"^[^\x00-\x1f\x7f-\x9f]*[^\x00-\x1f\x7f-\x9f\s][^\x00-\x1f\x7f-\x9f]*$"
    )]
    customer: Option<String>,
    /// What is to be paid, in the currency's smallest unit.
    #[serde(default, deserialize_with = "integers::optional_integer")]
    #[schema(minimum = 0)]
    amount: Option<i64>,
    /// Three letters, such as usd.
    #[schema(pattern = "^[A-Za-z]{3}$")]
    currency: Option<String>,
    /// Kept in the audit.
    #[schema(min_length = 1, max_length = 1000, pattern = r"\S")]
    reason: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Queues {
    items: Vec<QueueState>,
    /// Always none: all of them are listed.
    next: Option<String>,
}

/// Register an order before it is paid; the same order again is returned as it is
#[utoipa::path(post, path = "/api/orders", tag = "orders", request_body = NewOrderBody, responses(
    (status = 200, description = "It was registered already, with these values", body = OrderRow),
    (status = 201, description = "It is registered", body = OrderRow),
    (status = 400, description = "A value is wrong", body = ErrorBody),
    (status = 401, description = "No valid token", body = ErrorBody),
    (status = 403, description = "Takes an operator", body = ErrorBody),
    (status = 409, description = "An order with this id has other values", body = ErrorBody),
    (status = 413, description = "The body is too large", body = ErrorBody),
    (status = 415, description = "The body is not JSON", body = ErrorBody)))]
pub(super) async fn create(
    caller: Caller,
    console: web::Data<Console>,
    body: JsonObject<NewOrderBody>,
) -> Result<HttpResponse, ServiceError> {
    caller.0.require(Role::Operator)?;
    let order = service::checked(&body.0.id, body.0.customer.as_deref(), body.0.amount, &body.0.currency)?;
    let secret = console.rules.reference_secret.as_ref();
    let (order, created) = service::create(&console.pool, &caller.0.actor, &order, secret).await?;
    let mut response = if created { HttpResponse::Created() } else { HttpResponse::Ok() };
    Ok(response.json(order))
}

/// Set right what an order was registered with; only before anything was paid
#[utoipa::path(patch, path = "/api/orders/{id}", tag = "orders", request_body = CorrectionBody,
    params(("id" = String, Path, description = "The company's id")), responses(
    (status = 200, description = "The order as it is now", body = OrderRow),
    (status = 400, description = "A value is wrong, or the reason is missing", body = ErrorBody),
    (status = 401, description = "No valid token", body = ErrorBody),
    (status = 403, description = "Takes an operator", body = ErrorBody),
    (status = 404, description = "No such order", body = ErrorBody),
    (status = 409, description = "It is paid already, or was never registered", body = ErrorBody),
    (status = 413, description = "The body is too large", body = ErrorBody),
    (status = 415, description = "The body is not JSON", body = ErrorBody)))]
pub(super) async fn correct(
    caller: Caller,
    console: web::Data<Console>,
    id: Path<String>,
    body: JsonObject<CorrectionBody>,
) -> Result<Json<OrderRow>, ServiceError> {
    caller.0.require(Role::Operator)?;
    let reason = AuditReason::new(&body.0.reason)?;
    let CorrectionBody { customer, amount, currency, .. } = body.0;
    let correction = Correction { customer, amount, currency };
    let secret = console.rules.reference_secret.as_ref();
    Ok(Json(correct::correct(&console.pool, &caller.0.actor, &id, correction, &reason, secret).await?))
}

/// One order and where it stands
#[utoipa::path(get, path = "/api/orders/{id}", tag = "orders", params(("id" = String, Path, description = "The company's id")), responses(
    (status = 200, description = "The order", body = OrderRow),
    (status = 400, description = "The id cannot be one", body = ErrorBody),
    (status = 401, description = "No valid token", body = ErrorBody),
    (status = 404, description = "No such order", body = ErrorBody)))]
pub(super) async fn show(
    caller: Caller,
    console: web::Data<Console>,
    id: Path<String>,
) -> Result<Json<OrderRow>, ServiceError> {
    let found = store::show(&console.pool.get().await?, &id).await?;
    let order = found.ok_or_else(|| ServiceError::NotFound(format!("order {id}")))?;
    Ok(Json(masking::for_role(order, caller.0.role)))
}

/// The broker's queues: what waits and who consumes
#[utoipa::path(get, path = "/api/queues", tag = "overview", responses(
    (status = 200, description = "The queues", body = Queues),
    (status = 401, description = "No valid token", body = ErrorBody),
    (status = 503, description = "The broker is away", body = ErrorBody)))]
pub(super) async fn list_queues(
    _: Caller,
    console: web::Data<Console>,
) -> Result<Json<Queues>, ServiceError> {
    Ok(Json(Queues { items: queues::list(console.sources()).await?, next: None }))
}

/// How the system is now: rates, lag, what waits, queues and workers
#[utoipa::path(get, path = "/api/overview", tag = "overview", responses(
    (status = 200, description = "The overview", body = Overview),
    (status = 401, description = "No valid token", body = ErrorBody)))]
pub(super) async fn show_overview(
    _: Caller,
    console: web::Data<Console>,
) -> Result<Json<Overview>, ServiceError> {
    Ok(Json(overview::overview(console.sources()).await?))
}

pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.service(resource("/orders", "POST").route(web::post().to(create)))
        .service(
            resource("/orders/{id}", "GET, PATCH").route(web::get().to(show)).route(web::patch().to(correct)),
        )
        .service(resource("/overview", "GET").route(web::get().to(show_overview)))
        .service(resource("/queues", "GET").route(web::get().to(list_queues)));
}
