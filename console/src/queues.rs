//! What the broker says about its queues. Passive declares tell what is ready and who consumes; more
//! needs RabbitMQ's management, which need not be there. Must never create or change a queue.

use std::collections::HashMap;
use std::time::Duration;

use lapin::options::QueueDeclareOptions;
use lapin::types::FieldTable;
use serde::Serialize;
use shared::broker::Broker;
use shared::topology::{Queue, Topology};
use utoipa::ToSchema;

use crate::failure::Failure;
use crate::management::Management;

const PATIENCE: Duration = Duration::from_secs(1);

/// One queue of the broker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct QueueState {
    /// Its name.
    pub name: String,
    /// `work`, `retry` or `dead`.
    pub kind: &'static str,
    /// Messages waiting.
    pub ready: u32,
    /// Messages that consumers hold; known only where RabbitMQ's management answers.
    pub unacknowledged: Option<u64>,
    /// Who consumes.
    pub consumers: u32,
}

/// All queues: work, dead letters, retries.
pub async fn list(
    broker: &Broker,
    topology: &Topology,
    management: Option<&Management>,
) -> Result<Vec<QueueState>, Failure> {
    let held = match management {
        Some(management) => management.unacknowledged().await,
        None => HashMap::new(),
    };
    let away = |e: &dyn std::fmt::Display| Failure::Unavailable(format!("the broker cannot be asked: {e}"));
    // A connection that is just being made is waited for, one that is gone not for long.
    if tokio::time::timeout(PATIENCE, broker.until_usable()).await.is_err() {
        let why = broker.explain().err().unwrap_or_else(|| "the broker does not answer".to_owned());
        return Err(Failure::Unavailable(why));
    }
    let channel = broker.channel().await.map_err(|e| away(&e))?;
    let mut found = Vec::new();
    for (kind, name) in names(topology) {
        // Passive: asks, and is an error where it does not exist.
        let options = QueueDeclareOptions { passive: true, ..QueueDeclareOptions::default() };
        let asked = channel.queue_declare(name.as_str().into(), options, FieldTable::default()).await;
        let queue = asked.map_err(|e| away(&e))?;
        found.push(QueueState {
            unacknowledged: held.get(&name).copied(),
            name,
            kind,
            ready: queue.message_count(),
            consumers: queue.consumer_count(),
        });
    }
    if let Err(error) = channel.close(200, "done".into()).await {
        tracing::debug!(%error, "the channel was closed already");
    }
    Ok(found)
}

/// Every queue of this topology, with its kind.
pub fn names(topology: &Topology) -> Vec<(&'static str, String)> {
    let work = [Queue::Fulfillment, Queue::Subscription, Queue::Refund];
    let mut names: Vec<_> = work.iter().map(|q| ("work", topology.queue(*q))).collect();
    names.push(("dead", topology.queue(Queue::Dead)));
    names.extend(topology.retry.iter().map(|delay| ("retry", topology.retry_queue(*delay))));
    names
}
