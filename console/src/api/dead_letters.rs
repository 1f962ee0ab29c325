//! `/api/dead-letters`: finding them, and what can be done to one.

use actix_web::web::{self, Json, Path, Query};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::body::JsonObject;
use super::events::ReasonBody;
use super::{Caller, CompletedBody, resource};
use crate::audit::reason::AuditReason;
use crate::common::completed::Completed;
use crate::common::error::ServiceError;
use crate::common::paging::{self, Page};
use crate::common::role::Role;
use crate::dead_letters::filter::DeadLetterFilter;
use crate::dead_letters::preview;
use crate::dead_letters::replay;
use crate::dead_letters::state::DeadLetterState;
use crate::dead_letters::store::{self as dead_letters, DeadLetter, DeadLetterGroup};
use crate::events::preview::PreviewView;
use crate::http::Console;
use crate::http::error::ErrorBody;
use crate::masking;
use crate::timeline::details::{self, DeadLetterView};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct DeadLetterListQuery {
    #[serde(rename = "type")]
    #[param(max_length = 255)]
    kind: Option<String>,
    /// Reason, such as `amount_mismatch`.
    #[param(max_length = 255)]
    reason: Option<String>,
    #[param(max_length = 255)]
    fingerprint: Option<String>,
    #[param(inline)]
    state: Option<DeadLetterState>,
    /// An id that the letter names (order, customer, charge …), or a part of its event id, type, reason or error.
    #[param(max_length = 255)]
    q: Option<String>,
    /// Dead at this time or later.
    since: Option<Timestamp>,
    /// Dead before this time.
    until: Option<Timestamp>,
    /// The `next` of the page before.
    #[param(pattern = "^[0-9]{1,18}$")]
    before: Option<String>,
    /// 1 to 500, 50 where nothing is said.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<i64>,
}

/// A page of dead letters.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used: utoipa knows no generic types")]
pub(super) struct DeadLetterPage {
    items: Vec<DeadLetter>,
    next: Option<String>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct GroupQuery {
    /// Letters in this state; open ones where nothing is said.
    #[param(inline)]
    state: Option<DeadLetterState>,
    #[serde(rename = "type")]
    #[param(max_length = 255)]
    kind: Option<String>,
    #[param(max_length = 255)]
    reason: Option<String>,
    /// 1 to 500, 50 where nothing is said.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<i64>,
}

/// Groups of dead letters, the largest first.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Groups {
    items: Vec<DeadLetterGroup>,
    next: Option<String>,
}

/// Dead letters, newest first
#[utoipa::path(get, path = "/api/dead-letters", tag = "dead letters", params(DeadLetterListQuery), responses(
    (status = 200, description = "A page of dead letters", body = DeadLetterPage),
    (status = 400, description = "A filter is wrong", body = ErrorBody),
    (status = 401, description = "No valid token", body = ErrorBody)))]
pub(super) async fn list(
    caller: Caller,
    console: web::Data<Console>,
    query: Query<DeadLetterListQuery>,
) -> Result<Json<Page<DeadLetter>>, ServiceError> {
    let query = query.into_inner();
    let before = paging::number_cursor(query.before.as_deref())?;
    let limit = paging::limit(query.limit)?;
    let filter = DeadLetterFilter {
        kind: query.kind,
        reason: query.reason,
        fingerprint: query.fingerprint,
        state: query.state,
        q: query.q,
        since: query.since,
        until: query.until,
    };
    let client = console.pool.get().await?;
    let found = dead_letters::list(&client, &filter.checked()?, before, limit + 1).await?;
    let page = Page::cut(found, limit, |l| l.id.to_string());
    Ok(Json(masking::for_role(page, caller.0.role)))
}

/// Dead letters that died of the same thing, the largest group first
#[utoipa::path(get, path = "/api/dead-letters/groups", tag = "dead letters", params(GroupQuery), responses(
    (status = 200, description = "Groups", body = Groups),
    (status = 400, description = "A filter is wrong", body = ErrorBody),
    (status = 401, description = "No valid token", body = ErrorBody)))]
pub(super) async fn groups(
    caller: Caller,
    console: web::Data<Console>,
    query: Query<GroupQuery>,
) -> Result<Json<Groups>, ServiceError> {
    let query = query.into_inner();
    let state = query.state.unwrap_or(DeadLetterState::Open);
    let kind = paging::text("type", query.kind)?;
    let reason = paging::text("reason", query.reason)?;
    let limit = paging::limit(query.limit)?;
    let client = console.pool.get().await?;
    let items = dead_letters::groups(&client, Some(state), kind.as_deref(), reason.as_deref(), limit).await?;
    Ok(Json(Groups { items: masking::for_role(items, caller.0.role), next: None }))
}

