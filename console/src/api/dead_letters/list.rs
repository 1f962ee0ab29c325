//! `GET /api/dead-letters`.

use actix_web::web::{self, Query};
use jiff::Timestamp;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::Caller;
use crate::api::reply::ListReply;
use crate::common::error::ServiceError;
use crate::common::moment;
use crate::common::origin::Mode;
use crate::common::paging::PageRequest;
use crate::dead_letters::filter::DeadLetterFilter;
use crate::dead_letters::service;
use crate::dead_letters::state::DeadLetterState;
use crate::dead_letters::store::DeadLetter;
use crate::http::Console;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::api) struct DeadLetterListQuery {
    /// Event type, such as `charge.refunded`, or what types begin with, such as `charge`.
    #[serde(rename = "type")]
    #[param(max_length = 255)]
    kind: Option<String>,
    /// Why it is a dead letter, such as `missing_field`.
    #[param(max_length = 255)]
    reason: Option<String>,
    /// Fingerprint of a group: dead letters with the same cause.
    #[param(max_length = 255)]
    fingerprint: Option<String>,
    /// Its state; all states by default.
    #[param(inline)]
    state: Option<DeadLetterState>,
    /// An id that the dead letter names (order, customer, charge …), or a part of its event id, type, reason or error.
    #[param(max_length = 255)]
    q: Option<String>,
    /// Dead at this time or later: `1h` (ago), `yesterday`, `2026-11-25` or `2026-11-25T14:00Z`.
    #[serde(default, deserialize_with = "moment::since_parameter")]
    #[param(value_type = Option<String>, pattern = "^([1-9][0-9]{0,2}(s|m|h|d|w)|today|yesterday|20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])(T([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?Z)?)$")]
    since: Option<Timestamp>,
    /// Dead before this time; a date is in it to its end.
    #[serde(default, deserialize_with = "moment::until_parameter")]
    #[param(value_type = Option<String>, pattern = "^([1-9][0-9]{0,2}(s|m|h|d|w)|today|yesterday|20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])(T([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?Z)?)$")]
    until: Option<Timestamp>,
    /// The ingress endpoint that the event came in through.
    #[param(max_length = 255)]
    endpoint: Option<String>,
    /// A connected account; `self` or empty is the company's own. All by default.
    #[param(max_length = 255)]
    account: Option<String>,
    /// `live` or `test`; both by default.
    mode: Option<Mode>,
    /// The `next` of the page before.
    #[param(pattern = "^[0-9]{1,18}$")]
    before: Option<String>,
    /// The `previous` of the page after; not together with `before`.
    #[param(pattern = "^[0-9]{1,18}$")]
    after: Option<String>,
    /// 1 to 500, 50 by default.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<i64>,
}

/// Dead letters, newest first
#[utoipa::path(get, path = "/api/dead-letters", tag = "dead letters", params(DeadLetterListQuery),
    responses(ListReply<DeadLetter>))]
pub(in crate::api) async fn list(
    caller: Caller,
    console: web::Data<Console>,
    query: Query<DeadLetterListQuery>,
) -> Result<ListReply<DeadLetter>, ServiceError> {
    let DeadLetterListQuery {
        kind,
        reason,
        fingerprint,
        state,
        q,
        since,
        until,
        endpoint,
        account,
        mode,
        before,
        after,
        limit,
    } = query.into_inner();
    let filter =
        DeadLetterFilter { kind, reason, fingerprint, state, q, since, until, account, mode, endpoint };
    let page = PageRequest { before, after, limit };
    service::list(&console.pool, filter, &page, caller.0.role).await.map(ListReply)
}
