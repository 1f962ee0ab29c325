//! `GET /api/dead-letters`.

use actix_web::web::{self, Query};
use jiff::Timestamp;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::Caller;
use crate::api::reply::ListReply;
use crate::common::error::ServiceError;
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
    /// Event type, such as `charge.refunded`.
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
    /// Dead at this time or later.
    since: Option<Timestamp>,
    /// Dead before this time.
    until: Option<Timestamp>,
    /// A connected account; `self` or empty is the company's own. All by default.
    #[param(max_length = 255)]
    account: Option<String>,
    /// `live` or `test`; both by default.
    mode: Option<Mode>,
    /// The `next` of the page before.
    #[param(pattern = "^[0-9]{1,18}$")]
    before: Option<String>,
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
        account,
        mode,
        before,
        limit,
    } = query.into_inner();
    let filter = DeadLetterFilter { kind, reason, fingerprint, state, q, since, until, account, mode };
    let page = PageRequest { before, limit };
    service::list(&console.pool, filter, &page, caller.0.role).await.map(ListReply)
}
