//! `GET /api/cases/{id}`.

use actix_web::web::{self, Path};

use crate::api::Caller;
use crate::api::reply::{NotFound, Reply};
use crate::cases::service;
use crate::cases::store::Case;
use crate::common::error::ServiceError;
use crate::http::Console;

/// One case: the payment, its order, and what can be done
#[utoipa::path(get, path = "/api/cases/{id}", tag = "cases",
    params(("id" = i64, Path, description = "Its number")), responses(Reply<Case>, NotFound))]
pub(in crate::api) async fn show(
    caller: Caller,
    console: web::Data<Console>,
    id: Path<i64>,
) -> Result<Reply<Case>, ServiceError> {
    service::show(&console.pool, *id, caller.0.role).await.map(Reply)
}
