//! `GET /api/cases`.

use actix_web::web::{self, Query};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::Caller;
use crate::api::reply::ListReply;
use crate::cases::service;
use crate::cases::state::{CaseState, HeldReason};
use crate::cases::store::{Case, CaseFilter};
use crate::common::error::ServiceError;
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

/// Payments that do not match their order, newest first
#[utoipa::path(get, path = "/api/cases", tag = "cases", params(CaseListQuery), responses(ListReply<Case>))]
pub(in crate::api) async fn list(
    caller: Caller,
    console: web::Data<Console>,
    query: Query<CaseListQuery>,
) -> Result<ListReply<Case>, ServiceError> {
    let CaseListQuery { state, reason, order, payment, account, mode, before, limit } = query.into_inner();
    let origin = OriginFilter::new(account.as_deref(), mode)?;
    let filter = CaseFilter { state, reason, order, payment, origin };
    let page = PageRequest { before, limit };
    service::list(&console.pool, filter, &page, caller.0.role).await.map(ListReply)
}
