//! `POST /api/orders`.

use actix_web::web;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::OrdersCaller;
use crate::api::body::JsonObject;
use crate::api::reply::{Conflict, CreatedReply, Forbidden};
use crate::common::error::ServiceError;
use crate::common::integers;
use crate::common::role::Role;
use crate::http::Console;
use crate::orders::address::{Mode, OrderAddress};
use crate::orders::service;
use crate::orders::store::OrderRow;

/// An order that the company announces.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct NewOrderBody {
    /// The company's id of the order.
    #[schema(
        min_length = 1,
        max_length = 255,
        pattern = r"^[^\x00-\x1f\x7f-\x9f]*[^\x00-\x1f\x7f-\x9f\s][^\x00-\x1f\x7f-\x9f]*$"
    )]
    id: String,
    /// The Stripe customer who is to pay.
    #[schema(
        min_length = 1,
        max_length = 255,
        pattern = r"^[^\x00-\x1f\x7f-\x9f]*[^\x00-\x1f\x7f-\x9f\s][^\x00-\x1f\x7f-\x9f]*$"
    )]
    customer: Option<String>,
    /// What is to be paid, in the currency's smallest unit.
    #[serde(deserialize_with = "integers::integer")]
    #[schema(minimum = 0)]
    amount: i64,
    /// Three letters, such as usd.
    #[schema(pattern = "^[A-Za-z]{3}$")]
    currency: String,
    /// A connected account; the company's own by default.
    #[schema(max_length = 255)]
    account: Option<String>,
    /// `live` or `test`; the mode that is processed by default.
    mode: Option<Mode>,
}

/// Register an order before it is paid; the same order again is returned as it is
#[utoipa::path(post, path = "/api/orders", tag = "orders", request_body = NewOrderBody,
    responses(CreatedReply<OrderRow>, Forbidden, Conflict))]
pub(in crate::api) async fn create(
    caller: OrdersCaller,
    console: web::Data<Console>,
    body: JsonObject<NewOrderBody>,
) -> Result<CreatedReply<OrderRow>, ServiceError> {
    caller.0.require(Role::Operator)?;
    let NewOrderBody { id, customer, amount, currency, account, mode } = body.0;
    let address = OrderAddress::new(&id, account.as_deref(), mode, console.rules.livemode)?;
    let order = service::checked(address, customer.as_deref(), amount, &currency)?;
    let (body, created) = service::create(&console.pool, &caller.0.actor, &order, &console.rules).await?;
    Ok(CreatedReply { body, created })
}
