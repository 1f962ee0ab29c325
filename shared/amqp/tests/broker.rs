//! Topology, connection and publisher on the broker that AMQP_URL names.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

use amqp::broker::{Broker, BrokerSettings, Unusable};
use amqp::message::{self, EventHeaders, Message};
use amqp::publisher::{PublishError, Publisher};
use amqp::topology::{Queue, Topology, TopologyError};
use lapin::Channel;
use lapin::message::BasicGetMessage;
use lapin::options::{BasicGetOptions, QueueDeclareOptions, QueueDeleteOptions};
use lapin::types::FieldTable;
use secrecy::SecretString;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

const RETRY: Duration = Duration::from_millis(300);

fn settings() -> BrokerSettings {
    let url = simulator::servers::amqp_url().expect("run these tests by `make test`, or set AMQP_URL");
    BrokerSettings {
        amqp_url: SecretString::from(url),
        topology: Topology { prefix: simulator::servers::test_prefix(), retry: vec![RETRY] },
        name: "shared test".to_owned(),
    }
}

async fn start(settings: BrokerSettings) -> (Broker, Publisher) {
    let broker = Broker::start(settings, CancellationToken::new());
    broker.until_usable().await;
    let publisher = Publisher::new(broker.clone(), 2, Duration::from_secs(30));
    (broker, publisher)
}

fn event(exchange: String, kind: &str) -> Message {
    Message {
        exchange,
        routing_key: kind.to_owned(),
        message_id: "evt_1".to_owned(),
        kind: kind.to_owned(),
        headers: EventHeaders::received(jiff::Timestamp::now()).to_table(),
        body: b"{}".to_vec(),
    }
}

async fn get(channel: &Channel, queue: String, no_ack: bool) -> Option<BasicGetMessage> {
    channel.basic_get(queue.into(), BasicGetOptions { no_ack }).await.expect("the queue is there")
}

async fn end(broker: Broker) {
    let (channel, topology) = (broker.channel().await.expect("a channel"), broker.topology().clone());
    let queues = Queue::ALL.map(|queue| topology.queue(queue)).into_iter();
    let retries = topology.retry.iter().map(|delay| topology.retry_queue(*delay));
    for name in queues.chain(retries).chain([topology.rejected_queue()]) {
        channel.queue_delete(name.into(), QueueDeleteOptions::default()).await.expect("deleted");
    }
    broker.close().await;
    assert_eq!(broker.usable(), Err(Unusable::Down));
}

#[tokio::test]
async fn declaring_again_and_by_many_at_once_changes_nothing() {
    let (broker, publisher) = start(settings()).await;
    publisher.publish(event(broker.topology().events_exchange(), "x")).await.expect("published");
    let declared = (0..8).map(async |_| {
        let channel = broker.channel().await.expect("a channel");
        broker.topology().declare(&channel).await
    });
    for result in futures_util::future::join_all(declared).await {
        result.expect("it is as it must be");
    }
    let channel = broker.channel().await.expect("a channel");
    assert!(get(&channel, broker.topology().queue(Queue::Fulfillment), true).await.is_some());
    end(broker).await;
}

#[tokio::test]
async fn a_mismatch_names_the_queue_and_the_argument() {
    let (broker, _) = start(settings()).await;
    let channel = broker.channel().await.expect("a channel");
    let topology = broker.topology();
    let retry = topology.retry_queue(RETRY);
    channel.queue_delete(retry.as_str().into(), QueueDeleteOptions::default()).await.expect("deleted");
    let mut arguments = FieldTable::default();
    arguments.insert("x-queue-type".into(), lapin::types::AMQPValue::LongString("quorum".into()));
    let options = QueueDeclareOptions { durable: true, ..Default::default() };
    channel.queue_declare(retry.as_str().into(), options, arguments).await.expect("declared");

    let error = topology.declare(&channel).await.expect_err("it is not as it must be");
    let text = error.to_string();
    let TopologyError::Mismatch { what, argument, .. } = error else { panic!("{text}") };
    assert_eq!(what, format!("queue {retry}"));
    assert!(argument.starts_with("x-"), "{text}");
    // Only that channel is gone.
    assert_eq!(broker.usable(), Ok(()));
    end(broker).await;
}

