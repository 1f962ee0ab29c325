//! `POST /api/cases/{id}/accept`.

use actix_web::web::{self, Path};

use crate::api::Caller;
use crate::api::body::{JsonObject, ReasonBody};
use crate::api::reply::{Conflict, Forbidden, NotFound, Reply};
use crate::audit::reason::AuditReason;
use crate::cases::service;
use crate::cases::store::Case;
use crate::common::error::ServiceError;
use crate::common::role::Role;
use crate::http::Console;
use crate::masking;

/// Accept a held payment as it is: it counts for its order from now on
#[utoipa::path(post, path = "/api/cases/{id}/accept", tag = "cases", request_body = ReasonBody,
    params(("id" = i64, Path, description = "Its number")),
    responses(Reply<Case>, Forbidden, NotFound, Conflict))]
pub(in crate::api) async fn accept(
    caller: Caller,
    console: web::Data<Console>,
    id: Path<i64>,
    body: JsonObject<ReasonBody>,
) -> Result<Reply<Case>, ServiceError> {
    caller.0.require(Role::Operator)?;
    let reason = AuditReason::new(&body.0.reason)?;
    let case = service::accept(&console.pool, &caller.0.actor, *id, &reason, &console.rules).await?;
    Ok(Reply(masking::for_role(case, caller.0.role)))
}
