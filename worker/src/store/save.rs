//! Saves what a batch changed.

use std::collections::BTreeSet;

use deadpool_postgres::Transaction;
use domain::aggregate::Aggregate as _;
use domain::effect::Effect;
use domain::message::Message;
use domain::rules::Rules;
use domain::state::State;
use jiff::Timestamp;

use super::batch::{batch_row, execute};
use super::error::StoreError;
use super::stored::{Context, save_rows, save_table};
use super::traces::Traces;
use super::{cases, money, parts};

const OUTBOX: &str = include_str!("sql/save_outbox.sql");

batch_row! {
    MessageRow<'a> {
        key: &'a str,
        account: &'a str,
        livemode: bool,
        topic: &'a str,
        lasting: bool,
        payload: String,
        traceparent: Option<String>,
    }
}

/// Saves the changed aggregates, what each event did, and the messages that the new state calls
/// for ([`State::messages`]), each with its trace where `traces` has one.
///
/// # Errors
/// [`StoreError`] from PostgreSQL.
pub async fn save(
    tx: &Transaction<'_>,
    state: &State,
    effects: &[(&str, Effect)],
    messages: &[Message],
    traces: &Traces,
    rules: &Rules,
    now: Timestamp,
) -> Result<(), StoreError> {
    let context = Context { rules, now };
    save_table(tx, &state.charges, context).await?;
    save_table(tx, &state.invoices, context).await?;
    save_table(tx, &state.payments, context).await?;
    save_table(tx, &state.orders, context).await?;
    parts::save_order_payments(tx, state, now).await?;
    save_table(tx, &state.subscriptions, context).await?;
    cases::hold_payments(tx, state, now).await?;
    cases::save_cases(tx, state, now).await?;
    money::save_refunds(tx, state, now).await?;
    money::save_disputes(tx, state, now).await?;
    money::save_movements(tx, state, now).await?;
    save_outbox(tx, messages, traces, now).await?;
    save_effects(tx, effects, now).await
}

/// Writes derived rows again that were not changed by the batch: the orders, and the ledger of the changed payments. What an
/// object of Stripe's API shows corrects a row too that differs from its own document.
///
/// # Errors
/// [`StoreError`] from PostgreSQL.
pub async fn rewrite(
    tx: &Transaction<'_>,
    state: &State,
    rules: &Rules,
    now: Timestamp,
) -> Result<(), StoreError> {
    let orders = state.orders.rows().filter(|(_, row)| row.loaded.is_some() && !row.now.is_empty());
    save_rows(tx, orders.map(|(key, row)| (key, &row.now)), Context { rules, now }).await?;
    money::rewrite_movements(tx, state, now).await
}

async fn save_outbox(
    tx: &Transaction<'_>,
    messages: &[Message],
    traces: &Traces,
    now: Timestamp,
) -> Result<(), StoreError> {
    let rows = messages.iter().map(|message| MessageRow {
        key: &message.key,
        account: &message.origin.account,
        livemode: message.origin.livemode,
        topic: message.topic.name,
        lasting: message.topic.lasting,
        payload: message.data.to_string(),
        traceparent: traces.get(message).map(|trace| trace.to_string()),
    });
    execute(tx, OUTBOX, rows.collect(), now).await
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
