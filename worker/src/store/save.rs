//! Saves what a batch changed.

mod money;
mod subscriptions;

use std::collections::BTreeSet;

use deadpool_postgres::Transaction;
use jiff::Timestamp;
use serde::Serialize;

use super::error::StoreError;
use domain::decide::Effect;
use domain::message::Message;
use domain::payment::{DisputeState, Payment, Summary};
use domain::rules::Rules;
use domain::state::{Row, State, Table};

pub(super) use money::{DISPUTES, MOVEMENTS, REFUNDS};
pub(super) use subscriptions::{INVOICES, SUBSCRIPTIONS};

pub(super) const CHARGES: &str = include_str!("sql/save_charges.sql");
pub(super) const PAYMENTS: &str = include_str!("sql/save_payments.sql");
pub(super) const ORDERS: &str = include_str!("sql/save_orders.sql");

/// Saves the changed aggregates, what each event did, and the messages that the new state calls
/// for ([`State::messages`]).
///
/// # Errors
/// [`StoreError`] from PostgreSQL.
pub async fn save(
    tx: &Transaction<'_>,
    state: &State,
    effects: &[(&str, Effect)],
    messages: &[Message],
    rules: &Rules,
    now: Timestamp,
) -> Result<(), StoreError> {
    save_charges(tx, state).await?;
    save_payments(tx, state, now).await?;
    save_orders(tx, state, now).await?;
    subscriptions::save_invoices(tx, state, now).await?;
    subscriptions::save_subscriptions(tx, state, rules, now).await?;
    money::save_refunds(tx, state, now).await?;
    money::save_disputes(tx, state, now).await?;
    money::save_movements(tx, state, now).await?;
    save_outbox(tx, messages, now).await?;
    save_effects(tx, effects, now).await
}

/// The rows to update and the rows to drop: those that hold nothing (created for an event that was then
/// rejected, or emptied because a charge's payment became known).
fn split<T: Clone + Default + PartialEq>(
    table: &Table<T>,
    empty: impl Fn(&T) -> bool,
) -> (Vec<(&str, &Row<T>)>, Vec<&str>) {
    let dropped = table.rows().filter(|(_, row)| empty(&row.now)).map(|(id, _)| id).collect();
    (table.changed().filter(|(_, row)| !empty(&row.now)).collect(), dropped)
}

async fn save_charges(tx: &Transaction<'_>, state: &State) -> Result<(), StoreError> {
    let (rows, dropped) = split(&state.charges, |link| link.payment.is_none());
    if !rows.is_empty() {
        let ids: Vec<&str> = rows.iter().map(|(id, _)| *id).collect();
        let payments: Vec<Option<&str>> = rows.iter().map(|(_, row)| row.now.payment.as_deref()).collect();
        tx.execute(&tx.prepare_cached(CHARGES).await?, &[&ids, &payments]).await?;
    }
    drop_rows(tx, include_str!("sql/drop_charges.sql"), &dropped).await
}

async fn save_payments(tx: &Transaction<'_>, state: &State, now: Timestamp) -> Result<(), StoreError> {
    let (rows, dropped) = split(&state.payments, |payment| *payment == Payment::default());
    if !rows.is_empty() {
        let ids: Vec<&str> = rows.iter().map(|(id, _)| *id).collect();
        let payments: Vec<(&Payment, Summary)> =
            rows.iter().map(|(_, row)| (&row.now, row.now.summary())).collect();
        let orders: Vec<Option<&str>> = payments.iter().map(|(p, _)| p.linked.as_deref()).collect();
        let customers: Vec<Option<String>> = payments.iter().map(|(_, s)| s.customer()).collect();
        let currencies: Vec<Option<&str>> = payments.iter().map(|(_, s)| s.currency.as_deref()).collect();
        let amounts: Vec<Option<i64>> = payments.iter().map(|(_, s)| s.amount).collect();
        let paid: Vec<i64> = payments.iter().map(|(_, s)| s.paid).collect();
        let refunded: Vec<i64> = payments.iter().map(|(_, s)| s.refunded).collect();
        let statuses: Vec<&str> = payments.iter().map(|(_, s)| s.status.word()).collect();
        let disputes: Vec<Option<&str>> =
            payments.iter().map(|(_, s)| s.dispute.map(DisputeState::word)).collect();
        let ambiguous: Vec<bool> = payments.iter().map(|(p, _)| p.ambiguous()).collect();
        let states = documents("payment", rows.iter().map(|(id, row)| (*id, &row.now)))?;
        let statement = tx.prepare_cached(PAYMENTS).await?;
        tx.execute(
            &statement,
            &[
                &ids,
                &orders,
                &customers,
                &currencies,
                &amounts,
                &paid,
                &refunded,
                &statuses,
                &disputes,
                &ambiguous,
                &states,
                &now,
            ],
        )
        .await?;
    }
    drop_rows(tx, include_str!("sql/drop_payments.sql"), &dropped).await
}

