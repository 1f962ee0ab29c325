//! Payments, refunds, disputes and messages in the database. Reads only; the workers derive them.

use std::collections::BTreeMap;

use deadpool_postgres::GenericClient;
use jiff::Timestamp;
use tokio_postgres::Row;

use crate::common::failure::Failure;
use crate::masking::masked_members;

pub(crate) const PAYMENTS: &str = include_str!("sql/payment_list.sql");
pub(crate) const REFUNDS: &str = include_str!("sql/refund_list.sql");
pub(crate) const DISPUTES: &str = include_str!("sql/dispute_list.sql");
pub(crate) const MESSAGES: &str = include_str!("sql/message_list.sql");

/// A payment. Amounts are in the currency's minor unit.
#[derive(Debug, Clone)]
pub struct Payment {
    /// Payment intent, charge or session.
    pub id: String,
    /// Its order.
    pub order_id: Option<String>,
    /// Its customer.
    pub customer: Option<String>,
    /// Its currency.
    pub currency: Option<String>,
    /// What is to be paid.
    pub amount: Option<i64>,
    /// What was paid.
    pub amount_paid: i64,
    /// What was given back.
    pub amount_refunded: i64,
    /// Where it stands.
    pub status: String,
    /// What the customer's bank says against it.
    pub dispute: Option<String>,
    /// The newest state could not be told for certain.
    pub ambiguous: bool,
}

/// A refund.
#[derive(Debug, Clone)]
pub struct Refund {
    /// Stripe's id.
    pub id: String,
    /// In minor units.
    pub amount: i64,
    /// Its currency.
    pub currency: String,
    /// Stripe's word.
    pub status: String,
    /// Why.
    pub reason: Option<String>,
    /// Why it failed.
    pub failure_reason: Option<String>,
}

/// A dispute.
#[derive(Debug, Clone)]
pub struct Dispute {
    /// Stripe's id.
    pub id: String,
    /// In minor units.
    pub amount: i64,
    /// Its currency.
    pub currency: String,
    /// Stripe's word.
    pub status: String,
    /// What it means for the money.
    pub state: String,
    /// Why.
    pub reason: Option<String>,
    /// Evidence must be in by then.
    pub due_by: Option<Timestamp>,
}

/// Payments by id.
pub async fn payments(client: &impl GenericClient, ids: &[String]) -> Result<Vec<Payment>, Failure> {
    let payment = |row: &Row| Payment {
        id: row.get("id"),
        order_id: row.get("order_id"),
        customer: row.get("customer"),
        currency: row.get("currency"),
        amount: row.get("amount"),
        amount_paid: row.get("amount_paid"),
        amount_refunded: row.get("amount_refunded"),
        status: row.get("status"),
        dispute: row.get("dispute"),
        ambiguous: row.get("ambiguous"),
    };
    Ok(client.query(PAYMENTS, &[&ids]).await?.iter().map(payment).collect())
}

/// Refunds of payments.
pub async fn refunds(client: &impl GenericClient, payments: &[String]) -> Result<Vec<Refund>, Failure> {
    let refund = |row: &Row| Refund {
        id: row.get("id"),
        amount: row.get("amount"),
        currency: row.get("currency"),
        status: row.get("status"),
        reason: row.get("reason"),
        failure_reason: row.get("failure_reason"),
    };
    Ok(client.query(REFUNDS, &[&payments]).await?.iter().map(refund).collect())
}

/// Disputes of payments.
pub async fn disputes(client: &impl GenericClient, payments: &[String]) -> Result<Vec<Dispute>, Failure> {
    let dispute = |row: &Row| Dispute {
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

/// When messages were sent, by key.
pub async fn messages(
    client: &impl GenericClient,
    keys: &[String],
) -> Result<BTreeMap<String, Option<Timestamp>>, Failure> {
    let rows = client.query(MESSAGES, &[&keys]).await?;
    Ok(rows.iter().map(|row| (row.get("key"), row.get("sent_at"))).collect())
}

masked_members! {
    Payment: id, order_id, customer;
    Refund: id, reason, failure_reason;
    Dispute: id, reason;
}
