//! Pausing and resuming the queues that workers consume: for an hour in which a downstream system is repaired, or to
//! look at an event before the next one comes. Every worker of the queue obeys within seconds; events wait at the broker.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use amqp::topology::Queue;
use deadpool_postgres::{GenericClient, Pool};
use jiff::Timestamp;
use serde::Serialize;
use tokio_postgres::Row;
use tokio_util::sync::CancellationToken;
use utoipa::ToSchema;

use crate::audit::action::{AuditAction, Subject};
use crate::audit::reason::AuditReason;
use crate::audit::store as audit;
use crate::common::actor::Actor;
use crate::common::completed::Completed;
use crate::common::error::ServiceError;
use crate::common::pause::pause;
use crate::common::text_enum::text_enum;

pub(crate) const LIST: &str = include_str!("sql/pause_list.sql");
pub(crate) const INSERT: &str = include_str!("sql/pause_insert.sql");
pub(crate) const DELETE: &str = include_str!("sql/pause_delete.sql");

/// How often [`Pauses`] looks.
const INTERVAL: Duration = Duration::from_secs(2);

text_enum! {
    /// A queue that workers consume, by its name without a prefix.
    pub enum WorkQueue {
        Fulfillment = "fulfillment",
        Subscription = "subscription",
        Refund = "refund",
    }
}

impl WorkQueue {
    /// As the broker's topology has it.
    pub(crate) fn queue(self) -> Queue {
        match self {
            WorkQueue::Fulfillment => Queue::Fulfillment,
            WorkQueue::Subscription => Queue::Subscription,
            WorkQueue::Refund => Queue::Refund,
        }
    }
}

text_enum! {
    /// What somebody asks of a queue.
    pub(crate) enum QueueCommand {
        /// No worker takes events from it any more.
        Pause = "pause",
        /// Workers take events from it again.
        Resume = "resume",
    }
}

impl From<QueueCommand> for Completed {
    fn from(command: QueueCommand) -> Self {
        match command {
            QueueCommand::Pause => Completed::Paused,
            QueueCommand::Resume => Completed::Resumed,
        }
    }
}

/// A queue that is paused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct QueuePause {
    pub queue: WorkQueue,
    pub paused_at: Timestamp,
    /// Who paused it, as the audit names them.
    pub paused_by: String,
    pub reason: String,
}

/// All queues that are paused.
pub(crate) async fn list(client: &impl GenericClient) -> Result<Vec<QueuePause>, ServiceError> {
    let pause = |row: &Row| {
        Ok(QueuePause {
            queue: row.try_get("queue")?,
            paused_at: row.get("paused_at"),
            paused_by: row.get("paused_by"),
            reason: row.get("reason"),
        })
    };
    let rows = client.query(LIST, &[]).await?;
    Ok(rows.iter().map(pause).collect::<Result<_, tokio_postgres::Error>>()?)
}

/// Pauses or resumes a queue, and says so in the audit.
pub(crate) async fn command(
    pool: &Pool,
    actor: &Actor,
    queue: WorkQueue,
    command: QueueCommand,
    reason: &AuditReason,
) -> Result<(), ServiceError> {
    let mut client = pool.get().await?;
    let tx = client.transaction().await?;
    let (changed, action, already) = match command {
        QueueCommand::Pause => {
            let pause = tx.execute(INSERT, &[&queue, &actor.to_string(), &reason.as_str()]).await?;
            (pause, AuditAction::QueuePause, "paused already")
        }
        QueueCommand::Resume => {
            (tx.execute(DELETE, &[&queue]).await?, AuditAction::QueueResume, "not paused")
        }
    };
    if changed == 0 {
        return Err(ServiceError::conflict("wrong_state", format!("the queue {queue} is {already}")));
    }
    audit::append(&tx, actor, action, &Subject::Queue(queue.as_str()), reason.as_str()).await?;
    Ok(tx.commit().await?)
}

/// The pauses as they were seen last, for every page to say so without asking the database.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pauses(Arc<RwLock<Vec<QueuePause>>>);

impl Pauses {
    /// The queues that are paused.
    pub(crate) fn now(&self) -> Vec<QueuePause> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Looks until shutdown, whatever servers are unavailable meanwhile.
    pub(crate) async fn watch(self, pool: Pool, shutdown: CancellationToken) {
        while !shutdown.is_cancelled() {
            let seen = async { list(&pool.get().await?).await };
            match seen.await {
                Ok(pauses) => *self.0.write().unwrap_or_else(PoisonError::into_inner) = pauses,
                Err(failure) => tracing::debug!(%failure, "pauses cannot be read"),
            }
            pause(&shutdown, INTERVAL).await;
        }
    }
}
