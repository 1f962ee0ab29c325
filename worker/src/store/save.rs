//! Saves what a batch changed.

mod batch;
mod money;
mod orders;
mod payments;
mod subscriptions;

use std::collections::BTreeSet;

use deadpool_postgres::Transaction;
use jiff::Timestamp;
use serde::Serialize;

use super::error::StoreError;
use domain::decide::Effect;
use domain::message::Message;
use domain::rules::Rules;
use domain::state::{Row, State, Table};

use batch::{batch_row, execute};

pub(super) use money::{DISPUTES, DROP_MOVEMENTS, MOVEMENTS, REFUNDS};
pub(super) use orders::{CLOSE_CASES, DROP as DROP_ORDERS, HOLD, OPEN_CASES, ORDERS};
pub(super) use payments::{CHARGES, PAYMENTS};
pub(super) use subscriptions::{INVOICES, SUBSCRIPTIONS};

pub(super) const OUTBOX: &str = include_str!("sql/save_outbox.sql");

batch_row! {
    MessageRow<'a> {
        key: &'a str,
        account: &'a str,
        livemode: bool,
        topic: &'a str,
        lasting: bool,
        payload: String,
    }
}

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
    payments::save_charges(tx, state).await?;
    payments::save_payments(tx, state, now).await?;
    orders::save_orders(tx, state, now).await?;
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
fn split<T: Clone + Default + PartialEq, K: Ord + Clone>(
    table: &Table<T, K>,
    empty: impl Fn(&T) -> bool,
) -> (Vec<(&K, &Row<T>)>, Vec<&K>) {
    let dropped = table.rows().filter(|(_, row)| empty(&row.now)).map(|(id, _)| id).collect();
    (table.changed().filter(|(_, row)| !empty(&row.now)).collect(), dropped)
}

/// The state of a row, as it is stored.
fn document<T: Serialize>(table: &'static str, id: &str, state: &T) -> Result<String, StoreError> {
    serde_json::to_string(state).map_err(|source| StoreError::State { table, id: id.to_owned(), source })
}

/// Unix seconds as PostgreSQL takes them; what no calendar holds is left out.
fn time(seconds: Option<i64>) -> Option<Timestamp> {
    seconds.and_then(|seconds| Timestamp::from_second(seconds).ok())
}

async fn drop_rows(tx: &Transaction<'_>, statement: &'static str, ids: &[&String]) -> Result<(), StoreError> {
    if !ids.is_empty() {
        tx.execute(&tx.prepare_cached(statement).await?, &[&ids]).await?;
    }
    Ok(())
}

async fn save_outbox(tx: &Transaction<'_>, messages: &[Message], now: Timestamp) -> Result<(), StoreError> {
    let rows = messages.iter().map(|message| MessageRow {
        key: &message.key,
        account: &message.origin.account,
        livemode: message.origin.livemode,
        topic: message.topic.name,
        lasting: message.topic.lasting,
        payload: message.data.to_string(),
    });
    execute(tx, OUTBOX, rows.collect(), Some(now)).await
}

async fn save_effects(
    tx: &Transaction<'_>,
    effects: &[(&str, Effect)],
    now: Timestamp,
) -> Result<(), StoreError> {
    if effects.is_empty() {
        return Ok(());
    }
    // An event that touched one aggregate twice has one effect on it.
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
