//! What operators alert on, as metrics: what waits for the workers and for people.

use std::time::Duration;

use amqp::broker::Broker;
use deadpool_postgres::{GenericClient, Pool};
use tokio_util::sync::CancellationToken;

use crate::cases::state::HeldReason;
use crate::common::error::ServiceError;
use crate::common::pause::pause;
use crate::common::text_enum::TextEnum;
use crate::dead_letters::reason::DeadLetterReason;
use crate::system::management::Management;
use crate::system::overview;
use crate::system::queues::{self, Sources};

pub(crate) const OPEN: &str = include_str!("sql/open_counts.sql");

const INTERVAL: Duration = Duration::from_secs(15);

/// The servers that know.
pub(crate) struct GaugeSources {
    pub(crate) broker: Broker,
    pub(crate) management: Option<Management>,
    pub(crate) pool: Pool,
}

/// Sets the gauges until shutdown; they stand still while a server is unavailable.
pub(crate) async fn watch(sources: GaugeSources, shutdown: CancellationToken) {
    while !shutdown.is_cancelled() {
        for set in [database(&sources.pool).await, broker(&sources).await] {
            if let Err(failure) = set {
                tracing::debug!(%failure, "metrics were not updated");
            }
        }
        pause(&shutdown, INTERVAL).await;
    }
}

#[expect(clippy::cast_precision_loss, reason = "a gauge is a float")]
async fn broker(sources: &GaugeSources) -> Result<(), ServiceError> {
    let GaugeSources { broker, management, pool } = sources;
    for queue in queues::list(Sources { broker, management: management.as_ref(), pool }).await? {
        let name = queue.name.clone();
        metrics::gauge!("sluicegate_queue_messages", "queue" => name.clone()).set(queue.unfinished() as f64);
        metrics::gauge!("sluicegate_queue_oldest_seconds", "queue" => name.clone())
            .set(queue.oldest_seconds.unwrap_or(0) as f64);
        metrics::gauge!("sluicegate_queue_consumers", "queue" => name.clone())
            .set(f64::from(queue.consumers));
        metrics::gauge!("sluicegate_queue_paused", "queue" => name)
            .set(f64::from(u8::from(queue.paused.is_some())));
    }
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "a gauge is a float")]
async fn database(pool: &Pool) -> Result<(), ServiceError> {
    let numbers = overview::numbers(pool).await?;
    metrics::gauge!("sluicegate_events_retrying").set(numbers.retrying as f64);
    metrics::gauge!("sluicegate_outbox_waiting_messages").set(numbers.unsent as f64);
    metrics::gauge!("sluicegate_outbox_waiting_oldest_seconds").set(numbers.outbox_oldest.unwrap_or(0.0));
    for (quantile, lag) in [("0.5", numbers.lag_p50), ("0.99", numbers.lag_p99)] {
        metrics::gauge!("sluicegate_event_lag_seconds", "quantile" => quantile).set(lag.unwrap_or(0.0));
    }
    open(&pool.get().await?).await
}

/// Every reason has a gauge, whether something is open for it or not: one that is gone must not stand still.
#[expect(clippy::cast_precision_loss, reason = "a gauge is a float")]
async fn open(client: &impl GenericClient) -> Result<(), ServiceError> {
    for reason in DeadLetterReason::ALL {
        metrics::gauge!("sluicegate_dead_letters_open", "reason" => reason.as_str()).set(0.0);
    }
    metrics::gauge!("sluicegate_dead_letters_open", "reason" => "other").set(0.0);
    for reason in HeldReason::ALL {
        metrics::gauge!("sluicegate_cases_open", "reason" => reason.as_str()).set(0.0);
    }
    for row in client.query(OPEN, &[]).await? {
        let (kind, reason, count): (String, String, i64) =
            (row.get("kind"), row.get("reason"), row.get("count"));
        match (kind.as_str(), DeadLetterReason::parse(&reason), HeldReason::parse(&reason)) {
            ("case", _, Some(reason)) => {
                metrics::gauge!("sluicegate_cases_open", "reason" => reason.as_str()).set(count as f64);
            }
            ("case", _, None) => {}
            (_, Some(reason), _) => {
                metrics::gauge!("sluicegate_dead_letters_open", "reason" => reason.as_str())
                    .set(count as f64);
            }
            // Of another version, or forged: one label for all, so that nobody outside makes metrics.
            (_, None, _) => {
                metrics::gauge!("sluicegate_dead_letters_open", "reason" => "other").increment(count as f64)
            }
        }
    }
    Ok(())
}
