//! `GET /api/subscriptions/{id}`.

use actix_web::web::{self, Path};

use crate::api::OrdersCaller;
use crate::api::reply::{NotFound, Reply};
use crate::common::error::ServiceError;
use crate::http::Console;
use crate::orders::subscriptions::{self, SubscriptionView};

/// One subscription: where it stands, whether it gives access, and its newest invoices
#[utoipa::path(get, path = "/api/subscriptions/{id}", tag = "orders",
    params(("id" = String, Path, description = "Stripe's id")), responses(Reply<SubscriptionView>, NotFound))]
pub(in crate::api) async fn show(
    caller: OrdersCaller,
    console: web::Data<Console>,
    id: Path<String>,
) -> Result<Reply<SubscriptionView>, ServiceError> {
    subscriptions::show(&console.pool, &id, caller.0.role).await.map(Reply)
}
