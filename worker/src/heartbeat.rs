//! Shows the console that this worker is alive, by a row of its own in `workers`.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use deadpool_postgres::Pool;
use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use crate::store::{self, HeartBeat};

/// The console calls a worker alive that was seen within three beats.
const BEAT: Duration = Duration::from_secs(10);

/// How long taking the row away may take.
const LAST: Duration = Duration::from_secs(2);

/// How far a worker is: when the newest event was received that it has settled. What still waits in its queue
/// came later, about: the broker hands out oldest first.
#[derive(Clone, Default)]
pub(crate) struct Progress(Arc<AtomicI64>);

impl Progress {
    /// Events received at these times were settled.
    pub(crate) fn settled(&self, received: impl Iterator<Item = Timestamp>) {
        if let Some(newest) = received.max() {
            self.0.fetch_max(newest.as_millisecond(), Ordering::Relaxed);
        }
    }

    /// None yet is `None`.
    fn through(&self) -> Option<Timestamp> {
        match self.0.load(Ordering::Relaxed) {
            0 => None,
            reached => Timestamp::from_millisecond(reached).ok(),
        }
    }
}

/// Beats until shutdown is requested, then takes the row away.
pub(crate) async fn run(pool: Pool, kind: &'static str, progress: Progress, shutdown: CancellationToken) {
    let started_at = Timestamp::now();
    let host = host();
    let beat = HeartBeat {
        id: format!("{host}/{kind}/{}/{}", std::process::id(), started_at.as_millisecond()),
        kind,
        host,
        version: env!("CARGO_PKG_VERSION"),
        started_at,
    };
    loop {
        tokio::select! {
            () = shutdown.cancelled() => break,
            recorded = store::beat(&pool, &beat, progress.through(), Timestamp::now()) => {
                if let Err(error) = recorded {
                    tracing::debug!(%error, "no heartbeat");
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
        Ok(Err(error)) => tracing::debug!(%error, "the last heartbeat stays"),
        Err(_) => tracing::debug!("the last heartbeat stays: the database does not answer"),
    }
}

/// The machine's name; in a container its id.
fn host() -> String {
    let name = std::fs::read_to_string("/etc/hostname").unwrap_or_default();
    let name = name.trim();
    if name.is_empty() { "unknown".to_owned() } else { name.to_owned() }
}
