//! `POST /api/dead-letters/{id}/replay`.

use actix_web::web::{self, Path};

use crate::api::Caller;
use crate::api::body::{JsonObject, ReasonBody};
use crate::api::reply::{CompletedBody, Forbidden, NotFound, Reply, Unavailable};
use crate::audit::reason::AuditReason;
use crate::common::completed::Completed;
use crate::common::error::ServiceError;
use crate::common::role::Role;
use crate::http::Console;

/// Send a dead letter's event through the workers once more
#[utoipa::path(post, path = "/api/dead-letters/{id}/replay", tag = "dead letters", request_body = ReasonBody,
    params(("id" = i64, Path, description = "Its number")),
    responses(Reply<CompletedBody>, Forbidden, NotFound, Unavailable))]
pub(in crate::api) async fn replay(
    caller: Caller,
    console: web::Data<Console>,
    id: Path<i64>,
    body: JsonObject<ReasonBody>,
) -> Result<Reply<CompletedBody>, ServiceError> {
    caller.0.require(Role::Operator)?;
    let reason = AuditReason::new(&body.0.reason)?;
    console.replayer.dead_letter(*id, &caller.0.actor, &reason).await?;
    Ok(Reply(CompletedBody { id: id.to_string(), done: Completed::Replayed }))
}
