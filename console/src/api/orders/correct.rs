//! `PATCH /api/orders/{id}`.

use actix_web::web::{self, Path, Query};
use serde::Deserialize;
use utoipa::ToSchema;

use super::scope::OrderScopeQuery;
use crate::api::Caller;
use crate::api::body::JsonObject;
use crate::api::reply::{Conflict, Forbidden, NotFound, Reply};
use crate::audit::reason::AuditReason;
use crate::common::error::ServiceError;
use crate::common::integers;
use crate::common::role::Role;
use crate::http::Console;
use crate::orders::correct::{self, Correction};
use crate::orders::store::OrderRow;

/// What an order was registered with wrongly; what is not named stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct CorrectionBody {
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

/// Correct what an order was registered with; only before anything was paid
#[utoipa::path(patch, path = "/api/orders/{id}", tag = "orders", request_body = CorrectionBody,
    params(("id" = String, Path, description = "The company's id"), OrderScopeQuery),
    responses(Reply<OrderRow>, Forbidden, NotFound, Conflict))]
pub(in crate::api) async fn correct(
    caller: Caller,
    console: web::Data<Console>,
    id: Path<String>,
    scope: Query<OrderScopeQuery>,
    body: JsonObject<CorrectionBody>,
) -> Result<Reply<OrderRow>, ServiceError> {
    caller.0.require(Role::Operator)?;
    let CorrectionBody { customer, amount, currency, reason } = body.0;
    let reason = AuditReason::new(&reason)?;
    let correction = Correction { customer, amount, currency };
    let address = scope.address(&id, &console)?;
    correct::correct(&console.pool, &caller.0.actor, &address, correction, &reason, &console.rules)
        .await
        .map(Reply)
}
