//! `GET /api/orders/{id}`.

use actix_web::web::{self, Path, Query};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::Caller;
use crate::api::reply::{Conflict, NotFound, Reply};
use crate::common::error::ServiceError;
use crate::http::Console;
use crate::orders::address::{Mode, OrderAddress};
use crate::orders::service;
use crate::orders::store::OrderRow;

/// Which of several orders with the same id.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::api) struct OrderScopeQuery {
    /// A connected account; the company's own by default.
    #[param(max_length = 255)]
    account: Option<String>,
    /// `live` or `test`; the mode that is processed by default.
    mode: Option<Mode>,
}

impl OrderScopeQuery {
    pub(in crate::api) fn address(&self, id: &str, console: &Console) -> Result<OrderAddress, ServiceError> {
        OrderAddress::new(id, self.account.as_deref(), self.mode, console.rules.livemode)
    }
}

/// One order and where it stands
#[utoipa::path(get, path = "/api/orders/{id}", tag = "orders",
    params(("id" = String, Path, description = "The company's id"), OrderScopeQuery),
    responses(Reply<OrderRow>, NotFound, Conflict))]
pub(in crate::api) async fn show(
    caller: Caller,
    console: web::Data<Console>,
    id: Path<String>,
    scope: Query<OrderScopeQuery>,
) -> Result<Reply<OrderRow>, ServiceError> {
    let address = scope.address(&id, &console)?;
    service::show(&console.pool, &address, caller.0.role).await.map(Reply)
}
