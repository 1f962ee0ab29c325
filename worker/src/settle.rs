//! Applies the disposition of each delivery at the broker, after the commit. The only place that acknowledges.
//!
//! A retry or a dead letter is published and confirmed first, then the delivery is acknowledged: a crash
//! in between doubles a message, which the claim makes harmless, and never loses one.

use std::time::{Duration, Instant};

use amqp::message::{self, EventHeaders, Message};
use amqp::publisher::{PublishError, Publisher};
use amqp::topology::Topology;
use futures_util::future::join_all;
use jiff::Timestamp;
use lapin::message::Delivery;
use lapin::options::BasicAckOptions;
use service::backoff::Backoff;
use thiserror::Error;
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

use crate::process::{Disposition, InboundEvent};
use crate::spans;
use domain::rejection::Rejection;

/// A delivery could not be settled; the broker will deliver it again.
#[derive(Debug, Error)]
pub enum SettleError {
    /// The retry or the dead letter was not confirmed.
    #[error("a retry or dead letter was not confirmed")]
    Publish(#[from] PublishError),
    /// Shutdown was requested meanwhile.
    #[error("the worker shut down before a retry or dead letter was confirmed")]
    Shutdown,
    /// The channel is gone.
    #[error("a delivery could not be acknowledged")]
    Acknowledge(#[from] lapin::Error),
}

/// How long a delivery is held while a retry or dead letter cannot be published: less than the broker's
/// `consumer_timeout` (30 minutes). Giving it back sooner would only count up its deliveries.
const HOLD: Duration = Duration::from_secs(10 * 60);

/// Where retries and dead letters are published.
#[derive(Clone)]
pub struct Settler {
    /// Confirmed publishing, on a connection of its own: a broker in alarm blocks connections that
    /// publish, and acknowledgements must still get through.
    pub publisher: Publisher,
    pub topology: Topology,
}

impl Settler {
    /// Settles a batch: all publishes in flight at once, each followed by its acknowledgement. With nothing to
    /// publish, and nothing older held on the channel (`oldest`), one acknowledgement covers the whole batch:
    /// to the broker and to us one for each costs more than the delivery did.
    ///
    /// # Errors
    /// The first [`SettleError`]; what could be settled has been.
    pub async fn settle(
        &self,
        deliveries: &[Delivery],
        events: &[InboundEvent],
        dispositions: &[Disposition],
        oldest: bool,
        shutdown: &CancellationToken,
    ) -> Result<(), SettleError> {
        if oldest && dispositions.iter().all(needs_no_message) {
            return match deliveries.iter().max_by_key(|delivery| delivery.delivery_tag) {
                Some(newest) => acknowledge(newest, UpTo::AndAllBefore).await,
                None => Ok(()),
            };
        }
        let settling = deliveries.iter().zip(events).zip(dispositions).map(
            |((delivery, event), disposition)| async move {
                if let Some(message) = self.message(delivery, event, disposition) {
                    self.publish(message, shutdown).instrument(spans::inbound(event)).await?;
                }
                acknowledge(delivery, UpTo::Alone).await
            },
        );
        join_all(settling).await.into_iter().collect()
    }

    /// Publishes, and waits out a broker that is unavailable, blocked or slow.
    async fn publish(&self, message: Message, shutdown: &CancellationToken) -> Result<(), SettleError> {
        let began = Instant::now();
        let mut backoff = Backoff::default();
        loop {
            match self.publisher.publish(message.clone()).await {
                Ok(()) => return Ok(()),
                Err(error) if began.elapsed() > HOLD => return Err(error.into()),
                Err(error) => tracing::warn!(%error, "a retry or dead letter is not confirmed yet; waiting"),
            }
            if backoff.wait(shutdown).await.is_break() {
                return Err(SettleError::Shutdown);
            }
        }
    }

    fn message(
        &self,
        delivery: &Delivery,
        event: &InboundEvent,
        disposition: &Disposition,
    ) -> Option<Message> {
        let (exchange, headers) = match disposition {
            Disposition::Retry { delay, attempt, .. } => {
                let headers = EventHeaders { attempt: *attempt, ..headers_after_failure(event) };
                (self.topology.retry_exchange(*delay), headers.to_table())
            }
            Disposition::DeadLetter(rejection) => {
                (self.topology.dead_exchange(), dead_headers(event, rejection))
            }
            Disposition::Ack(_) => return None,
        };
        let property = |value: &Option<lapin::types::ShortString>| {
            value.as_ref().map(|value| value.as_str().to_owned()).unwrap_or_default()
        };
        Some(Message {
            exchange,
            routing_key: event.kind().map_or_else(|| delivery.routing_key.as_str().to_owned(), str::to_owned),
            message_id: event.id().map_or_else(|| property(delivery.properties.message_id()), str::to_owned),
            kind: event.kind().map_or_else(|| property(delivery.properties.kind()), str::to_owned),
            headers,
            body: event.body.clone(),
        })
    }
}

fn headers_after_failure(event: &InboundEvent) -> EventHeaders {
    let first = event.headers.first_failed_at.unwrap_or_else(Timestamp::now);
    EventHeaders { first_failed_at: Some(first), ..event.headers.clone() }
}

fn dead_headers(event: &InboundEvent, rejection: &Rejection) -> lapin::types::FieldTable {
    let mut headers = headers_after_failure(event).to_table();
    message::insert_text(&mut headers, message::REASON, rejection.reason().as_str());
    message::insert_text(&mut headers, message::ERROR, &rejection.to_string());
    headers
}

const fn needs_no_message(disposition: &Disposition) -> bool {
    matches!(disposition, Disposition::Ack(_))
}

/// What an acknowledgement covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum UpTo {
    Alone,
    /// A delivery and all that the channel was handed before it.
    AndAllBefore,
}

#[expect(clippy::disallowed_methods, reason = "this is the one place that acknowledges")]
async fn acknowledge(delivery: &Delivery, up_to: UpTo) -> Result<(), SettleError> {
    let options = BasicAckOptions { multiple: up_to == UpTo::AndAllBefore };
    delivery.acker.ack(options).await?;
    Ok(())
}
