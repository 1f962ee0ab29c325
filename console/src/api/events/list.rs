//! `GET /api/events`.

use actix_web::web::{self, Query};
use jiff::Timestamp;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::Caller;
use crate::api::reply::ListReply;
use crate::common::error::ServiceError;
use crate::common::moment::{self, Period};
use crate::common::origin::{Mode, OriginFilter};
use crate::common::paging::PageRequest;
use crate::events::outcome::EventOutcome;
use crate::events::search::EventScope;
use crate::events::service;
use crate::events::store::{EventFilter, EventRow};
use crate::http::Console;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::api) struct EventListQuery {
    /// Event type, such as `charge.refunded`, or what types begin with, such as `charge`.
    #[serde(rename = "type")]
    #[param(max_length = 255)]
    kind: Option<String>,
    /// What became of it.
    #[param(inline)]
    outcome: Option<EventOutcome>,
    /// The ingress endpoint it came in through.
    #[param(max_length = 255)]
    endpoint: Option<String>,
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
    /// Received at this time or later: `1h` (ago), `yesterday`, `2026-11-25` or `2026-11-25T14:00Z`.
    #[serde(default, deserialize_with = "moment::since_parameter")]
    #[param(value_type = Option<String>, pattern = "^([1-9][0-9]{0,2}(s|m|h|d|w)|today|yesterday|20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])(T([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?Z)?)$")]
    since: Option<Timestamp>,
    /// Received before this time; a date is in it to its end.
    #[serde(default, deserialize_with = "moment::until_parameter")]
    #[param(value_type = Option<String>, pattern = "^([1-9][0-9]{0,2}(s|m|h|d|w)|today|yesterday|20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])(T([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?Z)?)$")]
    until: Option<Timestamp>,
    /// A connected account; `self` or empty is the company's own. All by default, and the company's own with `order`.
    #[param(max_length = 255)]
    account: Option<String>,
    /// `live` or `test`. Both by default; with `order` the mode that is processed.
    mode: Option<Mode>,
    /// The `next` of the page before.
    #[param(pattern = "^[0-9]{1,15}[.][A-Za-z0-9_:.-]{1,200}$")]
    before: Option<String>,
    /// The `previous` of the page after; not together with `before`.
    #[param(pattern = "^[0-9]{1,15}[.][A-Za-z0-9_:.-]{1,200}$")]
    after: Option<String>,
    /// 1 to 500, 50 by default.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<i64>,
}

/// Events as they were received, newest first
#[utoipa::path(get, path = "/api/events", tag = "events", params(EventListQuery), responses(ListReply<EventRow>))]
pub(in crate::api) async fn list(
    caller: Caller,
    console: web::Data<Console>,
    query: Query<EventListQuery>,
) -> Result<ListReply<EventRow>, ServiceError> {
    let EventListQuery {
        kind,
        outcome,
        endpoint,
        object,
        order,
        customer,
        q,
        since,
        until,
        account,
        mode,
        before,
        after,
        limit,
    } = query.into_inner();
    let scope = EventScope { order, customer, any: q }.checked()?;
    let origin = scope.origin(OriginFilter::new(account.as_deref(), mode)?, console.rules.livemode);
    let period = Period { since, until };
    let filter = EventFilter { kind, outcome, object, endpoint, period, origin }.checked()?;
    let page = PageRequest { before, after, limit };
    service::list(&console.pool, &filter, &scope, &page, caller.0.role).await.map(ListReply)
}
