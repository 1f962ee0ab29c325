//! The only place that publishes: `Ok` means that the broker has confirmed the message.
//!
//! A few confirm channels, each owned by one task, so that publishes are pipelined and no
//! lock is held while anything waits. The task keeps the order of sending and lapin's numbering of
//! confirms the same, which concurrent calls on one channel would not.
//!
//! It never retries and never answers `Ok` for a message that came back.

use crate::broker::{Broker, BrokerError, Unusable};
use crate::message::{ContentType, Message};
use confirm_channel::{ConfirmChannel, PublishRequest};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::{Semaphore, mpsc, oneshot};

mod confirm_channel;

/// What may be on its way at once, in KiB, messages whose caller gave up included: bounds the
/// memory while a broker accepts messages and confirms none.
const IN_FLIGHT_KIB: usize = 64 * 1024;
const LONGEST_NAME: usize = 255;

/// Why a message does not count as published. It may still have arrived.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PublishError {
    /// There is no connection.
    #[error("the broker is unavailable")]
    Down,
    /// The broker accepts no messages now.
    #[error("the broker blocks publishers (memory or disk alarm)")]
    Blocked,
    /// No queue receives a message with this routing key.
    #[error("no queue receives the message: {code} {text}")]
    Returned {
        /// AMQP's code, 312 for no route.
        code: u16,
        /// The broker's explanation, such as `NO_ROUTE`.
        text: String,
    },
    /// The broker refused the message, for example because the queue is full.
    #[error("the broker refused the message")]
    Nacked,
    /// No confirm within the time-out.
    #[error("no confirm within the time-out")]
    TimedOut,
    /// The channel or the connection ended before the confirm.
    #[error("the channel ended before the confirm: {0}")]
    Closed(String),
    /// The message cannot be sent over AMQP.
    #[error("`{0}` is longer than 255 bytes")]
    TooLong(&'static str),
    /// The message is larger than all that may be on its way at once.
    #[error("the message is too large")]
    TooLarge,
}

impl PublishError {
    /// The label for metrics and error codes.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Down => "broker_down",
            Self::Blocked => "broker_blocked",
            Self::Returned { .. } => "unroutable",
            Self::Nacked => "refused",
            Self::TimedOut => "publish_timeout",
            Self::Closed(_) => "channel_closed",
            Self::TooLong(_) | Self::TooLarge => "unsendable",
        }
    }
}

impl From<Unusable> for PublishError {
    fn from(unusable: Unusable) -> Self {
        match unusable {
            Unusable::Down => Self::Down,
            Unusable::Blocked => Self::Blocked,
        }
    }
}

impl From<BrokerError> for PublishError {
    fn from(error: BrokerError) -> Self {
        match error {
            BrokerError::Unusable(unusable) => unusable.into(),
            other => Self::Closed(service::error::chain(&other)),
        }
    }
}

/// A handle to the confirm channels; clones share them.
#[derive(Clone)]
pub struct Publisher {
    shared: Arc<Shared>,
}

struct Shared {
    broker: Broker,
    channels: Vec<mpsc::UnboundedSender<PublishRequest>>,
    next: AtomicUsize,
    memory: Arc<Semaphore>,
    timeout: Duration,
}

impl Publisher {
    /// Starts `channels` confirm channels on the broker's connection. Call it within a tokio runtime.
    pub fn new(broker: Broker, channels: usize, timeout: Duration) -> Self {
        let channels = (0..channels.max(1))
            .map(|_| {
                // Unbounded in count, bounded in bytes by `memory`.
                let (sender, requests) = mpsc::unbounded_channel();
                tokio::spawn(ConfirmChannel::new(broker.clone()).run(requests));
                sender
            })
            .collect();
        let memory = Arc::new(Semaphore::new(IN_FLIGHT_KIB));
        Self { shared: Arc::new(Shared { broker, channels, next: AtomicUsize::new(0), memory, timeout }) }
    }

    /// Publishes JSON persistent and `mandatory`, and waits for the confirm.
    pub async fn publish(&self, message: Message) -> Result<(), PublishError> {
        self.publish_as(ContentType::Json, message).await
    }

    /// The same with a body of another kind.
    pub async fn publish_as(&self, content_type: ContentType, message: Message) -> Result<(), PublishError> {
        check(&message)?;
        self.shared.broker.usable()?;
        match tokio::time::timeout(self.shared.timeout, self.confirmed(content_type, message)).await {
            Ok(result) => result,
            Err(_) => {
                Err(self.shared.broker.usable().err().map_or(PublishError::TimedOut, PublishError::from))
            }
        }
    }

    async fn confirmed(&self, content_type: ContentType, message: Message) -> Result<(), PublishError> {
        let kib = u32::try_from(message.body.len() / 1024 + 1).unwrap_or(u32::MAX);
        if kib as usize > IN_FLIGHT_KIB {
            return Err(PublishError::TooLarge);
        }
        let ended = || PublishError::Closed("the publisher has ended".to_owned());
        let memory = Arc::clone(&self.shared.memory).acquire_many_owned(kib).await.map_err(|_| ended())?;
        let (reply, confirmed) = oneshot::channel();
        let channel = self.shared.next.fetch_add(1, Ordering::Relaxed) % self.shared.channels.len();
        self.shared.channels[channel]
            .send(PublishRequest { content_type, message, reply, memory })
            .map_err(|_| ended())?;
        confirmed.await.unwrap_or_else(|_| Err(ended()))
    }
}

/// What AMQP holds in short strings.
fn check(message: &Message) -> Result<(), PublishError> {
    for (name, value) in [
        ("exchange", &message.exchange),
        ("routing_key", &message.routing_key),
        ("message_id", &message.message_id),
        ("type", &message.kind),
    ] {
        if value.len() > LONGEST_NAME {
            return Err(PublishError::TooLong(name));
        }
    }
    Ok(())
}
