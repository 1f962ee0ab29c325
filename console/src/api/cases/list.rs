//! `GET /api/cases`.

use actix_web::web::{self, Query};
use jiff::Timestamp;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::Caller;
use crate::api::reply::ListReply;
use crate::cases::service;
use crate::cases::state::{CaseState, HeldReason};
use crate::cases::store::{Case, CaseFilter};
use crate::common::error::ServiceError;
use crate::common::moment::{self, Period};
use crate::common::origin::{Mode, OriginFilter};
use crate::common::paging::PageRequest;
use crate::http::Console;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::api) struct CaseListQuery {
    /// `open` or `closed`; both by default.
    state: Option<CaseState>,
    /// Why the payments do not count.
    reason: Option<HeldReason>,
    /// The company's id of the order.
    #[param(max_length = 255)]
    order: Option<String>,
    /// Payment intent, charge or session.
    #[param(max_length = 255)]
    payment: Option<String>,
    /// Opened at this time or later: `1h` (ago), `yesterday`, `2026-11-25` or `2026-11-25T14:00Z`.
    #[serde(default, deserialize_with = "moment::since_parameter")]
    #[param(value_type = Option<String>, pattern = "^([1-9][0-9]{0,2}(s|m|h|d|w)|today|yesterday|20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])(T([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?Z)?)$")]
    since: Option<Timestamp>,
    /// Opened before this time; a date is in it to its end.
    #[serde(default, deserialize_with = "moment::until_parameter")]
    #[param(value_type = Option<String>, pattern = "^([1-9][0-9]{0,2}(s|m|h|d|w)|today|yesterday|20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])(T([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?Z)?)$")]
    until: Option<Timestamp>,
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

/// Payments that do not match their order, newest first
#[utoipa::path(get, path = "/api/cases", tag = "cases", params(CaseListQuery), responses(ListReply<Case>))]
pub(in crate::api) async fn list(
    caller: Caller,
    console: web::Data<Console>,
    query: Query<CaseListQuery>,
) -> Result<ListReply<Case>, ServiceError> {
    let CaseListQuery { state, reason, order, payment, since, until, account, mode, before, after, limit } =
        query.into_inner();
    let origin = OriginFilter::new(account.as_deref(), mode)?;
    let filter = CaseFilter { state, reason, order, payment, period: Period { since, until }, origin };
    let page = PageRequest { before, after, limit };
    service::list(&console.pool, filter, &page, caller.0.role).await.map(ListReply)
}
