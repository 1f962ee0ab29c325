//! `GET /api/orders`.

use actix_web::web::{self, Query};
use jiff::Timestamp;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::OrdersCaller;
use crate::api::reply::ListReply;
use crate::common::error::ServiceError;
use crate::common::origin::{Mode, OriginFilter};
use crate::common::paging::PageRequest;
use crate::http::Console;
use crate::orders::list::{self, OrderFilter};
use crate::orders::status::OrderStatus;
use crate::orders::store::OrderRow;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::api) struct OrderListQuery {
    /// The Stripe customer.
    #[param(max_length = 255)]
    customer: Option<String>,
    /// Where they stand.
    #[param(inline)]
    status: Option<OrderStatus>,
    /// Created at this time or later: `2026-11-28T00:00:00Z`.
    since: Option<Timestamp>,
    /// Created before this time.
    until: Option<Timestamp>,
    /// A connected account; `self` or empty is the company's own. All by default.
    #[param(max_length = 255)]
    account: Option<String>,
    /// `live` or `test`; both by default.
    mode: Option<Mode>,
    /// The `next` of the page before.
    #[param(pattern = "^[0-9]{1,16}[.][0-9]{1,18}$")]
    before: Option<String>,
    /// 1 to 500, 50 by default.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<i64>,
}

/// Orders, newest first
#[utoipa::path(get, path = "/api/orders", tag = "orders", params(OrderListQuery), responses(ListReply<OrderRow>))]
pub(in crate::api) async fn list(
    caller: OrdersCaller,
    console: web::Data<Console>,
    query: Query<OrderListQuery>,
) -> Result<ListReply<OrderRow>, ServiceError> {
    let OrderListQuery { customer, status, since, until, account, mode, before, limit } = query.into_inner();
    let origin = OriginFilter::new(account.as_deref(), mode)?;
    let filter = OrderFilter { customer, status, since, until, origin };
    let page = PageRequest { before, limit };
    list::list(&console.pool, filter, &page, caller.0.role).await.map(ListReply)
}
