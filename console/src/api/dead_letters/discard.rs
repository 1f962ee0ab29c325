//! `POST /api/dead-letters/{id}/discard`.

use actix_web::web::{self, Path};

use crate::api::Caller;
use crate::api::body::{JsonObject, ReasonBody};
use crate::api::reply::{CompletedBody, Conflict, Forbidden, NotFound, Reply};
use crate::audit::reason::AuditReason;
use crate::common::completed::Completed;
use crate::common::error::ServiceError;
use crate::common::role::Role;
use crate::dead_letters::service;
use crate::http::Console;

/// Mark a dead letter as not to be replayed
#[utoipa::path(post, path = "/api/dead-letters/{id}/discard", tag = "dead letters", request_body = ReasonBody,
    params(("id" = i64, Path, description = "Its number")),
    responses(Reply<CompletedBody>, Forbidden, NotFound, Conflict))]
pub(in crate::api) async fn discard(
    caller: Caller,
    console: web::Data<Console>,
    id: Path<i64>,
    body: JsonObject<ReasonBody>,
) -> Result<Reply<CompletedBody>, ServiceError> {
    caller.0.require(Role::Operator)?;
    let reason = AuditReason::new(&body.0.reason)?;
    service::discard(&console.pool, *id, &caller.0.actor, &reason).await?;
    Ok(Reply(CompletedBody { id: id.to_string(), done: Completed::Discarded }))
}
