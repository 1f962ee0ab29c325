//! `GET /api/orders/{id}`.

use actix_web::web::{self, Path};

use crate::api::Caller;
use crate::api::reply::{NotFound, Reply};
use crate::common::error::ServiceError;
use crate::http::Console;
use crate::orders::service;
use crate::orders::store::OrderRow;

/// One order and where it stands
#[utoipa::path(get, path = "/api/orders/{id}", tag = "orders",
    params(("id" = String, Path, description = "The company's id")), responses(Reply<OrderRow>, NotFound))]
pub(in crate::api) async fn show(
    caller: Caller,
    console: web::Data<Console>,
    id: Path<String>,
) -> Result<Reply<OrderRow>, ServiceError> {
    service::show(&console.pool, &id, caller.0.role).await.map(Reply)
}
