//! The rows of `events`: claiming them and writing what became of them.

use amqp::message::EventHeaders;
use deadpool_postgres::Transaction;
use jiff::Timestamp;

use super::error::StoreError;
use domain::decide::Prepared;
use domain::handlers::Intent;
use stripe::envelope::without_byte_order_mark;

/// One delivery: the event in it and how it came.
pub struct Incoming<'a> {
    pub prepared: &'a Prepared,
    /// The bytes as they were received.
    pub body: &'a [u8],
    pub headers: &'a EventHeaders,
}

/// An event that this batch owns until it commits.
pub struct Claimed {
    pub id: String,
    /// It had been claimed before and waited for a retry, was dead, or is being replayed.
    pub known_before: bool,
}

/// What became of an event that did not take effect.
pub struct RejectedEvent<'a> {
    pub id: &'a str,
    /// The reason, one of the closed list.
    pub reason: &'static str,
    pub error: String,
    /// When it will be tried again; `None`: never.
    pub next_attempt: Option<Timestamp>,
    /// Ids that it names, to be found by.
    pub refs: Vec<String>,
}

/// Claims the events of a batch; those that are not returned are duplicates. An id may stand in `batch`
/// only once.
///
/// # Errors
/// [`StoreError`] from PostgreSQL.
pub async fn claim(
    tx: &Transaction<'_>,
    batch: &[Incoming<'_>],
    now: Timestamp,
) -> Result<Vec<Claimed>, StoreError> {
    let events = || batch.iter().map(|incoming| &incoming.prepared.event);
    let ids: Vec<&str> = events().map(|event| event.id.as_str()).collect();
    let kinds: Vec<&str> = events().map(|event| event.kind.as_str()).collect();
    let created: Vec<Timestamp> = events()
        .map(|event| Timestamp::from_second(event.created).unwrap_or(Timestamp::UNIX_EPOCH))
        .collect();
    let livemode: Vec<bool> = events().map(|event| event.livemode).collect();
    let accounts: Vec<Option<&str>> = events().map(|event| event.account.as_deref()).collect();
    let versions: Vec<Option<&str>> = events().map(|event| event.api_version.as_deref()).collect();
    let objects: Vec<Option<&str>> = events().map(|event| event.object_id()).collect();
    let endpoints: Vec<Option<&str>> =
        batch.iter().map(|incoming| incoming.headers.endpoint.as_deref()).collect();
    let received: Vec<Timestamp> = batch.iter().map(|incoming| incoming.headers.received_at).collect();
    let traces: Vec<Option<String>> =
        batch.iter().map(|incoming| incoming.headers.traceparent.map(|trace| trace.to_string())).collect();
    let attempts: Vec<i32> = batch.iter().map(|incoming| attempts(incoming.headers)).collect();
    let ignored: Vec<Option<&str>> = batch.iter().map(|incoming| ignored(incoming.prepared)).collect();
    let payloads: Vec<&str> = batch
        .iter()
        .map(|incoming| std::str::from_utf8(without_byte_order_mark(incoming.body)).unwrap_or("null"))
        .collect();
    let replays: Vec<&str> = batch
        .iter()
        .filter(|incoming| incoming.headers.replay_of.is_some())
        .map(|incoming| incoming.prepared.event.id.as_str())
        .collect();
    let statement = tx.prepare_cached(include_str!("sql/claim.sql")).await?;
    let rows = tx
        .query(
            &statement,
            &[
                &ids, &kinds, &created, &livemode, &accounts, &versions, &objects, &endpoints, &received,
                &attempts, &ignored, &payloads, &now, &replays, &traces,
            ],
        )
        .await?;
    Ok(rows.iter().map(|row| Claimed { id: row.get(0), known_before: row.get(1) }).collect())
}

/// Writes the results of claimed events: those that did not take effect, and the dead letters that
/// `settled` events and the replays of the dead letters numbered `answered` have answered.
///
/// # Errors
/// [`StoreError`] from PostgreSQL.
pub async fn record(
    tx: &Transaction<'_>,
    rejected: &[RejectedEvent<'_>],
    settled: &[&str],
    answered: &[i64],
    now: Timestamp,
) -> Result<(), StoreError> {
    if !rejected.is_empty() {
        let ids: Vec<&str> = rejected.iter().map(|rejected_event| rejected_event.id).collect();
        let reasons: Vec<&str> = rejected.iter().map(|rejected_event| rejected_event.reason).collect();
        let errors: Vec<&str> = rejected.iter().map(|rejected_event| rejected_event.error.as_str()).collect();
        let next: Vec<Option<Timestamp>> =
            rejected.iter().map(|rejected_event| rejected_event.next_attempt).collect();
        let statement = tx.prepare_cached(include_str!("sql/reject.sql")).await?;
        tx.execute(&statement, &[&ids, &reasons, &errors, &next, &now]).await?;
        let named = rejected.iter().flat_map(|rejected_event| {
            rejected_event.refs.iter().map(|name| (name.as_str(), rejected_event.id))
        });
        let (refs, events): (Vec<&str>, Vec<&str>) = named.unzip();
        let statement = tx.prepare_cached(include_str!("sql/save_refs.sql")).await?;
        tx.execute(&statement, &[&refs, &events]).await?;
    }
    if !settled.is_empty() {
        let statement = tx.prepare_cached(include_str!("sql/resolve_dead_letters.sql")).await?;
        tx.execute(&statement, &[&settled, &now, &answered]).await?;
    }
    Ok(())
}

/// Attempts so far, this one included.
fn attempts(headers: &EventHeaders) -> i32 {
    i32::try_from(headers.attempt).unwrap_or(i32::MAX).saturating_add(1)
}

const fn ignored(prepared: &Prepared) -> Option<&str> {
    match &prepared.intent {
        Intent::Ignore(why) => Some(why),
        Intent::Change(_) | Intent::Reject(_) => None,
    }
}
