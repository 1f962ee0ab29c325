//! `POST /api/events/{id}/replay`.

use actix_web::web::{self, Path};

use crate::api::audited::AuditedRequest;
use crate::api::body::ReasonBody;
use crate::api::reply::{CompletedBody, Forbidden, NotFound, Reply, Unavailable};
use crate::common::completed::Completed;
use crate::common::error::ServiceError;
use crate::events::cursor;
use crate::http::Console;

/// Send an event through the workers once more; what took effect already changes nothing
#[utoipa::path(post, path = "/api/events/{id}/replay", tag = "events", request_body = ReasonBody,
    params(("id" = String, Path, description = "Stripe's event id")),
    responses(Reply<CompletedBody>, Forbidden, NotFound, Unavailable))]
pub(in crate::api) async fn replay(
    request: AuditedRequest,
    console: web::Data<Console>,
    id: Path<String>,
) -> Result<Reply<CompletedBody>, ServiceError> {
    console.replayer.event(cursor::event_id(&id)?, &request.principal.actor, &request.reason).await?;
    Ok(Reply(CompletedBody { id: id.into_inner(), done: Completed::Replayed }))
}
