//! Payments, refunds, disputes and messages in the database. Reads only; the workers derive them.

use std::collections::BTreeMap;

use deadpool_postgres::GenericClient;
use domain::origin::OrderKey;
use jiff::Timestamp;
use serde::Serialize;
use tokio_postgres::Row;
use utoipa::ToSchema;

use super::status::PaymentStatus;
use crate::common::error::ServiceError;
use crate::common::origin::OriginFilter;
use crate::masking::masked_members;

pub(crate) const PAYMENTS: &str = include_str!("sql/payment_list.sql");
pub(crate) const OF_ORDER: &str = include_str!("sql/order_payments.sql");
pub(crate) const REFUNDS: &str = include_str!("sql/refund_list.sql");
pub(crate) const DISPUTES: &str = include_str!("sql/dispute_list.sql");
pub(crate) const MESSAGES: &str = include_str!("sql/message_list.sql");

/// A payment. Amounts are in the currency's minor unit.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct PaymentRow {
    /// Payment intent, charge or session.
    pub(crate) id: String,
    pub(crate) order_id: Option<String>,
    pub(crate) customer: Option<String>,
    pub(crate) currency: Option<String>,
    /// What is to be paid.
    pub(crate) amount: Option<i64>,
    pub(crate) amount_paid: i64,
    pub(crate) amount_refunded: i64,
    /// Why it does not count for its order.
    pub(crate) held_reason: Option<String>,
    pub(crate) status: PaymentStatus,
    /// What the customer's bank says against it.
    pub(crate) dispute: Option<String>,
    /// The newest state is not certain.
    pub(crate) ambiguous: bool,
}

/// A refund. The amount is in the currency's minor unit.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct RefundRow {
    pub(crate) id: String,
    pub(crate) amount: i64,
    pub(crate) currency: String,
    /// Stripe's word.
    pub(crate) status: String,
    pub(crate) reason: Option<String>,
    pub(crate) failure_reason: Option<String>,
}

/// A dispute or inquiry. The amount is in the currency's minor unit.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct DisputeRow {
    pub(crate) id: String,
    pub(crate) amount: i64,
    pub(crate) currency: String,
    /// Stripe's word.
    pub(crate) status: String,
    /// What it means for the money.
    pub(crate) state: String,
    pub(crate) reason: Option<String>,
    /// Evidence must be in by then.
    pub(crate) due_by: Option<Timestamp>,
}

impl TryFrom<&Row> for PaymentRow {
    type Error = tokio_postgres::Error;

    fn try_from(row: &Row) -> Result<Self, Self::Error> {
        Ok(PaymentRow {
            id: row.get("id"),
            order_id: row.get("order_id"),
            customer: row.get("customer"),
            currency: row.get("currency"),
            amount: row.get("amount"),
            amount_paid: row.get("amount_paid"),
            amount_refunded: row.get("amount_refunded"),
            held_reason: row.get("held_reason"),
            status: row.try_get("status")?,
            dispute: row.get("dispute"),
            ambiguous: row.get("ambiguous"),
        })
    }
}

pub(crate) async fn payments(
    client: &impl GenericClient,
    ids: &[String],
) -> Result<Vec<PaymentRow>, ServiceError> {
    let rows = client.query(PAYMENTS, &[&ids]).await?;
    Ok(rows.iter().map(PaymentRow::try_from).collect::<Result<_, _>>()?)
}

/// The payments that name an order.
pub(crate) async fn of_order(
    client: &impl GenericClient,
    order: &OrderKey,
) -> Result<Vec<PaymentRow>, ServiceError> {
    let OrderKey { origin, id } = order;
    let rows = client.query(OF_ORDER, &[id, &origin.account, &origin.livemode]).await?;
    Ok(rows.iter().map(PaymentRow::try_from).collect::<Result<_, _>>()?)
}

pub(crate) async fn refunds(
    client: &impl GenericClient,
    payments: &[String],
) -> Result<Vec<RefundRow>, ServiceError> {
    let refund = |row: &Row| RefundRow {
        id: row.get("id"),
        amount: row.get("amount"),
        currency: row.get("currency"),
        status: row.get("status"),
        reason: row.get("reason"),
        failure_reason: row.get("failure_reason"),
    };
    Ok(client.query(REFUNDS, &[&payments]).await?.iter().map(refund).collect())
}

pub(crate) async fn disputes(
    client: &impl GenericClient,
    payments: &[String],
) -> Result<Vec<DisputeRow>, ServiceError> {
    let dispute = |row: &Row| DisputeRow {
        id: row.get("id"),
        amount: row.get("amount"),
        currency: row.get("currency"),
        status: row.get("status"),
        state: row.get("state"),
        reason: row.get("reason"),
        due_by: row.get("due_by"),
    };
    Ok(client.query(DISPUTES, &[&payments]).await?.iter().map(dispute).collect())
}

/// Messages by key: when each was sent, if it was.
pub(crate) type Messages = BTreeMap<String, Option<Timestamp>>;

/// When messages were sent, by key, which is unique only within an account and a mode.
pub(crate) async fn messages(
    client: &impl GenericClient,
    keys: &[String],
    origin: &OriginFilter,
) -> Result<Messages, ServiceError> {
    let rows = client.query(MESSAGES, &[&keys, &origin.account, &origin.livemode]).await?;
    Ok(rows.iter().map(|row| (row.get("key"), row.get("sent_at"))).collect())
}

masked_members! {
    PaymentRow: id, order_id, customer;
    RefundRow: id, reason, failure_reason;
    DisputeRow: id, reason;
}
