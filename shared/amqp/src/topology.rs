//! The exchanges and queues, and the one function that declares them.
//!
//! Every process declares all of it at start and after each reconnect; declaring what exists is
//! free. Nothing here ever deletes or changes what exists with other arguments: that is an error
//! which names the queue and the argument, for a person to decide.

use lapin::options::{ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions};
use lapin::types::{AMQPValue, FieldTable};
use lapin::{Channel, ExchangeKind};
use std::time::Duration;

/// How often RabbitMQ redelivers one message before it goes to the dead letters: an event that
/// kills every worker that touches it must not do so for ever.
const DELIVERY_LIMIT: i64 = 20;
/// "No limit" on every supported version: 3.10 refuses -1, and 4.x takes 20 where nothing is set,
/// which would drop dead letters that the console could not store yet.
const NO_DELIVERY_LIMIT: i64 = i32::MAX as i64;

const SUBSCRIPTION_KEYS: [&str; 3] = ["customer.subscription.#", "invoice.#", "invoice_payment.#"];
const REFUND_KEYS: [&str; 4] = ["charge.refunded", "charge.refund.#", "refund.#", "charge.dispute.#"];

/// A queue that somebody consumes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Queue {
    /// Everything that no other queue receives.
    Fulfillment,
    /// Subscriptions and invoices.
    Subscription,
    /// Refunds and disputes.
    Refund,
    /// What could not be processed, for the console.
    Dead,
}

impl Queue {
    /// Every queue that somebody consumes.
    pub const ALL: [Self; 4] = [Self::Fulfillment, Self::Subscription, Self::Refund, Self::Dead];

    /// Its name without the prefix.
    pub fn name(self) -> &'static str {
        match self {
            Self::Fulfillment => "fulfillment",
            Self::Subscription => "subscription",
            Self::Refund => "refund",
            Self::Dead => "dead",
        }
    }

    fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Subscription => &SUBSCRIPTION_KEYS,
            Self::Refund => &REFUND_KEYS,
            Self::Fulfillment | Self::Dead => &[],
        }
    }
}

/// The names of everything, under a prefix, with one retry queue for each delay.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Topology {
    /// Put before every name: empty in production, one for each test (`AMQP_PREFIX`).
    pub prefix: String,
    /// The delays of the retry schedule.
    pub retry: Vec<Duration>,
}

/// Why the exchanges and queues are not as they must be.
#[derive(Debug, thiserror::Error)]
pub enum TopologyError {
    /// It exists with another argument.
    #[error(
        "{what} exists with another {argument} than this version needs ({detail}); \
         delete it when it is empty, or give this process the settings it was made with"
    )]
    Mismatch {
        /// The queue or exchange, by name.
        what: String,
        /// The argument that differs.
        argument: String,
        /// The broker's message.
        detail: String,
    },
    /// The broker refused, or was lost on the way.
    #[error("cannot declare {what}: {source}")]
    Broker {
        /// What was being declared.
        what: String,
        /// The error of the connection.
        source: lapin::Error,
    },
}

impl Topology {
    /// The topic exchange that events are published to, keyed by their type.
    pub fn events_exchange(&self) -> String {
        self.named("stripe.events")
    }

    /// Where events go that match no binding.
    pub fn unrouted_exchange(&self) -> String {
        self.named("stripe.unrouted")
    }

    /// The exchange that holds an event back for `delay`.
    pub fn retry_exchange(&self, delay: Duration) -> String {
        self.named(&format!("stripe.retry.{}", label(delay)))
    }

    /// The queue behind [`Self::retry_exchange`].
    pub fn retry_queue(&self, delay: Duration) -> String {
        self.named(&format!("retry.{}", label(delay)))
    }

    /// The exchange of dead letters.
    pub fn dead_exchange(&self) -> String {
        self.named("stripe.dead")
    }

    /// The topic exchange of messages to the company's own services.
    pub fn out_exchange(&self) -> String {
        self.named("sluicegate.out")
    }

    /// A queue's full name.
    pub fn queue(&self, queue: Queue) -> String {
        self.named(queue.name())
    }

    fn named(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }

    /// Declares everything. Ends with the channel closed by the broker when something exists with
    /// other arguments, so give it a channel of its own.
    pub async fn declare(&self, channel: &Channel) -> Result<(), TopologyError> {
        let declare = Declare { channel };
        let mut alternate = FieldTable::default();
        set(&mut alternate, "alternate-exchange", text(&self.unrouted_exchange()));
        declare.exchange(&self.unrouted_exchange(), ExchangeKind::Fanout, FieldTable::default()).await?;
        declare.exchange(&self.events_exchange(), ExchangeKind::Topic, alternate).await?;
        declare.exchange(&self.dead_exchange(), ExchangeKind::Fanout, FieldTable::default()).await?;
        declare.exchange(&self.out_exchange(), ExchangeKind::Topic, FieldTable::default()).await?;
        for queue in [Queue::Fulfillment, Queue::Subscription, Queue::Refund] {
            let arguments = self.dead_lettering(&self.dead_exchange(), DELIVERY_LIMIT);
            declare.queue(&self.queue(queue), arguments).await?;
            for key in queue.keys() {
                declare.bind(&self.queue(queue), &self.events_exchange(), key).await?;
            }
        }
        declare.bind(&self.queue(Queue::Fulfillment), &self.unrouted_exchange(), "").await?;
        declare.queue(&self.queue(Queue::Dead), quorum(NO_DELIVERY_LIMIT)).await?;
        declare.bind(&self.queue(Queue::Dead), &self.dead_exchange(), "").await?;
        for delay in &self.retry {
            self.declare_retry(&declare, *delay).await?;
        }
        Ok(())
    }

