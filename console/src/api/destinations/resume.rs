//! `POST /api/destinations/{name}/resume`.

use actix_web::web::{self, Path};

use crate::api::Caller;
use crate::api::body::{JsonObject, ReasonBody};
use crate::api::reply::{CompletedBody, Conflict, Forbidden, NotFound, Reply};
use crate::audit::reason::AuditReason;
use crate::common::completed::Completed;
use crate::common::error::ServiceError;
use crate::common::role::Role;
use crate::http::Console;
use crate::messages::destinations;

/// Send to a paused destination again
#[utoipa::path(post, path = "/api/destinations/{name}/resume", tag = "messages", request_body = ReasonBody,
    params(("name" = String, Path, description = "Its name")),
    responses(Reply<CompletedBody>, Forbidden, NotFound, Conflict))]
pub(in crate::api) async fn resume(
    caller: Caller,
    console: web::Data<Console>,
    name: Path<String>,
    body: JsonObject<ReasonBody>,
) -> Result<Reply<CompletedBody>, ServiceError> {
    caller.0.require(Role::Operator)?;
    let reason = AuditReason::new(&body.0.reason)?;
    destinations::resume(&console.pool, &caller.0.actor, &name, &reason).await?;
    Ok(Reply(CompletedBody { id: name.into_inner(), done: Completed::Resumed }))
}
