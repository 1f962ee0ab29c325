//! What is known of the broker's queues. Passive declares show what is ready and who consumes; what consumers
//! hold only RabbitMQ's management knows, which need not be there; how long messages wait comes from marks that
//! `watch` keeps. Must never create or change a queue, nor take a message to look at it: a quorum queue counts
//! that as a delivery.

use std::collections::HashMap;
use std::time::Duration;

use amqp::broker::Broker;
use amqp::topology::{Queue, Topology};
use deadpool_postgres::Pool;
use jiff::{SignedDuration, Timestamp};
use lapin::options::QueueDeclareOptions;
use lapin::types::FieldTable;
use serde::Serialize;
use service::error::chain;
use tokio_util::sync::CancellationToken;
use utoipa::ToSchema;

use crate::common::error::ServiceError;
use crate::common::pause::pause;
use crate::common::text_enum::{TextEnum, text_enum};
use crate::system::management::Management;
use crate::system::pauses::{self, QueuePause, WorkQueue};
use crate::system::queue_marks::{self as store, QueueObservation};

const TIMEOUT: Duration = Duration::from_secs(1);
/// How often the queues are looked at: what [`QueueState::oldest_seconds`] may say too much.
const WATCH_INTERVAL: Duration = Duration::from_secs(5);
const UNKNOWN_WAIT: SignedDuration = SignedDuration::from_hours(30 * 24);
/// The queues that workers consume; each names its kind of workers.
pub(crate) const WORK_QUEUES: [Queue; 3] = [Queue::Fulfillment, Queue::Subscription, Queue::Refund];

text_enum! {
    /// What a queue is for.
    pub enum QueueKind {
        Work = "work",
        /// Events wait in it for their next attempt.
        Retry = "retry",
        /// Dead letters on their way to the console.
        Dead = "dead",
    }
}

/// One queue of the broker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct QueueState {
    pub name: String,
    /// What it is for.
    pub kind: QueueKind,
    pub ready: u32,
    /// Messages that consumers hold; known only where RabbitMQ's management answers.
    pub unacknowledged: Option<u64>,
    pub consumers: u32,
    /// Seconds that the oldest waiting message has been waiting, at most: since the queue was last seen empty or
    /// its workers last came further. None where nothing waits, or no console has watched yet.
    pub oldest_seconds: Option<u64>,
    /// Who paused it, when and why, where somebody has.
    pub paused: Option<QueuePause>,
    /// What it is paused and resumed as; none where no worker consumes it.
    pub work_queue: Option<WorkQueue>,
}

impl QueueState {
    /// Messages that nobody has finished: those that wait, and those that consumers hold.
    pub fn unfinished(&self) -> u64 {
        u64::from(self.ready) + self.unacknowledged.unwrap_or(0)
    }
}

/// The servers that know something of the queues.
#[derive(Clone, Copy)]
pub struct Sources<'a> {
    pub broker: &'a Broker,
    pub management: Option<&'a Management>,
    /// The database, for the marks.
    pub pool: &'a Pool,
}

/// All queues: work, dead letters, retries.
pub async fn list(sources: Sources<'_>) -> Result<Vec<QueueState>, ServiceError> {
    let held_messages = async {
        match sources.management {
            Some(management) => management.unacknowledged().await,
            None => HashMap::new(),
        }
    };
    let (counts, held_messages, marks, pauses) =
        tokio::join!(counts(sources.broker), held_messages, marks(sources.pool), paused(sources.pool));
    let now = Timestamp::now();
    let topology = sources.broker.topology();
    let state = |count: QueueCount| QueueState {
        unacknowledged: held_messages.get(&count.name).copied(),
        oldest_seconds: oldest(&count, marks.get(&count.name).copied(), topology, now),
        paused: pauses.iter().find(|pause| topology.queue(pause.queue.queue()) == count.name).cloned(),
        work_queue: WorkQueue::ALL.iter().copied().find(|q| topology.queue(q.queue()) == count.name),
        name: count.name,
        kind: count.kind,
        ready: count.ready,
        consumers: count.consumers,
    };
    Ok(counts?.into_iter().map(state).collect())
}

/// How long the oldest event that waits for a worker has been waiting at most; as long as Stripe lists events where
/// nobody knows.
pub(crate) async fn longest_wait(sources: Sources<'_>) -> Result<SignedDuration, ServiceError> {
    let queues = list(sources).await?;
    let waiting = queues.iter().filter(|queue| queue.kind == QueueKind::Work && queue.ready > 0);
    let seconds = |queue: &QueueState| queue.oldest_seconds.and_then(|seconds| i64::try_from(seconds).ok());
    let wait = |queue| {
        seconds(queue).map_or(UNKNOWN_WAIT, |seconds| SignedDuration::from_secs(seconds).min(UNKNOWN_WAIT))
    };
    Ok(waiting.map(wait).max().unwrap_or(SignedDuration::ZERO))
}

/// Moves the marks of the queues on until shutdown, whatever servers are unavailable meanwhile.
pub(crate) async fn watch(broker: Broker, pool: Pool, shutdown: CancellationToken) {
    while !shutdown.is_cancelled() {
        if let Err(failure) = observe(&broker, &pool).await {
            tracing::debug!(%failure, "queue marks were not updated");
        }
        pause(&shutdown, WATCH_INTERVAL).await;
    }
}

