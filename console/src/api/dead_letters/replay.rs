//! `POST /api/dead-letters/{id}/replay`.

use actix_web::web::{self, Path};

use crate::api::audited::AuditedRequest;
use crate::api::body::ReasonBody;
use crate::api::reply::{CompletedBody, Forbidden, NotFound, Reply, Unavailable};
use crate::common::completed::Completed;
use crate::common::error::ServiceError;
use crate::http::Console;

/// Send a dead letter's event through the workers once more
#[utoipa::path(post, path = "/api/dead-letters/{id}/replay", tag = "dead letters", request_body = ReasonBody,
    params(("id" = i64, Path, description = "Its number")),
    responses(Reply<CompletedBody>, Forbidden, NotFound, Unavailable))]
pub(in crate::api) async fn replay(
    request: AuditedRequest,
    console: web::Data<Console>,
    id: Path<i64>,
) -> Result<Reply<CompletedBody>, ServiceError> {
    console.replayer.dead_letter(*id, &request.principal.actor, &request.reason).await?;
    Ok(Reply(CompletedBody { id: id.to_string(), done: Completed::Replayed }))
}
