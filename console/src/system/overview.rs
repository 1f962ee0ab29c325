//! How the whole system is now: what comes in, what goes out, what waits, who works.

use std::time::Duration;

use amqp::topology::Queue;
use deadpool_postgres::{GenericClient, Pool};
use jiff::Timestamp;
use serde::Serialize;
use tokio_postgres::Row;
use utoipa::ToSchema;

use crate::common::error::ServiceError;
use crate::system::gaps::{Gaps, gaps};
use crate::system::queues::{self, QueueState, Sources};

/// The statement, for tests that look at its plan.
pub(crate) const NUMBERS: &str = include_str!("sql/overview.sql");
pub(crate) const WORKERS: &str = include_str!("sql/workers.sql");
pub(crate) const WORKER_LIST: &str = include_str!("sql/worker_list.sql");
pub(crate) const OUTBOX_OLDEST: &str = include_str!("sql/outbox_oldest.sql");
pub(crate) const DISPUTES_DUE: &str = include_str!("sql/disputes_due.sql");
const BROKER_ANSWER: Duration = Duration::from_secs(4);

/// Numbers of the last minute and of now.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct OverviewNumbers {
    /// Events received in the last minute, of those that a worker has seen.
    pub(crate) received: i64,
    /// Events that took effect or were ignored in the last minute.
    pub(crate) processed: i64,
    /// Events that will be retried.
    pub(crate) retrying: i64,
    /// When the longest waiting of those was received.
    pub(crate) oldest_retrying: Option<Timestamp>,
    /// Dead letters that somebody has to look at.
    pub(crate) dead_open: i64,
    /// Dead letters that were sent again and have not taken effect.
    pub(crate) dead_replayed: i64,
    /// Messages to the company's services that wait to be sent.
    pub(crate) unsent: i64,
    /// Seconds that the oldest of those waits for the exchange.
    pub(crate) outbox_oldest: Option<f64>,
    /// Seconds from received to processed, at the median of the newest events that were never replayed.
    pub lag_p50: Option<f64>,
    /// The same, of the slowest hundredth.
    pub lag_p99: Option<f64>,
}

/// The workers of one kind. One that ends says so and is forgotten; one that dies falls silent.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct WorkerCount {
    pub(crate) kind: String,
    /// How many were heard of in the last 30 seconds.
    pub(crate) alive: i64,
    /// How many more were heard of in the last day.
    pub(crate) silent: i64,
    /// When one of those that are silent was heard of last.
    pub(crate) silent_since: Option<Timestamp>,
    /// When one of all these was heard of last; null: none in the last day.
    pub(crate) seen_at: Option<Timestamp>,
}

/// One worker.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct WorkerProcess {
    pub(crate) kind: String,
    pub(crate) host: String,
    pub(crate) version: String,
    pub(crate) started_at: Timestamp,
    /// When it was heard of last.
    pub(crate) seen_at: Timestamp,
    /// It was heard of in the last 30 seconds.
    pub(crate) alive: bool,
    /// It takes nothing, because its queue is paused.
    pub(crate) paused: bool,
    /// When it settled its last batch, and of how many events.
    pub(crate) batch_at: Option<Timestamp>,
    pub(crate) batch_events: Option<i32>,
}

/// A dispute whose evidence is due soon. The amount is in the currency's minor unit.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct DisputeDue {
    pub(crate) id: String,
    pub(crate) payment_id: String,
    pub(crate) amount: i64,
    pub(crate) currency: String,
    pub(crate) due_by: Timestamp,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Overview {
    /// Events and dead letters.
    pub(crate) numbers: OverviewNumbers,
    /// The queues; none while the broker is unavailable.
    pub(crate) queues: Vec<QueueState>,
    /// Why there are none.
    pub(crate) broker: Option<String>,
    /// The workers, a row for each kind, whether it has any or not.
    pub(crate) workers: Vec<WorkerCount>,
    /// Each worker that was heard of in the last day.
    pub(crate) processes: Vec<WorkerProcess>,
    /// Events that no webhook brought and that sweeps found.
    pub(crate) gaps: Gaps,
    /// Disputes whose evidence is due within 7 days.
    pub(crate) disputes_due: Vec<DisputeDue>,
}

/// Asks the database and the broker.
pub(crate) async fn overview(sources: Sources<'_>) -> Result<Overview, ServiceError> {
    let numbers = numbers(sources.pool).await?;
    let workers = workers(sources.pool).await?;
    let (gaps, processes, disputes_due) = {
        let client = sources.pool.get().await?;
        (gaps(&client).await?, processes(&client).await?, disputes_due(&client).await?)
    };
    let answer = tokio::time::timeout(BROKER_ANSWER, queues::list(sources)).await;
    let (queues, broker) = match answer {
        Ok(Ok(queues)) => (queues, None),
        Ok(Err(failure)) => (Vec::new(), Some(failure.to_string())),
        Err(_) => (Vec::new(), Some("the broker does not answer".to_owned())),
    };
    Ok(Overview { numbers, queues, broker, workers, processes, gaps, disputes_due })
}

async fn processes(client: &impl GenericClient) -> Result<Vec<WorkerProcess>, ServiceError> {
    let process = |row: &Row| WorkerProcess {
        kind: row.get("kind"),
        host: row.get("host"),
        version: row.get("version"),
        started_at: row.get("started_at"),
        seen_at: row.get("seen_at"),
        alive: row.get("alive"),
        paused: row.get("paused"),
        batch_at: row.get("batch_at"),
        batch_events: row.get("batch_events"),
    };
    Ok(client.query(WORKER_LIST, &[]).await?.iter().map(process).collect())
}

/// Disputes whose evidence is due within 7 days, the first first.
pub(crate) async fn disputes_due(client: &impl GenericClient) -> Result<Vec<DisputeDue>, ServiceError> {
    let dispute = |row: &Row| DisputeDue {
        id: row.get("id"),
        payment_id: row.get("payment_id"),
        amount: row.get("amount"),
        currency: row.get("currency"),
        due_by: row.get("due_by"),
    };
    Ok(client.query(DISPUTES_DUE, &[]).await?.iter().map(dispute).collect())
}

/// The numbers alone, without asking the broker.
pub(crate) async fn numbers(pool: &Pool) -> Result<OverviewNumbers, ServiceError> {
    let client = pool.get().await?;
    let row = client.query_one(NUMBERS, &[]).await?;
    let oldest = client.query_one(OUTBOX_OLDEST, &[]).await?;
    Ok(OverviewNumbers {
        received: row.get("received"),
        processed: row.get("processed"),
        retrying: row.get("retrying"),
        oldest_retrying: row.get("oldest_retrying"),
        dead_open: row.get("dead_open"),
        dead_replayed: row.get("dead_replayed"),
        unsent: row.get("unsent"),
        outbox_oldest: oldest.get("seconds"),
        lag_p50: row.get("p50"),
        lag_p99: row.get("p99"),
    })
}

async fn workers(pool: &Pool) -> Result<Vec<WorkerCount>, ServiceError> {
    let kinds = queues::WORK_QUEUES.map(Queue::name);
    let rows = pool.get().await?.query(WORKERS, &[&kinds.as_slice()]).await?;
    let alive = |row: &Row| WorkerCount {
        kind: row.get("kind"),
        alive: row.get("alive"),
        silent: row.get("silent"),
        silent_since: row.get("silent_since"),
        seen_at: row.get("seen_at"),
    };
    Ok(rows.iter().map(alive).collect())
}
