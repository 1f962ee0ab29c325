//! `/api/users`: for admins.

use actix_web::HttpResponse;
use actix_web::web::{self, Json, Path};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::JsonObject;
use super::{Caller, CompletedBody, resource};
use crate::auth::accounts::{self, UserChange, UserCommand};
use crate::auth::users::{self as list, User};
use crate::common::error::ServiceError;
use crate::common::role::Role;
use crate::http::Console;
use crate::http::error::ErrorBody;

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Users {
    items: Vec<User>,
}

/// A user as they are to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct UserBody {
    /// The name to sign in with.
    #[schema(pattern = "^[A-Za-z0-9][A-Za-z0-9._@+-]{0,99}$")]
    name: String,
    /// What they may do.
    role: Role,
    /// Null: none, the user signs in through the reverse proxy only, and one that there was is removed.
    #[serde(deserialize_with = "Option::deserialize")]
    #[schema(required, min_length = 12, max_length = 1000)]
    password: Option<String>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RoleBody {
    /// What they may do from now on.
    role: Role,
}

/// What was done to which user.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Changed {
    name: String,
    #[serde(flatten)]
    change: UserChange,
}

/// All users, without what is secret
#[utoipa::path(get, path = "/api/users", tag = "access", responses(
    (status = 200, description = "The users", body = Users),
    (status = 401, description = "No valid token", body = ErrorBody),
    (status = 403, description = "Takes an admin", body = ErrorBody)))]
pub(super) async fn list(caller: Caller, console: web::Data<Console>) -> Result<Json<Users>, ServiceError> {
    caller.0.require(Role::Admin)?;
    Ok(Json(Users { items: list::list(&console.pool).await? }))
}

/// Make a user; an existing one gets this role and password, is enabled again and signed out everywhere
#[utoipa::path(post, path = "/api/users", tag = "access", request_body = UserBody, responses(
    (status = 200, description = "The user was there and is changed", body = Changed),
    (status = 201, description = "The user is made", body = Changed),
    (status = 400, description = "The name or the password is wrong", body = ErrorBody),
    (status = 401, description = "No valid token", body = ErrorBody),
    (status = 403, description = "Takes an admin", body = ErrorBody),
    (status = 409, description = "It would leave no admin", body = ErrorBody),
    (status = 413, description = "The body is too large", body = ErrorBody),
    (status = 415, description = "The body is not JSON", body = ErrorBody)))]
pub(super) async fn set(
    caller: Caller,
    console: web::Data<Console>,
    body: JsonObject<UserBody>,
) -> Result<HttpResponse, ServiceError> {
    caller.0.require(Role::Admin)?;
    let UserBody { name, role, password } = body.0;
    let change = accounts::set(&console.pool, &caller.0.actor, &name, role, password.as_deref()).await?;
    let mut response = if change.added { HttpResponse::Created() } else { HttpResponse::Ok() };
    Ok(response.json(Changed { name, change }))
}

/// Give a user another role; the password stays
#[utoipa::path(post, path = "/api/users/{name}/role", tag = "access", request_body = RoleBody,
    params(("name" = String, Path, description = "The user's name")), responses(
    (status = 200, description = "It is done", body = Changed),
    (status = 400, description = "The role is none", body = ErrorBody),
    (status = 401, description = "No valid token", body = ErrorBody),
    (status = 403, description = "Takes an admin", body = ErrorBody),
    (status = 404, description = "No such user", body = ErrorBody),
    (status = 409, description = "It would leave no admin", body = ErrorBody),
    (status = 413, description = "The body is too large", body = ErrorBody),
    (status = 415, description = "The body is not JSON", body = ErrorBody)))]
pub(super) async fn set_role(
    caller: Caller,
    console: web::Data<Console>,
    name: Path<String>,
    body: JsonObject<RoleBody>,
) -> Result<Json<Changed>, ServiceError> {
    caller.0.require(Role::Admin)?;
    let name = name.into_inner();
    let change = accounts::set_role(&console.pool, &caller.0.actor, &name, body.0.role).await?;
    Ok(Json(Changed { name, change }))
}

/// Disable, enable or unlock a user
#[utoipa::path(post, path = "/api/users/{name}/{command}", tag = "access",
    params(("name" = String, Path, description = "The user's name"), ("command" = inline(UserCommand), Path, description = "What to do")), responses(
    (status = 200, description = "It is done", body = CompletedBody),
    (status = 400, description = "The name cannot be one", body = ErrorBody),
    (status = 401, description = "No valid token", body = ErrorBody),
    (status = 403, description = "Takes an admin", body = ErrorBody),
    (status = 404, description = "No such user", body = ErrorBody),
    (status = 409, description = "It is so already, or it would leave no admin", body = ErrorBody)))]
pub(super) async fn command(
    caller: Caller,
    console: web::Data<Console>,
    path: Path<(String, UserCommand)>,
) -> Result<Json<CompletedBody>, ServiceError> {
    caller.0.require(Role::Admin)?;
    let (id, command) = path.into_inner();
    accounts::command(&console.pool, &caller.0.actor, &id, command).await?;
    Ok(Json(CompletedBody { id, done: command.into() }))
}

pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.service(resource("/users", "GET, POST").route(web::get().to(list)).route(web::post().to(set)))
        .service(resource("/users/{name}/role", "POST").route(web::post().to(set_role)))
        .service(resource("/users/{name}/{command}", "POST").route(web::post().to(command)));
}