async fn observe(broker: &Broker, pool: &Pool) -> Result<(), ServiceError> {
    // Before it asks: what comes in while it asks is younger.
    let now = Timestamp::now();
    let counts = counts(broker).await?;
    let topology = broker.topology();
    let workers = |name: &str| WORK_QUEUES.iter().find(|q| topology.queue(**q) == name).map(|q| q.name());
    let seen: Vec<QueueObservation<'_>> = counts
        .iter()
        .map(|count| QueueObservation {
            queue: &count.name,
            kind: workers(&count.name),
            empty_at: (count.ready == 0).then_some(now),
        })
        .collect();
    store::move_marks(&pool.get().await?, &seen).await
}

/// What the broker itself says of a queue.
struct QueueCount {
    kind: QueueKind,
    name: String,
    ready: u32,
    consumers: u32,
}

async fn counts(broker: &Broker) -> Result<Vec<QueueCount>, ServiceError> {
    let unavailable = |e: &dyn std::error::Error| {
        ServiceError::Unavailable(format!("the broker is unavailable: {}", chain(e)))
    };
    // A connection that is just being made is waited for, one that is gone not for long.
    if tokio::time::timeout(TIMEOUT, broker.until_usable()).await.is_err() {
        let why = broker.explain().err().unwrap_or_else(|| "the broker does not answer".to_owned());
        return Err(ServiceError::Unavailable(why));
    }
    let channel = broker.channel().await.map_err(|e| unavailable(&e))?;
    let mut found = Vec::new();
    for (kind, name) in names(broker.topology()) {
        // Passive: asks, and is an error where it does not exist.
        let options = QueueDeclareOptions { passive: true, ..QueueDeclareOptions::default() };
        let answer = channel.queue_declare(name.as_str().into(), options, FieldTable::default()).await;
        let queue = answer.map_err(|e| unavailable(&e))?;
        found.push(QueueCount {
            kind,
            name,
            ready: queue.message_count(),
            consumers: queue.consumer_count(),
        });
    }
    if let Err(error) = channel.close(200, "done".into()).await {
        tracing::debug!(%error, "the channel was closed already");
    }
    Ok(found)
}

/// Without the database the queues are shown all the same.
async fn marks(pool: &Pool) -> HashMap<String, Timestamp> {
    let answer = async { store::marks(&pool.get().await?).await };
    match tokio::time::timeout(TIMEOUT, answer).await {
        Ok(Ok(marks)) => marks,
        Ok(Err(failure)) => {
            tracing::debug!(%failure, "queue marks cannot be read");
            HashMap::new()
        }
        Err(_) => HashMap::new(),
    }
}

/// Without the database the queues are shown all the same.
async fn paused(pool: &Pool) -> Vec<QueuePause> {
    let answer = async { pauses::list(&pool.get().await?).await };
    match tokio::time::timeout(TIMEOUT, answer).await {
        Ok(Ok(pauses)) => pauses,
        Ok(Err(failure)) => {
            tracing::debug!(%failure, "pauses cannot be read");
            Vec::new()
        }
        Err(_) => Vec::new(),
    }
}

/// In a retry queue nothing waits longer than its delay.
fn oldest(count: &QueueCount, mark: Option<Timestamp>, topology: &Topology, now: Timestamp) -> Option<u64> {
    if count.ready == 0 {
        return None;
    }
    let delay = topology.retry.iter().find(|delay| topology.retry_queue(**delay) == count.name);
    let waited = mark.map(|mark| u64::try_from(now.duration_since(mark).as_secs()).unwrap_or(0));
    [waited, delay.map(Duration::as_secs)].into_iter().flatten().min()
}

/// Every queue of this topology, with its kind.
pub fn names(topology: &Topology) -> Vec<(QueueKind, String)> {
    let mut names: Vec<_> = WORK_QUEUES.iter().map(|q| (QueueKind::Work, topology.queue(*q))).collect();
    names.push((QueueKind::Dead, topology.queue(Queue::Dead)));
    names.extend(topology.retry.iter().map(|delay| (QueueKind::Retry, topology.retry_queue(*delay))));
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waits(name: &str, ready: u32, mark: Option<i64>) -> Option<u64> {
        let topology = Topology { prefix: String::new(), retry: vec![Duration::from_secs(10)] };
        let count = QueueCount { kind: QueueKind::Work, name: name.to_owned(), ready, consumers: 0 };
        let at = |second| Timestamp::from_second(second).unwrap();
        oldest(&count, mark.map(at), &topology, at(1_000))
    }

    #[test]
    fn the_oldest_message_came_after_the_mark() {
        assert_eq!(waits("refund", 3, Some(940)), Some(60));
        assert_eq!(waits("refund", 3, None), None, "nobody has watched yet");
        assert_eq!(waits("refund", 0, Some(940)), None, "nothing waits");
        assert_eq!(waits("refund", 3, Some(1_002)), Some(0), "a clock that is ahead");
    }

    #[test]
    fn nothing_waits_for_a_retry_longer_than_its_delay() {
        assert_eq!(waits("retry.10s", 1, Some(940)), Some(10));
        assert_eq!(waits("retry.10s", 1, Some(995)), Some(5));
        assert_eq!(waits("retry.10s", 1, None), Some(10));
    }
}
