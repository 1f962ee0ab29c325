//! `POST /api/dead-letters/{id}/discard`.

use actix_web::web::{self, Path};

use crate::api::audited::AuditedRequest;
use crate::api::body::ReasonBody;
use crate::api::reply::{CompletedBody, Conflict, Forbidden, NotFound, Reply};
use crate::common::completed::Completed;
use crate::common::error::ServiceError;
use crate::dead_letters::service;
use crate::http::Console;

/// Mark a dead letter as not to be replayed
#[utoipa::path(post, path = "/api/dead-letters/{id}/discard", tag = "dead letters", request_body = ReasonBody,
    params(("id" = i64, Path, description = "Its number")),
    responses(Reply<CompletedBody>, Forbidden, NotFound, Conflict))]
pub(in crate::api) async fn discard(
    request: AuditedRequest,
    console: web::Data<Console>,
    id: Path<i64>,
) -> Result<Reply<CompletedBody>, ServiceError> {
    service::discard(&console.pool, *id, &request.principal.actor, &request.reason).await?;
    Ok(Reply(CompletedBody { id: id.to_string(), done: Completed::Discarded }))
}
