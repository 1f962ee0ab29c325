//! Declaring the exchanges and queues.
//!
//! Every process declares all of it at start and after each reconnect; declaring what exists is
//! free. Nothing here ever deletes or changes what exists with other arguments: that is an error
//! which names the queue and the argument, for a person to decide.
//!
//! A process whose broker user may not declare (RabbitMQ's `configure` permission) only looks whether
//! everything exists; `sluicegate topology` declared it before, as a user that may.

use std::time::Duration;

use lapin::options::{ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions};
use lapin::types::{AMQPValue, FieldTable};
use lapin::{Channel, ExchangeKind};

use super::{Queue, Topology, TopologyError};

/// How often RabbitMQ redelivers one message before it goes to the dead letters: an event that
/// kills every worker that touches it must not do so for ever.
const DELIVERY_LIMIT: i64 = 20;
/// "No limit" on every supported version: 3.10 refuses -1, and 4.x takes 20 where nothing is set,
/// which would drop dead letters that the console could not store yet.
const NO_DELIVERY_LIMIT: i64 = i32::MAX as i64;

/// Reports on refused deliveries that wait for a console at most: a quarter of an hour of one reason at one endpoint.
const MOST_REPORTS: i64 = 1000;

impl Topology {
    /// Declares everything. Ends with the channel closed by the broker when something exists with
    /// other arguments, so give it a channel of its own.
    pub async fn declare(&self, channel: &Channel) -> Result<(), TopologyError> {
        self.apply(&Declare { channel, passive: false }).await
    }

    /// Looks whether every exchange and queue exists; their arguments and bindings are not compared, because RabbitMQ
    /// shows them only to those who may declare. Ends with the channel closed when something is missing.
    pub async fn check(&self, channel: &Channel) -> Result<(), TopologyError> {
        self.apply(&Declare { channel, passive: true }).await
    }

    async fn apply(&self, declare: &Declare<'_>) -> Result<(), TopologyError> {
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
        declare.exchange(&self.rejected_exchange(), ExchangeKind::Fanout, FieldTable::default()).await?;
        declare.queue(&self.rejected_queue(), diagnostics()).await?;
        declare.bind(&self.rejected_queue(), &self.rejected_exchange(), "").await?;
        for delay in &self.retry {
            self.declare_retry(declare, *delay).await?;
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

fn quorum(delivery_limit: i64) -> FieldTable {
    let mut arguments = FieldTable::default();
    set(&mut arguments, "x-queue-type", text("quorum"));
    set(&mut arguments, "x-delivery-limit", AMQPValue::LongLongInt(delivery_limit));
    arguments
}

/// Reports that help to find a fault and that nobody must wait for: the oldest go when the queue is full.
fn diagnostics() -> FieldTable {
    let mut arguments = quorum(NO_DELIVERY_LIMIT);
    set(&mut arguments, "x-max-length", AMQPValue::LongLongInt(MOST_REPORTS));
    set(&mut arguments, "x-overflow", text("drop-head"));
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
    /// Only look whether it exists.
    passive: bool,
}

impl Declare<'_> {
    async fn exchange(&self, name: &str, kind: ExchangeKind, args: FieldTable) -> Result<(), TopologyError> {
        let options = ExchangeDeclareOptions { durable: true, passive: self.passive, ..Default::default() };
        self.channel
            .exchange_declare(name.into(), kind, options, args)
            .await
            .map_err(|error| explain(&format!("exchange {name}"), error))
    }

    async fn queue(&self, name: &str, args: FieldTable) -> Result<(), TopologyError> {
        let options = QueueDeclareOptions { durable: true, passive: self.passive, ..Default::default() };
        self.channel
            .queue_declare(name.into(), options, args)
            .await
            .map(drop)
            .map_err(|error| explain(&format!("queue {name}"), error))
    }

    async fn bind(&self, queue: &str, exchange: &str, key: &str) -> Result<(), TopologyError> {
        if self.passive {
            return Ok(());
        }
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

/// Reply codes of AMQP 0-9-1.
const ACCESS_REFUSED: u16 = 403;
const NOT_FOUND: u16 = 404;
const PRECONDITION_FAILED: u16 = 406;

/// RabbitMQ says `PRECONDITION_FAILED - inequivalent arg 'x-message-ttl' for queue 'retry.10s' …`.
fn explain(what: &str, error: lapin::Error) -> TopologyError {
    let what = what.to_owned();
    let lapin::ErrorKind::ProtocolError(amqp) = error.kind() else {
        return TopologyError::Broker { what, source: error };
    };
    match amqp.get_id() {
        PRECONDITION_FAILED => mismatch(what, amqp.get_message().to_string()),
        ACCESS_REFUSED => TopologyError::Refused { what, detail: amqp.get_message().to_string() },
        NOT_FOUND => TopologyError::Missing { what },
        _ => TopologyError::Broker { what, source: error },
    }
}

fn mismatch(what: String, detail: String) -> TopologyError {
    let argument = detail.split('\'').nth(1).filter(|_| detail.contains("inequivalent arg"));
    TopologyError::Mismatch { what, argument: argument.unwrap_or("argument").to_owned(), detail }
}
