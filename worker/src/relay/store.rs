//! The relay's SQL.

use std::time::Duration;

use jiff::Timestamp;
use tokio_postgres::{Client, Error, Row};

/// The name of the exchange among the destinations.
pub(super) const AMQP: &str = "amqp";

const LOCK: &str = include_str!("sql/lock.sql");
const ENTER_DESTINATIONS: &str = include_str!("sql/enter_destinations.sql");
const UNSENT: &str = include_str!("sql/unsent.sql");
const SENT: &str = include_str!("sql/sent.sql");
const FAILED: &str = include_str!("sql/failed.sql");
const AGE: &str = include_str!("sql/age.sql");

/// Every statement of the relay, by name; a test prepares each against the migrated schema.
pub const STATEMENTS: &[(&str, &str)] = &[
    ("lock", LOCK),
    ("enter_destinations", ENTER_DESTINATIONS),
    ("unsent", UNSENT),
    ("sent", SENT),
    ("failed", FAILED),
    ("age", AGE),
];

/// A row of `outbox` that is owed to a destination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OutboxRow {
    pub(super) id: i64,
    pub(super) key: String,
    pub(super) account: String,
    pub(super) livemode: bool,
    pub(super) topic: String,
    /// JSON.
    pub(super) payload: String,
    pub(super) created_at: Timestamp,
    /// See `outbox_partition` in the schema.
    pub(super) partition: String,
    /// Attempts before this one.
    pub(super) attempts: i32,
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
        })
    }
}

/// A message that did not reach its destination.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Failure {
    pub(super) id: i64,
    pub(super) partition: String,
    pub(super) wait: Duration,
    /// It can never be sent.
    pub(super) is_final: bool,
    pub(super) error: String,
}

/// Whether this session has the lock now.
pub(super) async fn try_lock(client: &Client, lock: i64) -> Result<bool, Error> {
    client.query_one(LOCK, &[&lock]).await?.try_get(0)
}

/// Makes the destinations those of the settings.
pub(super) async fn enter_destinations(client: &Client) -> Result<(), Error> {
    client.execute(ENTER_DESTINATIONS, &[&[AMQP].as_slice(), &[""].as_slice()]).await.map(drop)
}

/// What the exchange is owed.
pub(super) async fn unsent(client: &Client, limit: i64) -> Result<Vec<OutboxRow>, Error> {
    client.query(UNSENT, &[&limit]).await?.iter().map(OutboxRow::read).collect()
}

/// The exchange has these.
pub(super) async fn sent(client: &Client, ids: &[i64]) -> Result<(), Error> {
    if ids.is_empty() { Ok(()) } else { client.execute(SENT, &[&ids]).await.map(drop) }
}

/// These did not reach a destination; what was first tried longer than `give_up` ago is given up.
pub(super) async fn failed(
    client: &Client,
    destination: &str,
    failures: &[Failure],
    give_up: Duration,
) -> Result<(), Error> {
    if failures.is_empty() {
        return Ok(());
    }
    let ids: Vec<i64> = failures.iter().map(|failure| failure.id).collect();
    let partitions: Vec<&str> = failures.iter().map(|failure| failure.partition.as_str()).collect();
    let waits: Vec<f64> = failures.iter().map(|failure| failure.wait.as_secs_f64()).collect();
    let finals: Vec<bool> = failures.iter().map(|failure| failure.is_final).collect();
    let errors: Vec<&str> = failures.iter().map(|failure| failure.error.as_str()).collect();
    client
        .execute(FAILED, &[&destination, &ids, &partitions, &waits, &finals, &errors, &give_up.as_secs_f64()])
        .await
        .map(drop)
}

/// Measures how far the exchange is behind.
pub(super) async fn report_age(client: &Client) -> Result<(), Error> {
    let age: f64 = match client.query_opt(AGE, &[]).await? {
        Some(row) => row.try_get(0)?,
        None => 0.0,
    };
    metrics::gauge!("outbox_relay_leading").set(1.0);
    metrics::gauge!("outbox_oldest_seconds", "destination" => AMQP).set(age);
    Ok(())
}

/// Another relay measures now.
pub(super) fn report_standby() {
    metrics::gauge!("outbox_relay_leading").set(0.0);
    metrics::gauge!("outbox_oldest_seconds", "destination" => AMQP).set(0.0);
}
