//! `POST /api/users/{name}/role`.

use actix_web::web::{self, Path};
use serde::Deserialize;
use utoipa::ToSchema;

use super::set::UserChangeBody;
use crate::api::Caller;
use crate::api::body::JsonObject;
use crate::api::reply::{Conflict, Forbidden, NotFound, Reply};
use crate::auth::accounts;
use crate::common::error::ServiceError;
use crate::common::role::Role;
use crate::http::Console;

/// The role that a user is to have.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct RoleBody {
    /// What they may do from now on.
    role: Role,
}

/// Give a user another role; the password stays
#[utoipa::path(post, path = "/api/users/{name}/role", tag = "access", request_body = RoleBody,
    params(("name" = String, Path, description = "The user's name")),
    responses(Reply<UserChangeBody>, Forbidden, NotFound, Conflict))]
pub(in crate::api) async fn set_role(
    caller: Caller,
    console: web::Data<Console>,
    name: Path<String>,
    body: JsonObject<RoleBody>,
) -> Result<Reply<UserChangeBody>, ServiceError> {
    caller.0.require(Role::Admin)?;
    let name = name.into_inner();
    let change = accounts::set_role(&console.pool, &caller.0.actor, &name, body.0.role).await?;
    Ok(Reply(UserChangeBody { name, change }))
}
