//! A consumer of outgoing messages: a durable queue on the exchange `sluicegate.out`.

use lapin::options::{BasicGetOptions, ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions};
use lapin::types::{AMQPValue, FieldTable};
use lapin::{Channel, Connection, ConnectionProperties, ExchangeKind};

use crate::System;

/// The queue, bound to every topic.
#[derive(Debug)]
pub struct Subscriber {
    channel: Channel,
    queue: String,
    _connection: Connection,
}

impl Subscriber {
    /// Connects, and declares exchange and queue where they are not there yet.
    pub async fn open(system: &System) -> Subscriber {
        let properties = ConnectionProperties::default();
        let connection =
            Connection::connect(system.amqp_url(), properties).await.expect("the broker is there");
        let channel = connection.create_channel().await.expect("a channel");
        let exchange = format!("{}sluicegate.out", system.prefix());
        let queue = format!("{exchange}.subscriber");
        let durable = ExchangeDeclareOptions { durable: true, ..ExchangeDeclareOptions::default() };
        let none = FieldTable::default;
        channel
            .exchange_declare(exchange.as_str().into(), ExchangeKind::Topic, durable, none())
            .await
            .expect("the exchange");
        let mut quorum = FieldTable::default();
        quorum.insert("x-queue-type".into(), AMQPValue::LongString("quorum".into()));
        let durable = QueueDeclareOptions { durable: true, ..QueueDeclareOptions::default() };
        channel.queue_declare(queue.as_str().into(), durable, quorum).await.expect("the queue");
        let bind = QueueBindOptions::default();
        channel
            .queue_bind(queue.as_str().into(), exchange.as_str().into(), "#".into(), bind, none())
            .await
            .expect("the binding");
        Subscriber { channel, queue, _connection: connection }
    }

    /// Takes every message that waits; their bodies.
    pub async fn drain(&self) -> Vec<Vec<u8>> {
        let mut bodies = Vec::new();
        let take = BasicGetOptions { no_ack: true };
        while let Some(message) =
            self.channel.basic_get(self.queue.as_str().into(), take).await.expect("a message")
        {
            bodies.push(message.delivery.data);
        }
        bodies
    }
}
