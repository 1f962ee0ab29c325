//! `POST /api/tokens`.

use actix_web::web;
use actix_web::{HttpResponse, Responder};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoResponses, ToSchema};

use crate::api::Caller;
use crate::api::body::JsonObject;
use crate::api::reply::{Conflict, Forbidden};
use crate::auth::tokens;
use crate::common::error::ServiceError;
use crate::common::integers;
use crate::common::role::Role;
use crate::common::scope::TokenScope;
use crate::http::Console;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct TokenBody {
    /// A name by which it is listed.
    #[schema(pattern = "^[A-Za-z0-9][A-Za-z0-9._@+-]{0,99}$")]
    name: String,
    /// What it may do.
    role: Role,
    /// Where it may be used; everywhere by default.
    #[serde(default)]
    #[schema(required = false)]
    scope: TokenScope,
    /// For how many days it is valid; until it is revoked by default.
    #[serde(default, deserialize_with = "integers::optional_integer")]
    #[schema(minimum = 1, maximum = 3650)]
    expires_in_days: Option<i64>,
}

/// A token, the only time that it is shown
#[derive(Serialize, ToSchema, IntoResponses)]
#[response(status = 201)]
pub(in crate::api) struct NewToken {
    name: String,
    /// What it may do.
    role: Role,
    /// Where it may be used.
    scope: TokenScope,
    /// When it stops being valid.
    expires_at: Option<Timestamp>,
    /// The token itself: for `Authorization: Bearer …`.
    token: String,
}

/// Create a token; it is shown in this answer and never again
#[utoipa::path(post, path = "/api/tokens", tag = "access", request_body = TokenBody,
    responses(NewToken, Forbidden, Conflict))]
pub(in crate::api) async fn create(
    caller: Caller,
    console: web::Data<Console>,
    body: JsonObject<TokenBody>,
) -> Result<impl Responder, ServiceError> {
    caller.0.require(Role::Admin)?;
    let TokenBody { name, role, scope, expires_in_days } = body.0;
    let expires_at = tokens::expiry(expires_in_days)?;
    let token = tokens::create(&console.pool, &caller.0.actor, &name, role, scope, expires_at).await?;
    Ok(HttpResponse::Created().json(NewToken { name, role, scope, expires_at, token }))
}
