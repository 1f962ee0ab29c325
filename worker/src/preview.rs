//! What processing an event now would do: the real code in a transaction that is rolled back.
//!
//! It must never leave a trace: nothing is committed, nothing is published.

use std::collections::BTreeMap;

use amqp::message::EventHeaders;
use deadpool_postgres::{Pool, Transaction};
use jiff::Timestamp;
use serde_json::Value;
use stripe_api::StripeApi;

use crate::fetch::ThinEvents;
use crate::isolation;
use crate::process::{AckReason, BatchResult, Disposition, InboundEvent, run};
use crate::store::{ErrorClass, Incoming, PREVIEW_ROWS, StoreError, classify};
use domain::message::Message;
use domain::origin::Origin;
use domain::rejection::{Reason, Rejection};
use domain::retry::Schedule;
use domain::rules::Rules;

/// What an event would do.
#[derive(Debug)]
pub struct Preview {
    /// What would become of the event itself.
    pub disposition: Disposition,
    /// The rows that would differ, by table, then by id.
    pub rows: Vec<RowChange>,
    /// The messages that would go out: those that have not gone out before.
    pub messages: Vec<Message>,
}

/// One row, as it is and as it would be; `updated_at` alone is no difference.
#[derive(Debug, Clone, PartialEq)]
pub struct RowChange {
    pub table: String,
    pub id: String,
    /// As it is; `None`: there is none yet.
    pub before: Option<Value>,
    /// As it would be; `None`: it would go.
    pub after: Option<Value>,
}

type Rows = BTreeMap<(String, String), Value>;

/// Runs the event in `body` as a replay and rolls everything back. A thin event shows that its object would be fetched.
///
/// # Errors
/// [`StoreError`] when the database is unavailable. An event that would be rejected is no error: the
/// disposition says so.
pub async fn preview(
    pool: &Pool,
    body: &[u8],
    endpoint: Option<String>,
    rules: &Rules,
) -> Result<Preview, StoreError> {
    of_inbound(pool, &inbound(body, endpoint, rules), rules).await
}

/// The same; the object that a thin event names is fetched first, as a worker would.
///
/// # Errors
/// As [`preview`]. That the object cannot be fetched is none: the disposition says so.
pub async fn preview_fetched(
    pool: &Pool,
    body: &[u8],
    endpoint: Option<String>,
    rules: &Rules,
    api: &StripeApi,
) -> Result<Preview, StoreError> {
    let thin_events = ThinEvents::new(api, pool.clone(), rules.clone());
    let whole = thin_events.complete(vec![inbound(body, endpoint.clone(), rules)]).await.pop();
    let whole = whole.unwrap_or_else(|| inbound(body, endpoint, rules));
    of_inbound(pool, &whole, rules).await
}

fn inbound(body: &[u8], endpoint: Option<String>, rules: &Rules) -> InboundEvent {
    let headers = EventHeaders {
        endpoint,
        replay_of: Some("preview".to_owned()),
        ..EventHeaders::received(Timestamp::now())
    };
    InboundEvent::new(headers, body.to_vec(), rules)
}

async fn of_inbound(pool: &Pool, inbound: &InboundEvent, rules: &Rules) -> Result<Preview, StoreError> {
    let prepared = match &inbound.event {
        Ok(prepared) => prepared,
        Err(rejection) => {
            return Ok(Preview {
                disposition: Disposition::DeadLetter(rejection.clone()),
                rows: Vec::new(),
                messages: Vec::new(),
            });
        }
    };
    let incoming = [Incoming { prepared, body: &inbound.body, headers: &inbound.headers }];
    let mut client = pool.get().await?;
    let mut tx = client.transaction().await?;
    let attempt = tx.savepoint("preview").await?;
    // Without a schedule what would be retried shows as dead, with its reason.
    let done = match isolation::transaction(run(&attempt, &incoming, rules, &Schedule::new(Vec::new()))).await
    {
        Ok(done) => done,
        Err(error) => {
            let disposition = match classify(&error) {
                ErrorClass::Database => return Err(error),
                ErrorClass::Data => refused(Reason::InvalidData, &error),
                ErrorClass::Unknown => refused(Reason::DatabaseError, &error),
            };
            return Ok(Preview { disposition, rows: Vec::new(), messages: Vec::new() });
        }
    };
    let after = rows(&attempt, &done, &prepared.event.id).await?;
    attempt.rollback().await?;
    let before = rows(&tx, &done, &prepared.event.id).await?;
    let messages = unsent(&tx, done.messages).await?;
    tx.rollback().await?;
    let took_effect = outcome(&before, &prepared.event.id) == Some("processed");
    let rows = differences(before, after);
    let disposition = match done.dispositions.into_iter().next() {
        // A replay is let through also where it has nothing left to do.
        Some(Disposition::Ack(AckReason::Processed))
            if took_effect && rows.is_empty() && messages.is_empty() =>
        {
            Disposition::Ack(AckReason::Duplicate)
        }
        disposition => disposition.unwrap_or(Disposition::Ack(AckReason::Duplicate)),
    };
    Ok(Preview { disposition, rows, messages })
}

