//! `/api/dead-letters/replay` and `/api/dead-letters/discard`: many at once.

use actix_web::web;
use actix_web::{HttpResponse, Responder};
use serde::Deserialize;

use super::body::{self, JsonObject};
use super::bulk_body::BulkDescribed;
use super::{Caller, resource};
use crate::audit::reason::AuditReason;
use crate::common::error::ServiceError;
use crate::common::integers;
use crate::common::role::Role;
use crate::dead_letters::filter::DeadLetterFilter;
use crate::http::Console;
use crate::http::error::ErrorBody;
use crate::jobs::service::{self, BulkPreview, JobView};
use crate::jobs::state::JobAction;

/// Replay or discard many. Described by [`BulkDescribed`]: what is needed depends on `dry_run`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BulkBody {
    /// Which letters; open ones where no state is said.
    #[serde(default, deserialize_with = "body::object")]
    filter: DeadLetterFilter,
    /// Kept in the audit. Not needed for a dry run.
    reason: Option<String>,
    /// Letters per second; 10 where nothing is said.
    #[serde(default, deserialize_with = "integers::optional_integer")]
    rate: Option<i32>,
    /// How many go first; the rest follows when they took effect.
    #[serde(default, deserialize_with = "integers::optional_integer")]
    canary: Option<i32>,
    /// How many letters they must be, as a dry run has said. Refused when they are not.
    #[serde(default, deserialize_with = "integers::optional_integer")]
    count: Option<i64>,
    /// Only say what would be done.
    #[serde(default)]
    dry_run: bool,
}

/// Replay many dead letters, as a job with a rate and a canary; or say what would be replayed
#[utoipa::path(post, path = "/api/dead-letters/replay", tag = "dead letters", request_body = BulkDescribed, responses(
    (status = 200, description = "The dry run", body = BulkPreview),
    (status = 202, description = "The job", body = JobView),
    (status = 400, description = "The filter, the reason or the rate is wrong", body = ErrorBody),
    (status = 401, description = "No valid token", body = ErrorBody),
    (status = 403, description = "Takes an operator", body = ErrorBody),
    (status = 409, description = "The letters are not as many as `count`, or none", body = ErrorBody),
    (status = 413, description = "The body is too large", body = ErrorBody),
    (status = 415, description = "The body is not JSON", body = ErrorBody)))]
pub(super) async fn replay_many(
    caller: Caller,
    console: web::Data<Console>,
    body: JsonObject<BulkBody>,
) -> Result<impl Responder, ServiceError> {
    many(JobAction::Replay, &caller, &console, body.0).await
}

/// Discard many dead letters, as a job; or say what would be discarded
#[utoipa::path(post, path = "/api/dead-letters/discard", tag = "dead letters", request_body = BulkDescribed, responses(
    (status = 200, description = "The dry run", body = BulkPreview),
    (status = 202, description = "The job", body = JobView),
    (status = 400, description = "The filter, the reason or the rate is wrong", body = ErrorBody),
    (status = 401, description = "No valid token", body = ErrorBody),
    (status = 403, description = "Takes an operator", body = ErrorBody),
    (status = 409, description = "The letters are not as many as `count`, or none", body = ErrorBody),
    (status = 413, description = "The body is too large", body = ErrorBody),
    (status = 415, description = "The body is not JSON", body = ErrorBody)))]
pub(super) async fn discard_many(
    caller: Caller,
    console: web::Data<Console>,
    body: JsonObject<BulkBody>,
) -> Result<impl Responder, ServiceError> {
    many(JobAction::Discard, &caller, &console, body.0).await
}

async fn many(
    action: JobAction,
    caller: &Caller,
    console: &Console,
    body: BulkBody,
) -> Result<HttpResponse, ServiceError> {
    caller.0.require(Role::Operator)?;
    let filter = body.filter.checked()?;
    if body.dry_run {
        return Ok(HttpResponse::Ok().json(service::preview(&console.pool, action, filter).await?));
    }
    let request = service::JobRequest {
        action,
        filter,
        reason: AuditReason::new(body.reason.as_deref().unwrap_or_default())?,
        rate: body.rate.unwrap_or(service::DEFAULT_RATE),
        canary: body.canary.unwrap_or(0),
        count: body.count,
    };
    let id = service::create(&console.pool, &caller.0.actor, request).await?;
    Ok(HttpResponse::Accepted().json(service::show(&console.pool, id).await?))
}

pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.service(resource("/dead-letters/replay", "POST").route(web::post().to(replay_many)))
        .service(resource("/dead-letters/discard", "POST").route(web::post().to(discard_many)));
}
