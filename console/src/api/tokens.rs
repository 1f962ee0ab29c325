//! `/api/tokens`: for admins.

use actix_web::HttpResponse;
use actix_web::web::{self, Json, Path};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::JsonObject;
use super::{Caller, CompletedBody, resource};
use crate::auth::tokens::{self as store, ApiToken, TokenKey};
use crate::common::completed::Completed;
use crate::common::error::ServiceError;
use crate::common::role::Role;
use crate::http::Console;
use crate::http::error::ErrorBody;

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Tokens {
    items: Vec<ApiToken>,
}

/// A token that is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TokenBody {
    /// A name by which it is listed.
    #[schema(pattern = "^[A-Za-z0-9][A-Za-z0-9._@+-]{0,99}$")]
    name: String,
    /// What it may do.
    role: Role,
}

/// A token, the only time that it is seen.
#[derive(Serialize, ToSchema)]
pub(super) struct NewToken {
    name: String,
    /// What it may do.
    role: Role,
    /// The token itself: for `Authorization: Bearer …`.
    token: String,
}

/// All tokens, without what is secret
#[utoipa::path(get, path = "/api/tokens", tag = "access", responses(
    (status = 200, description = "The tokens", body = Tokens),
    (status = 401, description = "No valid token", body = ErrorBody),
    (status = 403, description = "Takes an admin", body = ErrorBody)))]
pub(super) async fn list(caller: Caller, console: web::Data<Console>) -> Result<Json<Tokens>, ServiceError> {
    caller.0.require(Role::Admin)?;
    Ok(Json(Tokens { items: store::list(&console.pool).await? }))
}

/// Make a token; it is shown in this answer and never again
#[utoipa::path(post, path = "/api/tokens", tag = "access", request_body = TokenBody, responses(
    (status = 201, description = "The token", body = NewToken),
    (status = 400, description = "The name is wrong", body = ErrorBody),
    (status = 401, description = "No valid token", body = ErrorBody),
    (status = 403, description = "Takes an admin", body = ErrorBody),
    (status = 409, description = "There is or was one of this name", body = ErrorBody),
    (status = 413, description = "The body is too large", body = ErrorBody),
    (status = 415, description = "The body is not JSON", body = ErrorBody)))]
pub(super) async fn create(
    caller: Caller,
    console: web::Data<Console>,
    body: JsonObject<TokenBody>,
) -> Result<HttpResponse, ServiceError> {
    caller.0.require(Role::Admin)?;
    let TokenBody { name, role } = body.0;
    let token = store::create(&console.pool, &caller.0.actor, &name, role).await?;
    Ok(HttpResponse::Created().json(NewToken { name, role, token }))
}

/// Revoke a token, for good
#[utoipa::path(post, path = "/api/tokens/{id}/revoke", tag = "access", params(("id" = i64, Path, description = "Its number")), responses(
    (status = 200, description = "It is done", body = CompletedBody),
    (status = 400, description = "The id cannot be one", body = ErrorBody),
    (status = 401, description = "No valid token", body = ErrorBody),
    (status = 403, description = "Takes an admin", body = ErrorBody),
    (status = 404, description = "No such token that is valid", body = ErrorBody)))]
pub(super) async fn revoke(
    caller: Caller,
    console: web::Data<Console>,
    id: Path<i64>,
) -> Result<Json<CompletedBody>, ServiceError> {
    caller.0.require(Role::Admin)?;
    store::revoke(&console.pool, &caller.0.actor, TokenKey::Id(*id)).await?;
    Ok(Json(CompletedBody { id: id.to_string(), done: Completed::Revoked }))
}

pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.service(resource("/tokens", "GET, POST").route(web::get().to(list)).route(web::post().to(create)))
        .service(resource("/tokens/{id}/revoke", "POST").route(web::post().to(revoke)));
}
