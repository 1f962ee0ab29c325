//! The one consumer of the dead queue: every dead letter becomes a row, and is acknowledged only after
//! the commit. While PostgreSQL is unavailable it keeps what it holds and the rest waits in the queue.
//! Must never drop a dead letter: a row that PostgreSQL refuses is stored in a simpler form, and what it refuses in
//! every form is set aside, unacknowledged, so that nothing waits behind it.

use std::collections::VecDeque;
use std::time::Duration;

use amqp::broker::{Broker, BrokerError};
use amqp::topology::{Queue, Topology};
use deadpool_postgres::Pool;
use futures_util::StreamExt;
use lapin::message::Delivery;
use lapin::options::{BasicAckOptions, BasicConsumeOptions, BasicQosOptions};
use lapin::types::FieldTable;
use service::error::chain;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::common::pause::pause;
use crate::dead_letters::keep::{Keeper, Kept};

/// Dead letters held unacknowledged at most; each may have a body of megabytes.
const PREFETCH: u16 = 8;
/// How many of those may be set aside; one more waits as if the database were unavailable.
const MAX_SET_ASIDE: usize = 6;
/// How often what was set aside is tried again. Much less than the broker's time-out for consumers, 30 minutes.
const TRY_AGAIN: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_secs(1);

/// What the consumer needs.
#[derive(Clone)]
pub(crate) struct DeadLetterConsumer {
    pub(crate) broker: Broker,
    /// Names of the queues.
    pub(crate) topology: Topology,
    pub(crate) pool: Pool,
}

#[derive(Debug, thiserror::Error)]
enum ConsumerError {
    #[error(transparent)]
    Broker(#[from] BrokerError),
    #[error(transparent)]
    Channel(#[from] lapin::Error),
    #[error("the broker ended the consumer")]
    Ended,
}

impl DeadLetterConsumer {
    /// Consumes until shutdown, through every loss of the broker and the database.
    pub(crate) async fn run(self, shutdown: CancellationToken) {
        while !shutdown.is_cancelled() {
            let result = tokio::select! {
                () = shutdown.cancelled() => return,
                result = self.consume(&shutdown) => result,
            };
            if let Err(reason) = result {
                warn!(reason = chain(&reason), "dead-letter consumer interrupted; restarting");
                pause(&shutdown, PAUSE).await;
            }
        }
    }

    async fn consume(&self, shutdown: &CancellationToken) -> Result<(), ConsumerError> {
        self.broker.until_usable().await;
        let channel = self.broker.channel().await?;
        channel.basic_qos(PREFETCH, BasicQosOptions::default()).await?;
        let queue = self.topology.queue(Queue::Dead);
        // Acknowledged by hand; not exclusive, so that a second console takes over when this one ends.
        let options = BasicConsumeOptions::default();
        let tag = "sluicegate-dead-letters";
        let mut consumer =
            channel.basic_consume(queue.as_str().into(), tag.into(), options, FieldTable::default()).await?;
        info!(queue, "storing dead letters");
        let keeper = Keeper { pool: self.pool.clone() };
        let mut aside: VecDeque<Delivery> = VecDeque::new();
        let mut again = tokio::time::interval(TRY_AGAIN);
        loop {
            let mut delivery = tokio::select! {
                next = consumer.next() => next.ok_or(ConsumerError::Ended)??,
                _ = again.tick(), if !aside.is_empty() => {
                    let Some(oldest) = aside.pop_front() else { continue };
                    oldest
                }
            };
            let may_set_aside = aside.len() < MAX_SET_ASIDE;
            match keeper.keep(&mut delivery, may_set_aside, shutdown).await {
                Kept::Stored => settle(&delivery).await?,
                Kept::SetAside => aside.push_back(delivery),
                Kept::ShuttingDown => return Ok(()),
            }
            metrics::gauge!("sluicegate_dead_letters_set_aside").set(u32::try_from(aside.len()).unwrap_or(0));
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the dead-letter consumer acknowledges what it has committed")]
async fn settle(delivery: &Delivery) -> Result<(), lapin::Error> {
    delivery.acker.ack(BasicAckOptions::default()).await.map(|_| ())
}
