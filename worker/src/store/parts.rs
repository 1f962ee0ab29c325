//! The parts of aggregates that are in rows of their own: an order's payments, a payment's refunds and disputes.
//!
//! Whoever reads or writes one holds the lock of the aggregate that it belongs to.

use std::sync::Arc;

use deadpool_postgres::Transaction;
use domain::aggregate::Aggregate;
use domain::keys::Keys;
use domain::order::Order;
use domain::origin::OrderKey;
use domain::payment::Payment;
use domain::state::{State, Table};
use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio_postgres::Row;

use super::batch::{batch_row, execute, parameters};
use super::error::StoreError;
use super::stored::RowKey;

const LOAD_REFUNDS: &str = include_str!("sql/load_refunds.sql");
const LOAD_DISPUTES: &str = include_str!("sql/load_disputes.sql");
const LOAD_ORDER_PAYMENTS: &str = include_str!("sql/load_order_payments.sql");
const SAVE_ORDER_PAYMENTS: &str = include_str!("sql/save_order_payments.sql");
const DROP_ORDER_PAYMENTS: &str = include_str!("sql/drop_order_payments.sql");

batch_row! {
    OrderPaymentRow<'a> {
        account: &'a str,
        livemode: bool,
        order_id: &'a str,
        payment_id: &'a str,
        state: String,
    }
}

/// Loads the refunds and disputes of locked payments.
pub(super) async fn load_refunds_and_disputes(
    tx: &Transaction<'_>,
    payments: &mut Table<Payment>,
    keys: &Keys,
) -> Result<(), StoreError> {
    let with = |in_rows: fn(&Payment) -> bool| -> Vec<&str> {
        payments.rows().filter(|(_, row)| in_rows(&row.now)).map(|(id, _)| id.as_str()).collect()
    };
    let refunds = with(|payment| payment.refunds.in_rows());
    let disputes = with(|payment| payment.disputes.in_rows());
    let refunds = of_payments(tx, LOAD_REFUNDS, keys.refunds.iter(), &refunds, keys).await?;
    let disputes = of_payments(tx, LOAD_DISPUTES, keys.disputes.iter(), &disputes, keys).await?;
    for row in &refunds {
        let (id, part) = (row.get("id"), Arc::new(read("refund", row, "versions")?));
        payments.load_part(row.get::<_, &str>("payment_id"), |payment| payment.refunds.load(id, &part));
    }
    for row in &disputes {
        let (id, part) = (row.get("id"), Arc::new(read("dispute", row, "versions")?));
        payments.load_part(row.get::<_, &str>("payment_id"), |payment| payment.disputes.load(id, &part));
    }
    for id in &keys.whole_payments {
        payments.load_part(id, |payment| {
            payment.refunds.loaded_all();
            payment.disputes.loaded_all();
        });
    }
    Ok(())
}

async fn of_payments(
    tx: &Transaction<'_>,
    statement: &'static str,
    named: impl Iterator<Item = &String>,
    payments: &[&str],
    keys: &Keys,
) -> Result<Vec<Row>, StoreError> {
    if payments.is_empty() {
        return Ok(Vec::new());
    }
    let named: Vec<&str> = named.map(String::as_str).collect();
    let whole: Vec<&str> = keys.whole_payments.iter().map(String::as_str).collect();
    Ok(tx.query(&tx.prepare_cached(statement).await?, &[&named, &payments, &whole]).await?)
}

/// Loads, for locked orders, what the locked payments amount to.
pub(super) async fn load_order_payments(
    tx: &Transaction<'_>,
    state: &mut State,
    keys: &Keys,
) -> Result<(), StoreError> {
    if !state.orders.rows().any(|(_, row)| row.now.payments.in_rows()) {
        return Ok(());
    }
    let locked: Vec<&str> = state.payments.keys().map(String::as_str).collect();
    let whole = OrderKey::columns(keys.whole_orders.iter());
    let mut wanted: Vec<&(dyn tokio_postgres::types::ToSql + Sync)> = vec![&locked];
    wanted.extend(parameters(&whole));
    let rows = tx.query(&tx.prepare_cached(LOAD_ORDER_PAYMENTS).await?, &wanted).await?;
    for row in &rows {
        let (id, part) = (row.get("payment_id"), Arc::new(read(Order::NAME, row, "state")?));
        state.orders.load_part(&OrderKey::read(row), |order| order.payments.load(id, &part));
    }
    for key in &keys.whole_orders {
        state.orders.load_part(key, |order| order.payments.loaded_all());
    }
    Ok(())
}

/// Saves what the payments of orders amount to. Deletes before it writes: a payment may have moved from the rows of one
/// order to those of another.
pub(super) async fn save_order_payments(
    tx: &Transaction<'_>,
    state: &State,
    now: Timestamp,
) -> Result<(), StoreError> {
    let unknown = Order::default();
    let (mut rows, mut dropped) = (Vec::new(), Vec::new());
    for (key, row) in state.orders.changed() {
        let before = &row.loaded.as_ref().unwrap_or(&unknown).payments;
        dropped.extend(row.now.payments.dropped_rows(before));
        for (payment_id, part) in row.now.payments.new_rows(before) {
            rows.push(OrderPaymentRow {
                account: &key.origin.account,
                livemode: key.origin.livemode,
                order_id: &key.id,
                payment_id,
                state: part_document(Order::NAME, payment_id, part)?,
            });
        }
    }
    if !dropped.is_empty() {
        tx.execute(&tx.prepare_cached(DROP_ORDER_PAYMENTS).await?, &[&dropped]).await?;
    }
    execute(tx, SAVE_ORDER_PAYMENTS, rows, now).await
}

fn read<T: DeserializeOwned>(table: &'static str, row: &Row, column: &str) -> Result<T, StoreError> {
    serde_json::from_str(row.get(column)).map_err(|source| {
        let id = row.try_get("payment_id").unwrap_or_default();
        StoreError::State { table, id, source }
    })
}

/// A part, as its row holds it.
pub(super) fn part_document(
    table: &'static str,
    id: &str,
    part: &impl Serialize,
) -> Result<String, StoreError> {
    serde_json::to_string(part).map_err(|source| StoreError::State { table, id: id.to_owned(), source })
}