#[tokio::test]
async fn a_retried_event_returns_to_its_queue_unchanged() {
    let (broker, publisher) = start(settings()).await;
    let topology = broker.topology().clone();
    let channel = broker.channel().await.expect("a channel");
    for (kind, queue) in [("charge.refunded", Queue::Refund), ("made.up", Queue::Fulfillment)] {
        let mut message = event(topology.retry_exchange(RETRY), kind);
        message::insert_integer(&mut message.headers, message::ATTEMPT, 3);
        publisher.publish(message).await.expect("published");
        let name = topology.queue(queue);
        let back = loop {
            if let Some(back) = get(&channel, name.clone(), true).await {
                break back;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        };
        assert_eq!(back.routing_key.as_str(), kind);
        assert_eq!(back.properties.message_id().as_ref().map(|id| id.as_str()), Some("evt_1"));
        let table = back.properties.headers().clone().expect("headers");
        assert_eq!(message::integer(&table, message::ATTEMPT), Some(3));
        assert_eq!(back.data, b"{}");
    }
    end(broker).await;
}

#[tokio::test]
async fn a_message_delivered_too_often_ends_as_a_dead_letter() {
    let (broker, publisher) = start(settings()).await;
    let topology = broker.topology().clone();
    publisher.publish(event(topology.events_exchange(), "refund.created")).await.expect("published");
    // Each channel that ends with the message in its hands hands it back.
    let dead = loop {
        let channel = broker.channel().await.expect("a channel");
        if let Some(dead) = get(&channel, topology.queue(Queue::Dead), true).await {
            break dead;
        }
        drop(get(&channel, topology.queue(Queue::Refund), false).await);
        channel.close(200, "as if the process had died".into()).await.expect("closed");
    };
    assert_eq!((dead.routing_key.as_str(), &dead.data[..]), ("refund.created", &b"{}"[..]));
    let table = dead.properties.headers().clone().expect("headers");
    assert!(table.contains_key("x-death") && !table.contains_key(message::REASON), "{table:?}");
    end(broker).await;
}

#[tokio::test]
async fn each_way_to_fail_is_an_error_of_its_own() {
    let (broker, publisher) = start(settings()).await;
    let out = broker.topology().out_exchange();
    let unroutable = publisher.publish(event(out, "order.paid")).await;
    assert!(matches!(unroutable, Err(PublishError::Returned { code: 312, .. })), "{unroutable:?}");
    let nowhere = publisher.publish(event("no.such.exchange".to_owned(), "x")).await;
    assert!(matches!(nowhere, Err(PublishError::Closed(_))), "{nowhere:?}");
    let long = publisher.publish(event(broker.topology().events_exchange(), &"x".repeat(256))).await;
    assert_eq!(long, Err(PublishError::TooLong("routing_key")));
    // The channel that the broker closed has been replaced.
    until("it publishes again", async || {
        publisher.publish(event(broker.topology().events_exchange(), "x")).await.is_ok()
    })
    .await;
    end(broker.clone()).await;
    let refused = publisher.publish(event(broker.topology().events_exchange(), "x")).await;
    assert_eq!(refused, Err(PublishError::Down));
}

#[tokio::test]
async fn a_large_body_and_an_empty_one_arrive_as_they_are() {
    let (broker, publisher) = start(settings()).await;
    let channel = broker.channel().await.expect("a channel");
    for body in [Vec::new(), (0..=255).cycle().take(3_000_000).collect::<Vec<u8>>()] {
        let mut message = event(broker.topology().events_exchange(), "x");
        message.body = body.clone();
        publisher.publish(message).await.expect("published");
        let got =
            get(&channel, broker.topology().queue(Queue::Fulfillment), true).await.expect("it is there");
        assert!(got.data == body, "{} bytes came as {}", body.len(), got.data.len());
    }
    end(broker).await;
}

/// Waits for a condition, not for a time.
async fn until(what: &str, condition: impl AsyncFn() -> bool) {
    let give_up = Instant::now() + Duration::from_secs(60);
    while !condition().await {
        assert!(Instant::now() < give_up, "not in time: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
