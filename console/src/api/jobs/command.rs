//! `POST /api/jobs/{id}/{command}`.

use actix_web::web::{self, Path};

use crate::api::Caller;
use crate::api::reply::{CompletedBody, Conflict, Forbidden, NotFound, Reply};
use crate::common::error::ServiceError;
use crate::common::role::Role;
use crate::http::Console;
use crate::jobs::service;
use crate::jobs::state::JobCommand;

/// Pause, resume or cancel a bulk job
#[utoipa::path(post, path = "/api/jobs/{id}/{command}", tag = "jobs",
    params(("id" = i64, Path, description = "Its number"),
        ("command" = inline(JobCommand), Path, description = "What to do")),
    responses(Reply<CompletedBody>, Forbidden, NotFound, Conflict))]
pub(in crate::api) async fn command(
    caller: Caller,
    console: web::Data<Console>,
    path: Path<(i64, JobCommand)>,
) -> Result<Reply<CompletedBody>, ServiceError> {
    caller.0.require(Role::Operator)?;
    let (id, command) = path.into_inner();
    service::command(&console.pool, &caller.0.actor, id, command).await?;
    Ok(Reply(CompletedBody { id: id.to_string(), done: command.into() }))
}
