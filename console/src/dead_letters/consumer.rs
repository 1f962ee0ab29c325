//! The one consumer of the dead queue: every dead letter becomes a row, and is acknowledged only after
//! the commit. While PostgreSQL is unavailable it keeps what it holds and the rest waits in the queue.
//! Must never drop a dead letter: a row that PostgreSQL refuses is stored in a simpler form.

use std::time::Duration;

use amqp::broker::{Broker, BrokerError};
use amqp::topology::{Queue, Topology};
use deadpool_postgres::Pool;
use futures_util::StreamExt;
use jiff::Timestamp;
use lapin::message::Delivery;
use lapin::options::{BasicAckOptions, BasicConsumeOptions, BasicQosOptions};
use lapin::types::FieldTable;
use service::error::chain;
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use crate::common::error::ServiceError;
use crate::common::pause::pause;
use crate::dead_letters::message::{DeadMessage, NewDeadLetter};
use crate::dead_letters::store as dead_letters;

/// Dead letters held unacknowledged at most.
const PREFETCH: u16 = 64;
const PAUSE: Duration = Duration::from_secs(1);
const MAX_PAUSE: Duration = Duration::from_secs(30);

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
        while let Some(delivery) = consumer.next().await {
            let delivery = delivery?;
            if !self.store(&delivery, shutdown).await {
                return Ok(());
            }
            settle(&delivery).await?;
        }
        Err(ConsumerError::Ended)
    }

    /// Stores one dead letter, waiting for the database as long as it takes; false when asked to stop meanwhile.
    async fn store(&self, delivery: &Delivery, shutdown: &CancellationToken) -> bool {
        let mut dead_letter = read(delivery);
        let mut delay = PAUSE;
        loop {
            match self.commit(&dead_letter).await {
                Ok(new) => {
                    if new {
                        metrics::counter!("sluicegate_dead_letters_total", "reason" => dead_letter.reason.clone())
                            .increment(1);
                        info!(
                            event = dead_letter.event_id,
                            reason = dead_letter.reason,
                            error = dead_letter.error,
                            "dead letter"
                        );
                    }
                    return true;
                }
                Err(ServiceError::Invalid { message: error, .. })
                    if dead_letter.envelope.is_some() || !dead_letter.refs.is_empty() =>
                {
                    error!(
                        event = dead_letter.event_id,
                        error, "a dead letter is stored without its envelope and references"
                    );
                    dead_letter.envelope = None;
                    dead_letter.refs.clear();
                }
                Err(error) => {
                    warn!(event = dead_letter.event_id, %error, "database unavailable; the dead letter waits");
                    pause(shutdown, delay).await;
                    delay = (delay * 2).min(MAX_PAUSE);
                }
            }
            if shutdown.is_cancelled() {
                return false;
            }
        }
    }

    async fn commit(&self, dead_letter: &NewDeadLetter) -> Result<bool, ServiceError> {
        let mut client = self.pool.get().await?;
        let tx = client.transaction().await?;
        let now = Timestamp::now();
        if dead_letter.by_broker {
            dead_letters::record_event(&tx, dead_letter, now).await?;
        }
        let new = dead_letters::store(&tx, dead_letter, now).await?;
        tx.commit().await?;
        Ok(new)
    }
}

fn read(delivery: &Delivery) -> NewDeadLetter {
    let none = FieldTable::default();
    let properties = &delivery.properties;
    let received = DeadMessage {
        body: &delivery.data,
        headers: properties.headers().as_ref().unwrap_or(&none),
        message_id: properties.message_id().as_ref().map(|id| id.as_str()),
        kind: properties.kind().as_ref().map(|kind| kind.as_str()),
        redelivered: delivery.redelivered,
    };
    NewDeadLetter::read(&received, Timestamp::now())
}

#[expect(clippy::disallowed_methods, reason = "the dead-letter consumer acknowledges what it has committed")]
async fn settle(delivery: &Delivery) -> Result<(), lapin::Error> {
    delivery.acker.ack(BasicAckOptions::default()).await.map(|_| ())
}
