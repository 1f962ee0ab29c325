//! `POST /api/tokens/{id}/revoke`.

use actix_web::web::{self, Path};

use crate::api::Caller;
use crate::api::reply::{CompletedBody, Forbidden, NotFound, Reply};
use crate::auth::tokens::{self, TokenKey};
use crate::common::completed::Completed;
use crate::common::error::ServiceError;
use crate::common::role::Role;
use crate::http::Console;

/// Revoke a token, for good
#[utoipa::path(post, path = "/api/tokens/{id}/revoke", tag = "access",
    params(("id" = i64, Path, description = "Its number")),
    responses(Reply<CompletedBody>, Forbidden, NotFound))]
pub(in crate::api) async fn revoke(
    caller: Caller,
    console: web::Data<Console>,
    id: Path<i64>,
) -> Result<Reply<CompletedBody>, ServiceError> {
    caller.0.require(Role::Admin)?;
    tokens::revoke(&console.pool, &caller.0.actor, TokenKey::Id(*id)).await?;
    Ok(Reply(CompletedBody { id: id.to_string(), done: Completed::Revoked }))
}
