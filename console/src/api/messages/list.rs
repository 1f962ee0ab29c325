//! `GET /api/messages`.

use actix_web::web::{self, Query};
use jiff::Timestamp;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::Caller;
use crate::api::reply::ListReply;
use crate::common::error::ServiceError;
use crate::common::moment;
use crate::common::origin::{Mode, OriginFilter};
use crate::common::paging::PageRequest;
use crate::http::Console;
use crate::messages::service;
use crate::messages::state::DeliveryState;
use crate::messages::store::{MessageFilter, MessageRow};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::api) struct MessageListQuery {
    /// Topic, such as `order.paid`.
    #[param(max_length = 255)]
    topic: Option<String>,
    /// Where they stand at one of their destinations, or at the one that is named.
    #[param(inline)]
    state: Option<DeliveryState>,
    /// `amqp`, `http` or `http:<name>`.
    #[param(max_length = 255)]
    destination: Option<String>,
    /// Written at this time or later: `1h` (ago), `yesterday`, `2026-11-25` or `2026-11-25T14:00Z`.
    #[serde(default, deserialize_with = "moment::since_parameter")]
    #[param(value_type = Option<String>, pattern = "^([1-9][0-9]{0,2}(s|m|h|d|w)|today|yesterday|20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])(T([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?Z)?)$")]
    since: Option<Timestamp>,
    /// Written before this time; a date is in it to its end.
    #[serde(default, deserialize_with = "moment::until_parameter")]
    #[param(value_type = Option<String>, pattern = "^([1-9][0-9]{0,2}(s|m|h|d|w)|today|yesterday|20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])(T([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?Z)?)$")]
    until: Option<Timestamp>,
    /// A key, or the id of an order, payment, refund, dispute, invoice or subscription; the newest 1000.
    #[param(max_length = 255)]
    q: Option<String>,
    /// A connected account; `self` or empty is the company's own. All by default.
    #[param(max_length = 255, pattern = r"^[^\x00-\x1f\x7f-\x9f]*$")]
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

/// Outgoing messages and where each stands at its destinations, newest first
#[utoipa::path(get, path = "/api/messages", tag = "messages", params(MessageListQuery), responses(ListReply<MessageRow>))]
pub(in crate::api) async fn list(
    caller: Caller,
    console: web::Data<Console>,
    query: Query<MessageListQuery>,
) -> Result<ListReply<MessageRow>, ServiceError> {
    let MessageListQuery { topic, state, destination, since, until, q, account, mode, before, after, limit } =
        query.into_inner();
    let origin = OriginFilter::new(account.as_deref(), mode)?;
    let filter = MessageFilter { topic, state, destination, since, until, q, origin };
    let page = PageRequest { before, after, limit };
    service::list(&console.pool, filter, &page, caller.0.role).await.map(ListReply)
}
