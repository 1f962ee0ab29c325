//! `GET /api/dead-letters/{id}`.

use actix_web::web::{self, Path};

use crate::api::Caller;
use crate::api::reply::{NotFound, Reply};
use crate::common::error::ServiceError;
use crate::http::Console;
use crate::timeline::details::{self, DeadLetterView};

/// One dead letter with its body, what its reason means, and what was done with it
#[utoipa::path(get, path = "/api/dead-letters/{id}", tag = "dead letters",
    params(("id" = i64, Path, description = "Its number")), responses(Reply<DeadLetterView>, NotFound))]
pub(in crate::api) async fn show(
    caller: Caller,
    console: web::Data<Console>,
    id: Path<i64>,
) -> Result<Reply<DeadLetterView>, ServiceError> {
    details::dead_letter(&console.pool, *id, caller.0.role).await.map(Reply)
}
