//! `POST /api/queues/{name}/{command}`.

use actix_web::web::{self, Path};

use crate::api::audited::AuditedRequest;
use crate::api::body::ReasonBody;
use crate::api::reply::{CompletedBody, Conflict, Forbidden, NotFound, Reply};
use crate::common::error::ServiceError;
use crate::http::Console;
use crate::system::pauses::{self, QueueCommand, WorkQueue};

/// Pause a queue, so that no worker takes events from it, or resume it; workers obey within 5 seconds
#[utoipa::path(post, path = "/api/queues/{name}/{command}", tag = "overview", request_body = ReasonBody,
    params(("name" = inline(WorkQueue), Path, description = "Its name without a prefix"),
        ("command" = inline(QueueCommand), Path, description = "What to do")),
    responses(Reply<CompletedBody>, Forbidden, NotFound, Conflict))]
pub(in crate::api) async fn command(
    request: AuditedRequest,
    console: web::Data<Console>,
    path: Path<(WorkQueue, QueueCommand)>,
) -> Result<Reply<CompletedBody>, ServiceError> {
    let (queue, command) = path.into_inner();
    pauses::command(&console.pool, &request.principal.actor, queue, command, &request.reason).await?;
    Ok(Reply(CompletedBody { id: queue.to_string(), done: command.into() }))
}