/// What became of the event so far.
fn outcome<'a>(rows: &'a Rows, event: &str) -> Option<&'a str> {
    rows.get(&("events".to_owned(), event.to_owned()))?.get("outcome")?.as_str()
}

fn refused(reason: Reason, error: &StoreError) -> Disposition {
    Disposition::DeadLetter(Rejection::permanent(reason, error.to_string()))
}

async fn rows(tx: &Transaction<'_>, done: &BatchResult, event: &str) -> Result<Rows, StoreError> {
    let state = &done.state;
    let payments: Vec<&String> = state.payments.keys().collect();
    let invoices: Vec<&String> = state.invoices.keys().collect();
    let subscriptions: Vec<&String> = state.subscriptions.keys().collect();
    let orders: Vec<&str> = state.orders.keys().map(|key| key.id.as_str()).collect();
    let accounts: Vec<&str> = state.orders.keys().map(|key| key.origin.account.as_str()).collect();
    let modes: Vec<bool> = state.orders.keys().map(|key| key.origin.livemode).collect();
    let statement = tx.prepare_cached(PREVIEW_ROWS).await?;
    let rows = tx
        .query(&statement, &[&payments, &orders, &invoices, &subscriptions, &event, &accounts, &modes])
        .await?;
    rows.iter()
        .map(|row| {
            let (table, id, cells): (String, String, &str) = (row.get(0), row.get(1), row.get(2));
            let cells = serde_json::from_str(cells).map_err(|source| StoreError::State {
                table: "preview",
                id: id.clone(),
                source,
            })?;
            Ok(((table, id), cells))
        })
        .collect()
}

async fn unsent(tx: &Transaction<'_>, mut messages: Vec<Message>) -> Result<Vec<Message>, StoreError> {
    let keys: Vec<&str> = messages.iter().map(|message| message.key.as_str()).collect();
    let sent = tx.query("SELECT key, account, livemode FROM outbox WHERE key = ANY ($1)", &[&keys]).await?;
    let sent: Vec<(String, Origin)> =
        sent.iter().map(|row| (row.get(0), Origin { account: row.get(1), livemode: row.get(2) })).collect();
    messages.retain(|message| !sent.iter().any(|(key, of)| *key == message.key && *of == message.origin));
    Ok(messages)
}

fn differences(mut before: Rows, after: Rows) -> Vec<RowChange> {
    let mut changes: Vec<RowChange> = after
        .into_iter()
        .map(|((table, id), after)| {
            let before = before.remove(&(table.clone(), id.clone()));
            RowChange { table, id, before, after: Some(after) }
        })
        .collect();
    let gone =
        before.into_iter().map(|((table, id), row)| RowChange { table, id, before: Some(row), after: None });
    changes.extend(gone);
    changes.retain(|change| untimed(change.before.as_ref()) != untimed(change.after.as_ref()));
    changes.sort_by(|a, b| (&a.table, &a.id).cmp(&(&b.table, &b.id)));
    changes
}

/// Cells that say when a row was written.
const WRITTEN_AT: [&str; 7] =
    ["updated_at", "processed_at", "state_at", "status_since", "booked_at", "opened_at", "closed_at"];

/// A row without the times at which it was written.
fn untimed(row: Option<&Value>) -> Option<Value> {
    let mut row = row?.clone();
    if let Value::Object(cells) = &mut row {
        for written in WRITTEN_AT {
            cells.remove(written);
        }
    }
    Some(row)
}
