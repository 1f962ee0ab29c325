//! Orders in the database. The console registers them; everything else in their rows is the workers'.

use deadpool_postgres::GenericClient;
use jiff::Timestamp;
use serde::Serialize;
use tokio_postgres::Row;
use utoipa::ToSchema;

use super::status::OrderStatus;
use crate::common::error::ServiceError;
use crate::masking::masked_members;

pub(crate) const INSERT: &str = include_str!("sql/order_insert.sql");
pub(crate) const LOCK: &str = include_str!("sql/order_lock.sql");
pub(crate) const CORRECT: &str = include_str!("sql/order_correct.sql");
pub(crate) const REGISTER: &str = include_str!("sql/order_register.sql");
pub(crate) const LIST: &str = include_str!("sql/order_list.sql");
pub(crate) const SHOW: &str = include_str!("sql/order_show.sql");

/// An order. Amounts are in the currency's minor unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct OrderRow {
    pub(crate) id: String,
    pub(crate) customer: Option<String>,
    /// What is to be paid.
    pub(crate) amount: Option<i64>,
    pub(crate) currency: Option<String>,
    /// The code that its payment carries in its metadata.
    pub(crate) reference_code: Option<String>,
    /// False: known from a payment only.
    pub(crate) registered: bool,
    pub(crate) status: OrderStatus,
    pub(crate) amount_paid: i64,
    /// What was given back.
    pub(crate) amount_refunded: i64,
    /// The payment intent that paid it.
    pub(crate) payment_intent: Option<String>,
    /// When it was first heard of.
    pub(crate) created_at: Timestamp,
    /// When its row last changed.
    pub(crate) updated_at: Timestamp,
}

impl TryFrom<&Row> for OrderRow {
    type Error = tokio_postgres::Error;

    fn try_from(row: &Row) -> Result<Self, Self::Error> {
        Ok(OrderRow {
            id: row.get("id"),
            customer: row.get("customer"),
            amount: row.get("amount"),
            currency: row.get("currency"),
            reference_code: row.get("reference_code"),
            registered: row.get("registered"),
            status: row.try_get("status")?,
            amount_paid: row.get("amount_paid"),
            amount_refunded: row.get("amount_refunded"),
            payment_intent: row.get("payment_intent"),
            created_at: row.get("created_at"),
            updated_at: row.get("updated_at"),
        })
    }
}

/// An order that the company announces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NewOrder {
    pub(crate) id: String,
    /// The Stripe customer, where known.
    pub(crate) customer: Option<String>,
    /// What is to be paid, in minor units.
    pub(crate) amount: i64,
    /// In which currency, lower case.
    pub(crate) currency: String,
}

/// What an existing order expects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OrderTerms {
    pub(crate) customer: Option<String>,
    pub(crate) amount: Option<i64>,
    pub(crate) currency: Option<String>,
    pub(crate) reference_code: Option<String>,
    /// Registered by the company, rather than adopted from a payment.
    pub(crate) registered: bool,
}

/// Inserts a registered order; false when the id is taken.
pub(crate) async fn insert(
    client: &impl GenericClient,
    order: &NewOrder,
    code: &str,
) -> Result<bool, ServiceError> {
    let inserted =
        client.execute(INSERT, &[&order.id, &order.customer, &order.amount, &order.currency, &code]).await?;
    Ok(inserted == 1)
}

/// What the order expects; its row stays locked until the transaction ends.
pub(crate) async fn lock(client: &impl GenericClient, id: &str) -> Result<Option<OrderTerms>, ServiceError> {
    let row = client.query_opt(LOCK, &[&id]).await?;
    Ok(row.map(|row| OrderTerms {
        customer: row.get("customer"),
        amount: row.get("amount"),
        currency: row.get("currency"),
        reference_code: row.get("reference_code"),
        registered: row.get("registered"),
    }))
}

/// Turns an adopted order into a registered one.
pub(crate) async fn register(
    client: &impl GenericClient,
    order: &NewOrder,
    code: &str,
) -> Result<(), ServiceError> {
    client.execute(REGISTER, &[&order.id, &order.customer, &order.amount, &order.currency, &code]).await?;
    Ok(())
}

/// Sets what an order expects anew.
pub(crate) async fn correct(
    client: &impl GenericClient,
    order: &NewOrder,
    code: &str,
) -> Result<(), ServiceError> {
    client.execute(CORRECT, &[&order.id, &order.customer, &order.amount, &order.currency, &code]).await?;
    Ok(())
}

pub(crate) async fn list(client: &impl GenericClient, ids: &[String]) -> Result<Vec<OrderRow>, ServiceError> {
    Ok(client.query(LIST, &[&ids]).await?.iter().map(OrderRow::try_from).collect::<Result<_, _>>()?)
}

pub(crate) async fn show(client: &impl GenericClient, id: &str) -> Result<Option<OrderRow>, ServiceError> {
    let row = client.query_opt(SHOW, &[&id]).await?;
    Ok(row.as_ref().map(OrderRow::try_from).transpose()?)
}

masked_members! {
    OrderRow: id, customer, reference_code, payment_intent;
}
