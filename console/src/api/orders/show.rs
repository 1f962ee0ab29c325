//! `GET /api/orders/{id}`.

use actix_web::web::{self, Path, Query};
use serde::Deserialize;
use utoipa::IntoParams;

use super::scope::OrderScopeQuery;
use crate::api::OrdersCaller;
use crate::api::reply::{Conflict, NotFound, Reply, Unavailable};
use crate::common::error::ServiceError;
use crate::common::origin::Mode;
use crate::http::Console;
use crate::order_status::service;
use crate::order_status::view::OrderView;
use crate::order_status::wait::Wait;
use crate::orders::status::OrderStatus;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::api) struct OrderShowQuery {
    /// Answer only when the status changes, and at the latest after this time: `20s`, at most `30s`.
    #[param(pattern = "^([0-9]|[12][0-9]|30)s?$")]
    wait: Option<String>,
    /// With `wait`: the status that the caller knows. An order with another one is answered at once. By default the
    /// status that the order has when the request arrives.
    #[param(inline)]
    status: Option<OrderStatus>,
    /// A connected account; the company's own by default.
    #[param(max_length = 255)]
    account: Option<String>,
    /// `live` or `test`; the mode that is processed by default.
    mode: Option<Mode>,
}

/// One order: where it stands and since when, why it is not paid, and what was paid, refunded and disputed
#[utoipa::path(get, path = "/api/orders/{id}", tag = "orders",
    params(("id" = String, Path, description = "The company's id"), OrderShowQuery),
    responses(Reply<OrderView>, NotFound, Conflict, Unavailable))]
pub(in crate::api) async fn show(
    caller: OrdersCaller,
    console: web::Data<Console>,
    id: Path<String>,
    query: Query<OrderShowQuery>,
) -> Result<Reply<OrderView>, ServiceError> {
    let OrderShowQuery { wait, status, account, mode } = query.into_inner();
    let address = OrderScopeQuery { account, mode }.address(&id, &console)?;
    let role = caller.0.role;
    let view = match wait {
        None => service::show(&console.pool, &address, role).await?,
        Some(time) => {
            let wait = Wait::parse(&time, status)?;
            service::show_after(&console.pool, &console.order_watch, &address, wait, role).await?
        }
    };
    Ok(Reply(view))
}
