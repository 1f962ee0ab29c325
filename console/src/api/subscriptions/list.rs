//! `GET /api/subscriptions`.

use actix_web::web::{self, Query};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::OrdersCaller;
use crate::api::reply::ListReply;
use crate::common::error::ServiceError;
use crate::common::origin::{Mode, OriginFilter};
use crate::common::paging::PageRequest;
use crate::http::Console;
use crate::orders::subscriptions::{self, SubscriptionFilter, SubscriptionRow};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::api) struct SubscriptionListQuery {
    /// The Stripe customer.
    #[param(min_length = 1, max_length = 255, pattern = r"\S")]
    customer: String,
    /// `true`: only those that give access; `false`: only the others.
    access: Option<bool>,
    /// A connected account; `self` or empty is the company's own. All by default.
    #[param(max_length = 255)]
    account: Option<String>,
    /// `live` or `test`; both by default.
    mode: Option<Mode>,
    /// The `next` of the page before.
    #[param(max_length = 255)]
    before: Option<String>,
    /// 1 to 500, 50 by default.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<i64>,
}

/// The subscriptions of a customer, and whether they give access
#[utoipa::path(get, path = "/api/subscriptions", tag = "orders", params(SubscriptionListQuery),
    responses(ListReply<SubscriptionRow>))]
pub(in crate::api) async fn list(
    caller: OrdersCaller,
    console: web::Data<Console>,
    query: Query<SubscriptionListQuery>,
) -> Result<ListReply<SubscriptionRow>, ServiceError> {
    let SubscriptionListQuery { customer, access, account, mode, before, limit } = query.into_inner();
    let origin = OriginFilter::new(account.as_deref(), mode)?;
    let filter = SubscriptionFilter { customer, access, origin };
    let page = PageRequest { before, limit };
    subscriptions::page(&console.pool, &filter, &page, caller.0.role).await.map(ListReply)
}
