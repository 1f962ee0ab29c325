//! `POST /api/cases/{id}/accept`.

use actix_web::web::{self, Path};

use crate::api::audited::AuditedRequest;
use crate::api::body::ReasonBody;
use crate::api::reply::{Conflict, Forbidden, NotFound, Reply};
use crate::cases::service;
use crate::cases::store::Case;
use crate::common::error::ServiceError;
use crate::http::Console;
use crate::masking;

/// Accept a held payment as it is: it counts for its order from now on
#[utoipa::path(post, path = "/api/cases/{id}/accept", tag = "cases", request_body = ReasonBody,
    params(("id" = i64, Path, description = "Its number")),
    responses(Reply<Case>, Forbidden, NotFound, Conflict))]
pub(in crate::api) async fn accept(
    request: AuditedRequest,
    console: web::Data<Console>,
    id: Path<i64>,
) -> Result<Reply<Case>, ServiceError> {
    let AuditedRequest { principal, reason } = request;
    let case = service::accept(&console.pool, &principal.actor, *id, &reason, &console.rules).await?;
    Ok(Reply(masking::for_role(case, principal.role)))
}
