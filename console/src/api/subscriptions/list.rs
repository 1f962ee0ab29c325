//! `GET /api/subscriptions`.

use actix_web::web::{self, Query};
use jiff::Timestamp;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::OrdersCaller;
use crate::api::reply::ListReply;
use crate::common::error::ServiceError;
use crate::common::moment::{self, Period};
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
    /// Stripe's word, such as `past_due`.
    #[param(max_length = 255)]
    status: Option<String>,
    /// `true`: only those that give access; `false`: only the others.
    access: Option<bool>,
    /// Changed at this time or later: `1h` (ago), `yesterday`, `2026-11-25` or `2026-11-25T14:00Z`.
    #[serde(default, deserialize_with = "moment::since_parameter")]
    #[param(value_type = Option<String>, pattern = "^([1-9][0-9]{0,2}(s|m|h|d|w)|today|yesterday|20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])(T([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?Z)?)$")]
    since: Option<Timestamp>,
    /// Changed before this time; a date is in it to its end.
    #[serde(default, deserialize_with = "moment::until_parameter")]
    #[param(value_type = Option<String>, pattern = "^([1-9][0-9]{0,2}(s|m|h|d|w)|today|yesterday|20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])(T([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?Z)?)$")]
    until: Option<Timestamp>,
    /// A connected account; `self` or empty is the company's own. All by default.
    #[param(max_length = 255, pattern = r"^[^\x00-\x1f\x7f-\x9f]*$")]
    account: Option<String>,
    /// `live` or `test`; both by default.
    mode: Option<Mode>,
    /// The `next` of the page before.
    #[param(max_length = 255)]
    before: Option<String>,
    /// The `previous` of the page after; not together with `before`.
    #[param(max_length = 255)]
    after: Option<String>,
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
    let SubscriptionListQuery { customer, status, access, since, until, account, mode, before, after, limit } =
        query.into_inner();
    let origin = OriginFilter::new(account.as_deref(), mode)?;
    let filter = SubscriptionFilter {
        customer: Some(customer),
        access,
        status,
        period: Period { since, until },
        origin,
    };
    let page = PageRequest { before, after, limit };
    subscriptions::page(&console.pool, &filter, &page, caller.0.role).await.map(ListReply)
}
