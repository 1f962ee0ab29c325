//! `/api/events` and `/api/search`.

use actix_web::web::{self, Json, Path, Query};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::body::JsonObject;
use super::{Caller, CompletedBody, resource};
use crate::audit::reason::AuditReason;
use crate::common::completed::Completed;
use crate::common::error::ServiceError;
use crate::common::paging::{self, Page};
use crate::common::role::Role;
use crate::events::cursor;
use crate::events::outcome::EventOutcome;
use crate::events::preview::{self, PreviewView};
use crate::events::search;
use crate::events::store::{EventFilter, EventRow};
use crate::http::Console;
use crate::http::error::ErrorBody;
use crate::masking;
use crate::timeline::details::{self, EventView};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct EventListQuery {
    /// Event type, such as `charge.refunded`.
    #[serde(rename = "type")]
    #[param(max_length = 255)]
    kind: Option<String>,
    /// What became of it.
    #[param(inline)]
    outcome: Option<EventOutcome>,
    /// The Stripe object it is about.
    #[param(max_length = 255)]
    object: Option<String>,
    /// Events that touched this order.
    #[param(max_length = 255)]
    order: Option<String>,
    /// Events that touched what belongs to this customer.
    #[param(max_length = 255)]
    customer: Option<String>,
    /// Any id: event, order, customer, subscription, payment intent, charge, invoice.
    #[param(max_length = 255)]
    q: Option<String>,
    /// The `next` of the page before.
    #[param(pattern = "^[0-9]{1,15}[.][A-Za-z0-9_:.-]{1,200}$")]
    before: Option<String>,
    /// 1 to 500, 50 where nothing is said.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<i64>,
}

/// A page of events.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used: utoipa knows no generic types")]
pub(super) struct EventPage {
    items: Vec<EventRow>,
    next: Option<String>,
}

/// Why something is done.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReasonBody {
    /// Kept in the audit. 1 to 1000 characters that are not all blank.
    #[schema(min_length = 1, max_length = 1000, pattern = r"\S")]
    pub(super) reason: String,
}

/// Events, newest first
#[utoipa::path(get, path = "/api/events", tag = "events", params(EventListQuery), responses(
    (status = 200, description = "A page of events", body = EventPage),
    (status = 400, description = "A filter is wrong", body = ErrorBody),
    (status = 401, description = "No valid token", body = ErrorBody)))]
pub(super) async fn list(
    caller: Caller,
    console: web::Data<Console>,
    query: Query<EventListQuery>,
) -> Result<Json<Page<EventRow>>, ServiceError> {
    let query = query.into_inner();
    let before = cursor::read(query.before.as_deref())?;
    let limit = paging::limit(query.limit)?;
    let filter = EventFilter {
        kind: paging::text("type", query.kind)?,
        outcome: query.outcome,
        object: paging::text("object", query.object)?,
    };
    let touching = search::EventScope {
        order: paging::text("order", query.order)?,
        customer: paging::text("customer", query.customer)?,
        any: paging::text("q", query.q)?,
    };
    let client = console.pool.get().await?;
    let events = search::events(&client, &filter, &touching, before.as_ref(), limit + 1).await?;
    let page = Page::cut(events, limit, |e| e.cursor().to_string());
    Ok(Json(masking::for_role(page, caller.0.role)))
}

/// One event with its body, what it changed, and its replays
#[utoipa::path(get, path = "/api/events/{id}", tag = "events", params(("id" = String, Path, description = "Stripe's event id")), responses(
    (status = 200, description = "The event", body = EventView),
    (status = 400, description = "The id cannot be one", body = ErrorBody),
    (status = 401, description = "No valid token", body = ErrorBody),
    (status = 404, description = "No such event", body = ErrorBody)))]
pub(super) async fn show(
    caller: Caller,
    console: web::Data<Console>,
    id: Path<String>,
) -> Result<Json<EventView>, ServiceError> {
    Ok(Json(details::event(&console.pool, cursor::event_id(&id)?, caller.0.role).await?))
}

/// What a replay would do now; nothing is written, nothing is sent
#[utoipa::path(post, path = "/api/events/{id}/preview", tag = "events", params(("id" = String, Path, description = "Stripe's event id")), responses(
    (status = 200, description = "What it would do", body = PreviewView),
    (status = 400, description = "The id cannot be one", body = ErrorBody),
    (status = 401, description = "No valid token", body = ErrorBody),
    (status = 403, description = "Takes an operator", body = ErrorBody),
    (status = 404, description = "No such event", body = ErrorBody)))]
pub(super) async fn preview_one(
    caller: Caller,
    console: web::Data<Console>,
    id: Path<String>,
) -> Result<Json<PreviewView>, ServiceError> {
    caller.0.require(Role::Operator)?;
    Ok(Json(preview::event(&console.pool, &console.rules, cursor::event_id(&id)?, caller.0.role).await?))
}

/// Send an event through the workers once more; what took effect already changes nothing
#[utoipa::path(post, path = "/api/events/{id}/replay", tag = "events", request_body = ReasonBody,
    params(("id" = String, Path, description = "Stripe's event id")), responses(
    (status = 200, description = "It was sent", body = CompletedBody),
    (status = 400, description = "The reason is missing", body = ErrorBody),
    (status = 401, description = "No valid token", body = ErrorBody),
    (status = 403, description = "Takes an operator", body = ErrorBody),
    (status = 404, description = "No such event", body = ErrorBody),
    (status = 413, description = "The body is too large", body = ErrorBody),
    (status = 415, description = "The body is not JSON", body = ErrorBody),
    (status = 503, description = "The broker did not take it", body = ErrorBody)))]
pub(super) async fn replay(
    caller: Caller,
    console: web::Data<Console>,
    id: Path<String>,
    body: JsonObject<ReasonBody>,
) -> Result<Json<CompletedBody>, ServiceError> {
    caller.0.require(Role::Operator)?;
    let reason = AuditReason::new(&body.0.reason)?;
    console.replayer.event(cursor::event_id(&id)?, &caller.0.actor, &reason).await?;
    Ok(Json(CompletedBody { id: id.into_inner(), done: Completed::Replayed }))
}

pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.service(resource("/events", "GET").route(web::get().to(list)))
        .service(resource("/events/{id}", "GET").route(web::get().to(show)))
        .service(resource("/events/{id}/preview", "POST").route(web::post().to(preview_one)))
        .service(resource("/events/{id}/replay", "POST").route(web::post().to(replay)));
}
