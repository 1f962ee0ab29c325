//! `POST /api/messages/{id}/resend`.

use actix_web::web::{self, Path};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::Caller;
use crate::api::body::JsonObject;
use crate::api::reply::{Conflict, Forbidden, NotFound, Reply};
use crate::audit::reason::AuditReason;
use crate::common::error::ServiceError;
use crate::common::role::Role;
use crate::http::Console;
use crate::masking;
use crate::messages::resend;
use crate::messages::service::MessageView;

/// Where a message is sent again, and why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct ResendBody {
    /// One of the message's destinations.
    #[schema(min_length = 1, max_length = 255, pattern = r"^[^\x00-\x1f\x7f-\x9f]+$")]
    destination: String,
    /// Kept in the audit.
    #[schema(min_length = 1, max_length = 1000, pattern = r"\S")]
    reason: String,
}

/// Send a message to a destination again: one that failed, or one that the destination lost
#[utoipa::path(post, path = "/api/messages/{id}/resend", tag = "messages", request_body = ResendBody,
    params(("id" = i64, Path, description = "Its number")),
    responses(Reply<MessageView>, Forbidden, NotFound, Conflict))]
pub(in crate::api) async fn resend(
    caller: Caller,
    console: web::Data<Console>,
    id: Path<i64>,
    body: JsonObject<ResendBody>,
) -> Result<Reply<MessageView>, ServiceError> {
    caller.0.require(Role::Operator)?;
    let ResendBody { destination, reason } = body.0;
    let reason = AuditReason::new(&reason)?;
    let view = resend::resend(&console.pool, &caller.0.actor, *id, &destination, &reason).await?;
    Ok(Reply(masking::for_role(view, caller.0.role)))
}
