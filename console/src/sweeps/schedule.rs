//! Sweeps at an interval, in the console that serves, and the metrics of what they find.

use std::time::Duration;

use deadpool_postgres::Pool;
use jiff::{SignedDuration, Timestamp};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::plan;
use super::reader::Reader;
use super::store::Sweep;
use super::{service, store};
use crate::common::error::ServiceError;
use crate::common::pause::pause;
use crate::system::gaps;
use crate::system::queues::{self, Sources};

/// How often it is looked whether a sweep is due.
const LOOK_EVERY: Duration = Duration::from_secs(20);

/// Sweeps all accounts, each once an `interval`, until shutdown.
pub(crate) async fn run(reader: Reader, interval: Duration, shutdown: CancellationToken) {
    let interval = SignedDuration::try_from(interval).unwrap_or(SignedDuration::MAX);
    while !shutdown.is_cancelled() {
        if let Err(failure) = sweep_what_is_due(&reader, interval, &shutdown).await {
            warn!(%failure, "events cannot be swept now");
        }
        if let Err(failure) = show_gaps(&reader.pool).await {
            warn!(%failure, "the gaps cannot be counted");
        }
        pause(&shutdown, LOOK_EVERY).await;
    }
}

async fn sweep_what_is_due(
    reader: &Reader,
    interval: SignedDuration,
    shutdown: &CancellationToken,
) -> Result<(), ServiceError> {
    let sources = Sources { broker: &reader.broker, management: None, pool: &reader.pool };
    let waiting = queues::longest_wait(sources).await?;
    for account in reader.accounts().await? {
        let client = reader.pool.get().await?;
        let newest = store::newest(&client, &account).await?;
        let first_received = store::first_received(&client).await?;
        drop(client);
        let now = Timestamp::now();
        let Some(window) = plan::due(newest.as_ref(), first_received, now, interval, waiting) else {
            continue;
        };
        let swept = tokio::select! {
            swept = service::sweep(reader, &account, window, |_| {}) => swept,
            // What was read is noted; the rest is read after the next start.
            () = shutdown.cancelled() => return Ok(()),
        };
        match swept {
            Err(ServiceError::Conflict { code: "sweep_running", .. }) => {}
            Ok(swept) => swept.iter().for_each(report),
            Err(failure) => return Err(failure),
        }
    }
    Ok(())
}

fn report(sweep: &Sweep) {
    let Sweep { id, listed, missed, .. } = sweep;
    if *missed > 0 {
        warn!(sweep = id, missed, listed, "missed events found and published");
    } else {
        info!(sweep = id, listed, "sweep finished; nothing was missed");
    }
}

/// Sets the metrics of what was found missing, also by sweeps from the command line.
async fn show_gaps(pool: &Pool) -> Result<(), ServiceError> {
    let client = pool.get().await?;
    gaps::note_arrived(&client).await?;
    let found = gaps::gaps(&client).await?;
    metrics::counter!("sluicegate_missed_events_total").absolute(u64::try_from(found.missed).unwrap_or(0));
    let oldest = found.oldest.map_or(0.0, |at| Timestamp::now().duration_since(at).as_secs_f64());
    metrics::gauge!("sluicegate_oldest_gap_seconds").set(oldest.max(0.0));
    Ok(())
}
