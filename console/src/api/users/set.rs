//! `POST /api/users`.

use actix_web::web;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::Caller;
use crate::api::body::JsonObject;
use crate::api::reply::{Conflict, CreatedReply, Forbidden};
use crate::auth::accounts::{self, UserChange};
use crate::common::error::ServiceError;
use crate::common::role::Role;
use crate::http::Console;

/// A user as they are to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct UserBody {
    /// The name to sign in with.
    #[schema(pattern = "^[A-Za-z0-9][A-Za-z0-9._@+-]{0,99}$")]
    name: String,
    /// What they may do.
    role: Role,
    /// Null: none, the user signs in through the reverse proxy only, and an existing password is removed.
    #[serde(deserialize_with = "Option::deserialize")]
    #[schema(required, min_length = 12, max_length = 1000)]
    password: Option<String>,
}

/// What was done to which user.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct UserChangeBody {
    pub(super) name: String,
    #[serde(flatten)]
    pub(super) change: UserChange,
}

/// Add a user; an existing one gets this role and password, is enabled again and signed out everywhere
#[utoipa::path(post, path = "/api/users", tag = "access", request_body = UserBody,
    responses(CreatedReply<UserChangeBody>, Forbidden, Conflict))]
pub(in crate::api) async fn set(
    caller: Caller,
    console: web::Data<Console>,
    body: JsonObject<UserBody>,
) -> Result<CreatedReply<UserChangeBody>, ServiceError> {
    caller.0.require(Role::Admin)?;
    let UserBody { name, role, password } = body.0;
    let change = accounts::set(&console.pool, &caller.0.actor, &name, role, password.as_deref()).await?;
    Ok(CreatedReply { created: change.added, body: UserChangeBody { name, change } })
}
