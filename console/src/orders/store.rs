//! Orders in the database. The console registers them; everything else in their rows is the workers'.

use deadpool_postgres::GenericClient;
use jiff::Timestamp;
use serde::Serialize;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;
use utoipa::ToSchema;

use super::address::OrderAddress;
use super::status::OrderStatus;
use crate::common::error::ServiceError;
use crate::common::origin::OriginFilter;
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
    /// The connected account; empty is the company's own.
    pub(crate) account: String,
    /// False: test. None: registered for the mode of its first payment.
    pub(crate) livemode: Option<bool>,
    pub(crate) customer: Option<String>,
    /// What is to be paid.
    pub(crate) amount: Option<i64>,
    pub(crate) currency: Option<String>,
    /// The code that its payment carries in its metadata.
    pub(crate) reference_code: Option<String>,
    /// False: known from a payment only.
    pub(crate) registered: bool,
    pub(crate) status: OrderStatus,
    /// Since when it has this status, by the database's clock.
    pub(crate) status_since: Timestamp,
    pub(crate) amount_paid: i64,
    pub(crate) amount_refunded: i64,
    /// What open disputes ask for, and what was lost to them.
    pub(crate) amount_disputed: i64,
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
            account: row.get("account"),
            livemode: row.get("livemode"),
            customer: row.get("customer"),
            amount: row.get("amount"),
            currency: row.get("currency"),
            reference_code: row.get("reference_code"),
            registered: row.get("registered"),
            status: row.try_get("status")?,
            status_since: row.get("status_since"),
            amount_paid: row.get("amount_paid"),
            amount_refunded: row.get("amount_refunded"),
            amount_disputed: row.get("amount_disputed"),
            payment_intent: row.get("payment_intent"),
            created_at: row.get("created_at"),
            updated_at: row.get("updated_at"),
        })
    }
}

/// An order that the company announces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NewOrder {
    /// Its id, account and mode.
    pub(crate) address: OrderAddress,
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
    /// The mode of its row; none while no payment named it.
    pub(crate) livemode: Option<bool>,
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
    let OrderAddress { id, account, livemode } = &order.address;
    let terms: [&(dyn ToSql + Sync); 7] =
        [id, account, livemode, &order.customer, &order.amount, &order.currency, &code];
    Ok(client.execute(INSERT, &terms).await? == 1)
}

/// What the order expects; its row stays locked until the transaction ends.
pub(crate) async fn lock(
    client: &impl GenericClient,
    address: &OrderAddress,
) -> Result<Option<OrderTerms>, ServiceError> {
    let rows = client.query(LOCK, &[&address.id, &address.account, &address.livemode]).await?;
    Ok(only(&rows, address)?.map(|row| OrderTerms {
        livemode: row.get("livemode"),
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
    livemode: Option<bool>,
    code: &str,
) -> Result<(), ServiceError> {
    set_terms(client, REGISTER, order, livemode, code).await
}

/// Sets what an order expects.
pub(crate) async fn correct(
    client: &impl GenericClient,
    order: &NewOrder,
    livemode: Option<bool>,
    code: &str,
) -> Result<(), ServiceError> {
    set_terms(client, CORRECT, order, livemode, code).await
}

async fn set_terms(
    client: &impl GenericClient,
    statement: &str,
    order: &NewOrder,
    livemode: Option<bool>,
    code: &str,
) -> Result<(), ServiceError> {
    let OrderAddress { id, account, .. } = &order.address;
    let terms: [&(dyn ToSql + Sync); 7] =
        [id, account, &livemode, &order.customer, &order.amount, &order.currency, &code];
    client.execute(statement, &terms).await?;
    Ok(())
}

/// Orders by id, in the accounts and modes that the filter takes in.
pub(crate) async fn list(
    client: &impl GenericClient,
    ids: &[String],
    origin: &OriginFilter,
) -> Result<Vec<OrderRow>, ServiceError> {
    let rows = client.query(LIST, &[&ids, &origin.account, &origin.livemode]).await?;
    Ok(rows.iter().map(OrderRow::try_from).collect::<Result<_, _>>()?)
}

pub(crate) async fn show(
    client: &impl GenericClient,
    address: &OrderAddress,
) -> Result<Option<OrderRow>, ServiceError> {
    let rows = client.query(SHOW, &[&address.id, &address.account, &address.livemode]).await?;
    Ok(only(&rows, address)?.map(OrderRow::try_from).transpose()?)
}

/// The one row that is meant.
fn only<'a>(rows: &'a [Row], address: &OrderAddress) -> Result<Option<&'a Row>, ServiceError> {
    if rows.len() > 1 { Err(address.in_both_modes()) } else { Ok(rows.first()) }
}

masked_members! {
    OrderRow: id, customer, reference_code, payment_intent;
}