/// One dead letter with its body, what its reason means, and what was done with it
#[utoipa::path(get, path = "/api/dead-letters/{id}", tag = "dead letters", params(("id" = i64, Path, description = "Its number")), responses(
    (status = 200, description = "The dead letter", body = DeadLetterView),
    (status = 400, description = "The id cannot be one", body = ErrorBody),
    (status = 401, description = "No valid token", body = ErrorBody),
    (status = 404, description = "No such dead letter", body = ErrorBody)))]
pub(super) async fn show(
    caller: Caller,
    console: web::Data<Console>,
    id: Path<i64>,
) -> Result<Json<DeadLetterView>, ServiceError> {
    Ok(Json(details::dead_letter(&console.pool, *id, caller.0.role).await?))
}

/// Send a dead letter's event through the workers once more
#[utoipa::path(post, path = "/api/dead-letters/{id}/replay", tag = "dead letters", request_body = ReasonBody,
    params(("id" = i64, Path, description = "Its number")), responses(
    (status = 200, description = "It was sent", body = CompletedBody),
    (status = 400, description = "The reason is missing", body = ErrorBody),
    (status = 401, description = "No valid token", body = ErrorBody),
    (status = 403, description = "Takes an operator", body = ErrorBody),
    (status = 404, description = "No such dead letter", body = ErrorBody),
    (status = 413, description = "The body is too large", body = ErrorBody),
    (status = 415, description = "The body is not JSON", body = ErrorBody),
    (status = 503, description = "The broker did not take it", body = ErrorBody)))]
pub(super) async fn replay_one(
    caller: Caller,
    console: web::Data<Console>,
    id: Path<i64>,
    body: JsonObject<ReasonBody>,
) -> Result<Json<CompletedBody>, ServiceError> {
    caller.0.require(Role::Operator)?;
    let reason = AuditReason::new(&body.0.reason)?;
    console.replayer.dead_letter(*id, &caller.0.actor, &reason).await?;
    Ok(Json(CompletedBody { id: id.to_string(), done: Completed::Replayed }))
}

/// What a replay would do now; nothing is written, nothing is sent
#[utoipa::path(post, path = "/api/dead-letters/{id}/preview", tag = "dead letters", params(("id" = i64, Path, description = "Its number")), responses(
    (status = 200, description = "What it would do", body = PreviewView),
    (status = 400, description = "The id cannot be one", body = ErrorBody),
    (status = 401, description = "No valid token", body = ErrorBody),
    (status = 403, description = "Takes an operator", body = ErrorBody),
    (status = 404, description = "No such dead letter", body = ErrorBody)))]
pub(super) async fn preview_one(
    caller: Caller,
    console: web::Data<Console>,
    id: Path<i64>,
) -> Result<Json<PreviewView>, ServiceError> {
    caller.0.require(Role::Operator)?;
    Ok(Json(preview::dead_letter(&console.pool, &console.rules, *id, caller.0.role).await?))
}

/// Mark a dead letter as not to be replayed
#[utoipa::path(post, path = "/api/dead-letters/{id}/discard", tag = "dead letters", request_body = ReasonBody,
    params(("id" = i64, Path, description = "Its number")), responses(
    (status = 200, description = "It is discarded", body = CompletedBody),
    (status = 400, description = "The reason is missing", body = ErrorBody),
    (status = 401, description = "No valid token", body = ErrorBody),
    (status = 403, description = "Takes an operator", body = ErrorBody),
    (status = 404, description = "No such dead letter", body = ErrorBody),
    (status = 409, description = "It is not open", body = ErrorBody),
    (status = 413, description = "The body is too large", body = ErrorBody),
    (status = 415, description = "The body is not JSON", body = ErrorBody)))]
pub(super) async fn discard_one(
    caller: Caller,
    console: web::Data<Console>,
    id: Path<i64>,
    body: JsonObject<ReasonBody>,
) -> Result<Json<CompletedBody>, ServiceError> {
    caller.0.require(Role::Operator)?;
    let reason = AuditReason::new(&body.0.reason)?;
    replay::discard(&console.pool, *id, &caller.0.actor, &reason).await?;
    Ok(Json(CompletedBody { id: id.to_string(), done: Completed::Discarded }))
}

pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.service(resource("/dead-letters", "GET").route(web::get().to(list)))
        .service(resource("/dead-letters/groups", "GET").route(web::get().to(groups)))
        .service(resource("/dead-letters/{id}", "GET").route(web::get().to(show)))
        .service(resource("/dead-letters/{id}/preview", "POST").route(web::post().to(preview_one)))
        .service(resource("/dead-letters/{id}/replay", "POST").route(web::post().to(replay_one)))
        .service(resource("/dead-letters/{id}/discard", "POST").route(web::post().to(discard_one)));
}