    /// A queue for each delay, with the time-to-live on the queue: a message's own time-to-live
    /// waits behind the head of the queue. The routing key survives on the way back.
    async fn declare_retry(&self, declare: &Declare<'_>, delay: Duration) -> Result<(), TopologyError> {
        let (exchange, queue) = (self.retry_exchange(delay), self.retry_queue(delay));
        let mut arguments = self.dead_lettering(&self.events_exchange(), NO_DELIVERY_LIMIT);
        let ttl = i64::try_from(delay.as_millis()).unwrap_or(i64::MAX);
        set(&mut arguments, "x-message-ttl", AMQPValue::LongLongInt(ttl));
        declare.exchange(&exchange, ExchangeKind::Fanout, FieldTable::default()).await?;
        declare.queue(&queue, arguments).await?;
        declare.bind(&queue, &exchange, "").await
    }

    /// At-least-once dead-lettering needs reject-publish: a full target must push back, not drop.
    fn dead_lettering(&self, exchange: &str, limit: i64) -> FieldTable {
        let mut arguments = quorum(limit);
        set(&mut arguments, "x-dead-letter-exchange", text(exchange));
        set(&mut arguments, "x-dead-letter-strategy", text("at-least-once"));
        set(&mut arguments, "x-overflow", text("reject-publish"));
        arguments
    }
}

/// A delay as names and settings write it: `10s`, `1m`, `1h30m`.
pub fn label(delay: Duration) -> String {
    humantime::format_duration(delay).to_string().replace(' ', "")
}

fn quorum(delivery_limit: i64) -> FieldTable {
    let mut arguments = FieldTable::default();
    set(&mut arguments, "x-queue-type", text("quorum"));
    set(&mut arguments, "x-delivery-limit", AMQPValue::LongLongInt(delivery_limit));
    arguments
}

fn set(arguments: &mut FieldTable, name: &'static str, value: AMQPValue) {
    arguments.insert(name.into(), value);
}

fn text(value: &str) -> AMQPValue {
    AMQPValue::LongString(value.into())
}

struct Declare<'a> {
    channel: &'a Channel,
}

impl Declare<'_> {
    async fn exchange(&self, name: &str, kind: ExchangeKind, args: FieldTable) -> Result<(), TopologyError> {
        let options = ExchangeDeclareOptions { durable: true, ..Default::default() };
        self.channel
            .exchange_declare(name.into(), kind, options, args)
            .await
            .map_err(|error| explain(&format!("exchange {name}"), error))
    }

    async fn queue(&self, name: &str, args: FieldTable) -> Result<(), TopologyError> {
        let options = QueueDeclareOptions { durable: true, ..Default::default() };
        self.channel
            .queue_declare(name.into(), options, args)
            .await
            .map(drop)
            .map_err(|error| explain(&format!("queue {name}"), error))
    }

    async fn bind(&self, queue: &str, exchange: &str, key: &str) -> Result<(), TopologyError> {
        self.channel
            .queue_bind(
                queue.into(),
                exchange.into(),
                key.into(),
                QueueBindOptions::default(),
                FieldTable::default(),
            )
            .await
            .map_err(|error| explain(&format!("the binding {exchange} -> {queue}"), error))
    }
}

const PRECONDITION_FAILED: u16 = 406;

/// RabbitMQ says `PRECONDITION_FAILED - inequivalent arg 'x-message-ttl' for queue 'retry.10s' …`.
fn explain(what: &str, error: lapin::Error) -> TopologyError {
    let detail = match error.kind() {
        lapin::ErrorKind::ProtocolError(amqp) if amqp.get_id() == PRECONDITION_FAILED => {
            amqp.get_message().to_string()
        }
        _ => return TopologyError::Broker { what: what.to_owned(), source: error },
    };
    let argument = detail.split('\'').nth(1).filter(|_| detail.contains("inequivalent arg"));
    TopologyError::Mismatch {
        what: what.to_owned(),
        argument: argument.unwrap_or("argument").to_owned(),
        detail,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_carry_the_prefix_and_the_delay() {
        let topology = Topology { prefix: "t1.".to_owned(), retry: vec![Duration::from_secs(600)] };
        assert_eq!(topology.events_exchange(), "t1.stripe.events");
        assert_eq!(topology.queue(Queue::Dead), "t1.dead");
        assert_eq!(topology.retry_exchange(Duration::from_secs(600)), "t1.stripe.retry.10m");
        assert_eq!(Topology::default().retry_queue(Duration::from_secs(90)), "retry.1m30s");
        assert_eq!(label(Duration::from_millis(250)), "250ms");
    }
}
