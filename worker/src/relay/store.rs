//! The relay's SQL.

pub(super) mod alerts;
pub(super) mod customers;
pub(super) mod owed;

use std::time::Duration;

use jiff::Timestamp;
use tokio_postgres::{Client, Error, Row};

use super::sent::{End, Failure, Pause, SentBatch};

/// The name of the exchange among the destinations.
pub(super) const AMQP: &str = "amqp";

const LOCK: &str = include_str!("sql/lock.sql");
const ENTER_DESTINATIONS: &str = include_str!("sql/enter_destinations.sql");
const FAILED: &str = include_str!("sql/failed.sql");
const AGE: &str = include_str!("sql/age.sql");
const DESTINATION: &str = include_str!("sql/destination.sql");
const SET_DESTINATION: &str = include_str!("sql/set_destination.sql");

/// A row of `outbox` that is owed to a destination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OutboxRow {
    pub(super) id: i64,
    pub(super) key: String,
    pub(super) account: String,
    pub(super) livemode: bool,
    pub(super) topic: String,
    /// The data as JSON text.
    pub(super) payload: String,
    pub(super) created_at: Timestamp,
    /// See `outbox_partition` in the schema.
    pub(super) partition: String,
    /// Attempts before this one.
    pub(super) attempts: i32,
    /// The trace context of the request that brought the event.
    pub(super) traceparent: Option<String>,
}

impl OutboxRow {
    fn read(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            id: row.try_get(0)?,
            key: row.try_get(1)?,
            account: row.try_get(2)?,
            livemode: row.try_get(3)?,
            topic: row.try_get(4)?,
            payload: row.try_get(5)?,
            created_at: row.try_get(6)?,
            partition: row.try_get(7)?,
            attempts: row.try_get(8)?,
            traceparent: row.try_get(9)?,
        })
    }
}

/// Whether this session has the lock now.
pub(super) async fn try_lock(client: &Client, lock: i64) -> Result<bool, Error> {
    client.query_one(LOCK, &[&lock]).await?.try_get(0)
}

/// Makes the destinations the exchange and those of the settings, each with its topics. Gives how many were there
/// that are not in the settings.
pub(super) async fn enter_destinations<'a>(
    client: &Client,
    others: impl Iterator<Item = (&'a str, &'a [&'static str])>,
) -> Result<u64, Error> {
    let (mut names, mut topics) = (vec![AMQP], vec![String::new()]);
    for (name, wanted) in others {
        names.push(name);
        topics.push(wanted.join(" "));
    }
    client.execute(ENTER_DESTINATIONS, &[&names, &topics]).await
}

fn rows(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

/// How a destination stands.
pub(super) struct Destination {
    /// Nothing may be sent to it now.
    pub(super) paused: bool,
    /// Attempts that failed in a row.
    pub(super) failures: i32,
    /// By the database's clock, unix seconds.
    pub(super) now: i64,
}

/// How a destination stands.
pub(super) async fn destination(client: &Client, name: &str) -> Result<Destination, Error> {
    let row = client.query_one(DESTINATION, &[&name]).await?;
    Ok(Destination { paused: row.try_get(0)?, failures: row.try_get(1)?, now: row.try_get(2)? })
}

/// Records how a destination stands.
pub(super) async fn set_destination(
    client: &Client,
    name: &str,
    failures: i32,
    pause: Option<Pause>,
    error: Option<&str>,
) -> Result<(), Error> {
    let seconds = match pause {
        Some(Pause::For(time)) => Some(time.as_secs_f64()),
        Some(Pause::UntilResumed) | None => None,
    };
    client.execute(SET_DESTINATION, &[&name, &failures, &pause.is_some(), &seconds, &error]).await.map(drop)
}

/// These did not reach a destination; what was first tried longer than `give_up` ago is given up. Gives those that are not
/// tried again.
pub(super) async fn failed(
    client: &Client,
    destination: &str,
    failures: &[Failure],
    give_up: Duration,
) -> Result<Vec<i64>, Error> {
    if failures.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<i64> = failures.iter().map(|failure| failure.id).collect();
    let partitions: Vec<&str> = failures.iter().map(|failure| failure.partition.as_str()).collect();
    let waits: Vec<f64> = failures.iter().map(|failure| failure.wait.as_secs_f64()).collect();
    let states: Vec<&str> = failures.iter().map(|failure| failure.end.as_str()).collect();
    let errors: Vec<&str> = failures.iter().map(|failure| failure.error.as_str()).collect();
    let give_up = give_up.as_secs_f64();
    let ended =
        client.query(FAILED, &[&destination, &ids, &partitions, &waits, &states, &errors, &give_up]).await?;
    ended.iter().map(|row| row.try_get(0)).collect()
}

/// Measures how far a destination is behind.
pub(super) async fn report_age(client: &Client, destination: &str) -> Result<(), Error> {
    let row = client.query_opt(AGE, &[&destination]).await?;
    set_age(destination, row.map_or(Ok(0.0), |row| row.try_get(0))?);
    Ok(())
}

/// This relay leads, and measures.
pub(super) fn report_leading() {
    metrics::gauge!("sluicegate_outbox_relay_leading").set(1.0);
}

/// Another relay measures now.
pub(super) fn report_standby<'a>(others: impl Iterator<Item = &'a str>) {
    metrics::gauge!("sluicegate_outbox_relay_leading").set(0.0);
    others.chain([AMQP]).for_each(|destination| set_age(destination, 0.0));
}

fn set_age(destination: &str, seconds: f64) {
    metrics::gauge!("sluicegate_outbox_oldest_seconds", "destination" => destination.to_owned()).set(seconds);
}

/// Counts what became of a batch.
pub(super) fn count(destination: &str, result: &SentBatch) {
    let count = |name: &'static str, messages: usize| {
        metrics::counter!(name, "destination" => destination.to_owned()).increment(messages as u64);
    };
    count("sluicegate_outbox_sent_total", result.sent.len());
    let skipped = result.failures.iter().filter(|failure| failure.end == End::Skipped).count();
    count("sluicegate_outbox_skipped_total", skipped);
    count("sluicegate_outbox_failed_attempts_total", result.failures.len() - skipped);
}
