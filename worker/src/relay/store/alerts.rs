//! The SQL of alerts: what staff are to hear of, at most once an hour by the database's clock, however many relays run.

use tokio_postgres::{Client, Error};

pub(super) const BEGIN: &str = include_str!("../sql/begin_alerts.sql");
pub(super) const NOTE_DEAD_LETTERS: &str = include_str!("../sql/note_dead_letters.sql");
pub(super) const RAISE_DEAD_LETTERS: &str = include_str!("../sql/raise_dead_letters.sql");
pub(super) const RAISE_DELIVERIES: &str = include_str!("../sql/raise_deliveries.sql");

/// From now on dead letters are looked at.
pub(in crate::relay) async fn begin(client: &Client) -> Result<(), Error> {
    client.execute(BEGIN, &[]).await.map(drop)
}

/// Writes an alert for each fingerprint that has new dead letters; gives how many.
pub(in crate::relay) async fn dead_letters(client: &Client) -> Result<u64, Error> {
    client.execute(NOTE_DEAD_LETTERS, &[]).await?;
    client.execute(RAISE_DEAD_LETTERS, &[]).await
}

/// Writes an alert for each destination that was paused or given up a message; gives how many.
pub(in crate::relay) async fn deliveries(client: &Client) -> Result<u64, Error> {
    client.execute(RAISE_DELIVERIES, &[]).await
}
