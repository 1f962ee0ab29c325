//! `GET /api/jobs/{id}`.

use actix_web::web::{self, Path};

use crate::api::Caller;
use crate::api::reply::{NotFound, Reply};
use crate::common::error::ServiceError;
use crate::http::Console;
use crate::jobs::service::{self, JobView};
use crate::masking;

/// One bulk job and how far it is
#[utoipa::path(get, path = "/api/jobs/{id}", tag = "jobs", params(("id" = i64, Path, description = "Its number")),
    responses(Reply<JobView>, NotFound))]
pub(in crate::api) async fn show(
    caller: Caller,
    console: web::Data<Console>,
    id: Path<i64>,
) -> Result<Reply<JobView>, ServiceError> {
    Ok(Reply(masking::for_role(service::show(&console.pool, *id).await?, caller.0.role)))
}
