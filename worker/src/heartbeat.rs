//! Shows the console that this worker is alive, by a row of its own in `workers`.

use std::time::Duration;

use deadpool_postgres::Pool;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};
use service::error::chain;
use tokio_util::sync::CancellationToken;

use crate::pause::Pause;
use crate::progress::Progress;
use crate::store::{self, HeartBeat, StoreError, WorkerState};

/// The console calls a worker alive that was seen within three beats.
const BEAT: Duration = Duration::from_secs(10);

/// How far the machine's clock may be from the database's without a warning.
const TOLERATED_SKEW: SignedDuration = SignedDuration::from_mins(1);

/// How long deleting the row may take.
const LAST: Duration = Duration::from_secs(2);

/// Beats until shutdown is requested, then deletes the row. `settings` are those that all workers must have alike.
pub(crate) async fn run(
    pool: Pool,
    kind: &'static str,
    settings: Map<String, Value>,
    (progress, pause): (Progress, Pause),
    shutdown: CancellationToken,
) {
    let started_at = Timestamp::now();
    let host = host();
    let beat = HeartBeat {
        id: format!("{host}/{kind}/{}/{}", std::process::id(), started_at.as_millisecond()),
        kind,
        host,
        version: env!("CARGO_PKG_VERSION"),
        started_at,
        settings: Value::Object(settings),
    };
    loop {
        tokio::select! {
            () = shutdown.cancelled() => break,
            recorded = beat_once(&pool, &beat, &progress, &pause) => {
                if let Err(error) = recorded {
                    tracing::debug!(error = chain(&error), "no heartbeat");
                }
            }
        }
        tokio::select! {
            () = shutdown.cancelled() => break,
            () = tokio::time::sleep(BEAT) => {}
        }
    }
    // A database that is unavailable must not keep the worker from ending.
    match tokio::time::timeout(LAST, store::end_beat(&pool, &beat.id)).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::debug!(error = chain(&error), "the last heartbeat stays"),
        Err(_) => tracing::debug!("the last heartbeat stays: the database does not answer"),
    }
}

/// Beats by the database's clock, and warns where the machine's differs from it.
async fn beat_once(
    pool: &Pool,
    beat: &HeartBeat,
    progress: &Progress,
    pause: &Pause,
) -> Result<(), StoreError> {
    let now = store::clock(pool).await?;
    if let Some(ahead) = skew(Timestamp::now(), now) {
        tracing::warn!(
            ahead_seconds = ahead.as_secs(),
            "the clock of this machine differs from the database's; the database's decides"
        );
    }
    let state = WorkerState {
        settled_through: progress.settled_through(),
        last_batch: progress.last_batch(),
        paused: pause.is_paused(),
    };
    store::beat(pool, beat, state, now).await
}

/// How far the machine is ahead of the database, where that is over a minute either way.
fn skew(machine: Timestamp, database: Timestamp) -> Option<SignedDuration> {
    let ahead = machine.duration_since(database);
    (ahead.abs() > TOLERATED_SKEW).then_some(ahead)
}

/// The machine's name; in a container its id.
fn host() -> String {
    let name = std::fs::read_to_string("/etc/hostname").unwrap_or_default();
    let name = name.trim();
    if name.is_empty() { "unknown".to_owned() } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_over_a_minute_off_either_way_is_noticed() {
        let database = Timestamp::UNIX_EPOCH;
        let ahead_by = |seconds| skew(database + SignedDuration::from_secs(seconds), database);
        assert_eq!(ahead_by(60), None);
        assert_eq!(ahead_by(-60), None);
        assert_eq!(ahead_by(61), Some(SignedDuration::from_secs(61)));
        assert_eq!(ahead_by(-30 * 24 * 3600), Some(SignedDuration::from_secs(-30 * 24 * 3600)));
    }
}
