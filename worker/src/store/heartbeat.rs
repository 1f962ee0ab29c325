//! The row of a worker in `workers`.

use deadpool_postgres::Pool;
use jiff::Timestamp;
use serde_json::Value;

use super::error::StoreError;

pub(super) const BEAT: &str = include_str!("sql/heartbeat.sql");

/// A worker, as the console shows it.
pub struct HeartBeat {
    /// Unique to this process.
    pub id: String,
    /// The queue that it consumes.
    pub kind: &'static str,
    pub host: String,
    pub version: &'static str,
    pub started_at: Timestamp,
    /// Those that all workers must have alike, as a JSON object.
    pub settings: Value,
}

/// What a worker is doing.
#[derive(Debug, Clone, Copy, Default)]
pub struct WorkerState {
    /// It has settled events received up to then; `None`: none yet.
    pub settled_through: Option<Timestamp>,
    /// When it settled its last batch, and of how many events.
    pub last_batch: Option<(Timestamp, i32)>,
    /// It consumes nothing, because its queue is paused.
    pub paused: bool,
}

/// Records that the worker is running, and what it is doing.
///
/// # Errors
/// [`StoreError`] from PostgreSQL.
pub async fn beat(
    pool: &Pool,
    beat: &HeartBeat,
    state: WorkerState,
    now: Timestamp,
) -> Result<(), StoreError> {
    let client = pool.get().await?;
    let statement = client.prepare_cached(BEAT).await?;
    let WorkerState { settled_through, last_batch, paused } = state;
    let (batch_at, batch_events) = last_batch.unzip();
    let worker: [&(dyn tokio_postgres::types::ToSql + Sync); 11] = [
        &beat.id,
        &beat.kind,
        &beat.host,
        &beat.version,
        &beat.started_at,
        &now,
        &settled_through,
        &batch_at,
        &batch_events,
        &paused,
        &beat.settings,
    ];
    client.execute(&statement, &worker).await?;
    Ok(())
}

/// Deletes the row.
///
/// # Errors
/// [`StoreError`] from PostgreSQL.
pub async fn end_beat(pool: &Pool, id: &str) -> Result<(), StoreError> {
    pool.get().await?.execute("DELETE FROM workers WHERE id = $1", &[&id]).await?;
    Ok(())
}