async fn save_orders(tx: &Transaction<'_>, state: &State, now: Timestamp) -> Result<(), StoreError> {
    let (rows, dropped) = split(&state.orders, |order| order.payments.is_empty() && order.expected.is_none());
    if !rows.is_empty() {
        let ids: Vec<&str> = rows.iter().map(|(id, _)| *id).collect();
        let totals: Vec<_> = rows.iter().map(|(_, row)| row.now.totals()).collect();
        let customers: Vec<Option<&str>> = totals.iter().map(|t| t.customer.as_deref()).collect();
        let amounts: Vec<Option<i64>> = totals.iter().map(|t| t.amount).collect();
        let currencies: Vec<Option<&str>> = totals.iter().map(|t| t.currency.as_deref()).collect();
        let codes: Vec<Option<&str>> = totals.iter().map(|t| t.reference_code.as_deref()).collect();
        let statuses: Vec<&str> = totals.iter().map(|t| t.status.word()).collect();
        let paid: Vec<i64> = totals.iter().map(|t| t.paid).collect();
        let refunded: Vec<i64> = totals.iter().map(|t| t.refunded).collect();
        let intents: Vec<Option<&str>> = totals.iter().map(|t| t.payment_intent.as_deref()).collect();
        let states = documents("order", rows.iter().map(|(id, row)| (*id, &row.now)))?;
        let statement = tx.prepare_cached(ORDERS).await?;
        tx.execute(
            &statement,
            &[
                &ids,
                &customers,
                &amounts,
                &currencies,
                &codes,
                &statuses,
                &paid,
                &refunded,
                &intents,
                &states,
                &now,
            ],
        )
        .await?;
    }
    drop_rows(tx, include_str!("sql/drop_orders.sql"), &dropped).await
}

/// The facts of some rows, as they are stored.
fn documents<'a, T: Serialize + 'a>(
    table: &'static str,
    rows: impl Iterator<Item = (&'a str, &'a T)>,
) -> Result<Vec<String>, StoreError> {
    rows.map(|(id, state)| {
        serde_json::to_string(state).map_err(|source| StoreError::State { table, id: id.to_owned(), source })
    })
    .collect()
}

async fn drop_rows(tx: &Transaction<'_>, statement: &'static str, ids: &[&str]) -> Result<(), StoreError> {
    if !ids.is_empty() {
        tx.execute(&tx.prepare_cached(statement).await?, &[&ids]).await?;
    }
    Ok(())
}

async fn save_outbox(tx: &Transaction<'_>, messages: &[Message], now: Timestamp) -> Result<(), StoreError> {
    if messages.is_empty() {
        return Ok(());
    }
    let keys: Vec<&str> = messages.iter().map(|message| message.key.as_str()).collect();
    let topics: Vec<&str> = messages.iter().map(|message| message.topic.name).collect();
    let lasting: Vec<bool> = messages.iter().map(|message| message.topic.lasting).collect();
    let data: Vec<String> = messages.iter().map(|message| message.data.to_string()).collect();
    let statement = tx.prepare_cached(include_str!("sql/save_outbox.sql")).await?;
    tx.execute(&statement, &[&keys, &topics, &lasting, &data, &now]).await?;
    Ok(())
}

async fn save_effects(
    tx: &Transaction<'_>,
    effects: &[(&str, Effect)],
    now: Timestamp,
) -> Result<(), StoreError> {
    if effects.is_empty() {
        return Ok(());
    }
    // An event that touched one aggregate twice tells it once.
    let mut seen = BTreeSet::new();
    let effects: Vec<_> = effects
        .iter()
        .filter(|(event, effect)| seen.insert((*event, effect.aggregate, &effect.id)))
        .collect();
    let aggregates: Vec<&str> = effects.iter().map(|(_, effect)| effect.aggregate).collect();
    let ids: Vec<&str> = effects.iter().map(|(_, effect)| effect.id.as_str()).collect();
    let events: Vec<&str> = effects.iter().map(|(event, _)| *event).collect();
    let changes: Vec<String> = effects.iter().map(|(_, effect)| effect.change.to_string()).collect();
    let statement = tx.prepare_cached(include_str!("sql/save_effects.sql")).await?;
    tx.execute(&statement, &[&aggregates, &ids, &events, &changes, &now]).await?;
    Ok(())
}
