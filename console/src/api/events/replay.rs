//! `POST /api/events/{id}/replay`.

use actix_web::web::{self, Path};

use crate::api::Caller;
use crate::api::body::{JsonObject, ReasonBody};
use crate::api::reply::{CompletedBody, Forbidden, NotFound, Reply, Unavailable};
use crate::audit::reason::AuditReason;
use crate::common::completed::Completed;
use crate::common::error::ServiceError;
use crate::common::role::Role;
use crate::events::cursor;
use crate::http::Console;

/// Send an event through the workers once more; what took effect already changes nothing
#[utoipa::path(post, path = "/api/events/{id}/replay", tag = "events", request_body = ReasonBody,
    params(("id" = String, Path, description = "Stripe's event id")),
    responses(Reply<CompletedBody>, Forbidden, NotFound, Unavailable))]
pub(in crate::api) async fn replay(
    caller: Caller,
    console: web::Data<Console>,
    id: Path<String>,
    body: JsonObject<ReasonBody>,
) -> Result<Reply<CompletedBody>, ServiceError> {
    caller.0.require(Role::Operator)?;
    let reason = AuditReason::new(&body.0.reason)?;
    console.replayer.event(cursor::event_id(&id)?, &caller.0.actor, &reason).await?;
    Ok(Reply(CompletedBody { id: id.into_inner(), done: Completed::Replayed }))
}
