//! A running worker on queues and a database of a test's own.

use std::time::{Duration, Instant};

use amqp::broker::{Broker, BrokerSettings};
use amqp::message::{EventHeaders, Message};
use amqp::publisher::Publisher;
use amqp::topology::{Queue, Topology};
use domain::rules::Rules;
use lapin::Channel;
use lapin::message::Delivery;
use lapin::options::{BasicGetOptions, QueueBindOptions, QueueDeclareOptions, QueueDeleteOptions};
use lapin::types::{AMQPValue, FieldTable};
use secrecy::SecretString;
use service::telemetry::LogFormat;
use tokio_util::sync::CancellationToken;
use worker::relay::OutWebhooks;
use worker::settings::Settings;

use crate::database::PATIENCE;

/// Queues that no other test has.
#[derive(Clone)]
pub(crate) struct Queues {
    broker: Broker,
    publisher: Publisher,
    amqp_url: SecretString,
}

impl Queues {
    pub(crate) async fn new() -> Self {
        let amqp_url = SecretString::from(simulator::servers::amqp_url().unwrap());
        let settings = BrokerSettings {
            amqp_url: amqp_url.clone(),
            topology: Topology { prefix: simulator::servers::test_prefix(), retry: Vec::new() },
            name: "worker test".to_owned(),
        };
        let broker = Broker::start(settings, CancellationToken::new());
        broker.until_usable().await;
        let publisher = Publisher::new(broker.clone(), 2, Duration::from_secs(30));
        Self { broker, publisher, amqp_url }
    }

    /// Publishes an event to whom it may concern.
    pub(crate) async fn publish(&self, id: &str, kind: &str, body: Vec<u8>) {
        self.publish_with(id, kind, EventHeaders::received(jiff::Timestamp::now()), body).await;
    }

    /// The same with headers of one's own.
    pub(crate) async fn publish_with(&self, id: &str, kind: &str, headers: EventHeaders, body: Vec<u8>) {
        let message = Message {
            exchange: self.broker.topology().events_exchange(),
            routing_key: kind.to_owned(),
            message_id: id.to_owned(),
            kind: kind.to_owned(),
            headers: headers.to_table(),
            body,
        };
        self.publisher.publish(message).await.unwrap();
    }

    /// Waits for a message and takes it.
    pub(crate) async fn take(&self, queue: Queue) -> Delivery {
        self.get(&self.broker.channel().await.unwrap(), queue, true).await
    }

    /// Waits for a message and gives it back, as a worker that crashes does.
    pub(crate) async fn requeue(&self, queue: Queue) {
        let channel = self.broker.channel().await.unwrap();
        self.get(&channel, queue, false).await;
        channel.close(200, "gives it back".into()).await.unwrap();
    }

    async fn get(&self, channel: &Channel, queue: Queue, no_ack: bool) -> Delivery {
        get(channel, &self.broker.topology().queue(queue), no_ack).await
    }

    /// Binds a queue to the outgoing exchange.
    pub(crate) async fn subscribe(&self, topics: &str) -> Subscriber {
        self.bind(topics, FieldTable::default()).await
    }

    /// The same with a queue that refuses what it has no room for.
    pub(crate) async fn subscribe_with_room_for(&self, topics: &str, messages: i64) -> Subscriber {
        let mut arguments = FieldTable::default();
        arguments.insert("x-max-length".into(), AMQPValue::LongLongInt(messages));
        arguments.insert("x-overflow".into(), AMQPValue::LongString("reject-publish".into()));
        self.bind(topics, arguments).await
    }

    async fn bind(&self, topics: &str, arguments: FieldTable) -> Subscriber {
        let channel = self.broker.channel().await.unwrap();
        let exchange = self.broker.topology().out_exchange();
        let queue = format!("{exchange}.subscriber");
        let options = QueueDeclareOptions { exclusive: true, ..Default::default() };
        channel.queue_declare(queue.as_str().into(), options, arguments).await.unwrap();
        let (bind, none) = (QueueBindOptions::default(), FieldTable::default());
        channel.queue_bind(queue.as_str().into(), exchange.into(), topics.into(), bind, none).await.unwrap();
        Subscriber { channel, queue }
    }

    /// The settings of a worker with one consumer on these queues.
    pub(crate) fn settings(&self, database_url: &str, batch: u16) -> Settings {
        Settings {
            stripe_api: None,
            amqp_url: self.amqp_url.clone(),
            topology: self.broker.topology().clone(),
            database_url: SecretString::from(database_url),
            log: (LogFormat::Auto, String::new()),
            metrics: None,
            schedule: Vec::new(),
            batch,
            concurrency: 1,
            rules: Rules::default(),
            out_webhooks: OutWebhooks::default(),
            outgoing_mail: None,
        }
    }

    pub(crate) async fn delete(self) {
        let channel = self.broker.channel().await.unwrap();
        let topology = self.broker.topology();
        let queues = Queue::ALL.map(|queue| topology.queue(queue)).into_iter();
        for name in queues.chain([topology.rejected_queue()]) {
            channel.queue_delete(name.into(), QueueDeleteOptions::default()).await.unwrap();
        }
        self.broker.close().await;
    }
}

/// A queue on the outgoing exchange.
pub(crate) struct Subscriber {
    channel: Channel,
    queue: String,
}

impl Subscriber {
    /// Waits for a message and takes it.
    pub(crate) async fn take(&self) -> Delivery {
        get(&self.channel, &self.queue, true).await
    }
}

async fn get(channel: &Channel, queue: &str, no_ack: bool) -> Delivery {
    let give_up = Instant::now() + PATIENCE;
    loop {
        let got = channel.basic_get(queue.into(), BasicGetOptions { no_ack }).await.unwrap();
        if let Some(message) = got {
            return message.delivery;
        }
        assert!(Instant::now() < give_up, "nothing comes to {queue}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
