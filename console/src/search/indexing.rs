//! Keys of people for events that were received before `SEARCH_SECRET` was set, and their removal. Goes on where it was
//! interrupted; another secret begins anew.

use deadpool_postgres::{GenericClient, Pool};
use domain::search_keys::{invoice_number, secret_mark};
use secrecy::SecretString;

use super::personal;
use super::query::{Query, Term};
use crate::common::error::ServiceError;

pub(crate) const BATCH: &str = include_str!("sql/index_batch.sql");
pub(crate) const PROGRESS: &str = include_str!("sql/progress.sql");
pub(crate) const PROGRESS_SAVE: &str = include_str!("sql/progress_save.sql");
pub(crate) const KEYS_CLEAR: &str = include_str!("sql/keys_clear.sql");
pub(crate) const FORGET: &str = include_str!("sql/forget.sql");
pub(crate) const INVOICE_NUMBERS: &str = include_str!("sql/invoice_numbers.sql");

/// Events in one transaction.
const EVENTS: i64 = 500;

/// How far the events have been read.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(crate) struct IndexProgress {
    /// Events that were read, over all runs.
    pub(crate) events: i64,
    /// Whether it was the last of them.
    pub(crate) finished: bool,
    #[serde(skip)]
    event_id: String,
}

/// Reads the next events and saves their keys; says how far it got.
pub(crate) async fn index_batch(pool: &Pool, secret: &SecretString) -> Result<IndexProgress, ServiceError> {
    let mut client = pool.get().await?;
    let tx = client.transaction().await?;
    let mark = secret_mark(secret);
    let before = progress(&tx, &mark).await?;
    let rows = tx.query(BATCH, &[&before.event_id, &EVENTS]).await?;
    let bodies: Vec<&str> = rows.iter().map(|row| row.get("payload")).collect();
    let all = bodies.iter().map(|body| body.as_bytes());
    worker::store::save_search_keys(&tx, secret, all).await?;
    let (ids, numbers): (Vec<String>, Vec<String>) =
        bodies.iter().filter_map(|body| invoice_number(body.as_bytes())).unzip();
    if !ids.is_empty() {
        tx.execute(INVOICE_NUMBERS, &[&ids, &numbers]).await?;
    }
    let read = i64::try_from(rows.len()).unwrap_or(0);
    let after = IndexProgress {
        events: before.events + read,
        finished: read < EVENTS,
        event_id: rows.last().map_or(before.event_id, |row| row.get("id")),
    };
    tx.execute(PROGRESS_SAVE, &[&&mark[..], &after.event_id, &after.events, &after.finished]).await?;
    tx.commit().await?;
    Ok(after)
}

async fn progress(client: &impl GenericClient, mark: &[u8]) -> Result<IndexProgress, ServiceError> {
    let row = client.query_opt(PROGRESS, &[]).await?;
    if let Some(row) = row.as_ref().filter(|row| row.get::<_, &[u8]>("secret_mark") == mark) {
        let finished_at: Option<jiff::Timestamp> = row.get("finished_at");
        // Events of Stripe's are not received in the order of their ids: a finished run is begun anew.
        let event_id = if finished_at.is_some() { String::new() } else { row.get("event_id") };
        let events = if finished_at.is_some() { 0 } else { row.get("events") };
        return Ok(IndexProgress { events, finished: false, event_id });
    }
    if row.is_some() {
        // Under another secret: nobody finds anything by these any more.
        client.execute(KEYS_CLEAR, &[]).await?;
    }
    Ok(IndexProgress { events: 0, finished: false, event_id: String::new() })
}

/// Removes every key of a person: of what an e-mail address or a name leads to, or a customer's id. How many keys.
pub(crate) async fn forget(pool: &Pool, secret: &SecretString, typed: &str) -> Result<u64, ServiceError> {
    let query = Query::parse(typed);
    let named = query.terms.iter().find(|term| matches!(term, Term::Email(_)));
    let named = named.or_else(|| query.terms.iter().find(|term| matches!(term, Term::Name(_))));
    let hashes = named.map(|term| personal::hashes(term, secret)).unwrap_or_default();
    Ok(pool.get().await?.execute(FORGET, &[&hashes, &query.text]).await?)
}
