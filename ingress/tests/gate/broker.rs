//! What the gate answers while its broker is unavailable, blocked, frozen, full or without a route: each
//! with a broker of the test's own, and each recovers without a restart.

use crate::harness::{Gate, PATH, event, until};
use crate::http::{DEADLINE, Response};
use amqp::topology::Queue;
use lapin::options::QueueDeleteOptions;
use simulator::servers::RabbitServer;
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::sync::Semaphore;

/// Not durable, by its code, with a hint when to come again.
fn assert_503(response: &Response, code: &str) {
    assert_eq!((response.status, response.code().as_str()), (503, code), "{response:?}");
    assert!(response.headers["retry-after"].parse::<u32>().is_ok(), "{response:?}");
}

async fn deliver(gate: &Gate, id: &str) -> Response {
    gate.deliver(&event(id, "charge.succeeded")).await
}

#[tokio::test]
async fn it_starts_without_a_broker_and_serves_when_one_comes() {
    let broker = RabbitServer::start().await.expect("a RabbitMQ");
    broker.stop().await;
    // The publish time-out is a minute: the answers below do not wait for it.
    let gate = Gate::start_on(&broker.url(), |_| {});
    until("it listens", async || gate.get("/health/live").await.status == 200).await;
    let ready = gate.get("/health/ready").await;
    assert_eq!(ready.status, 503);
    assert!(ready.body.contains("the broker is unavailable"), "{}", ready.body);
    assert_503(&deliver(&gate, "evt_1").await, "broker_down");

    broker.start_again().await.expect("it starts again");
    gate.until_ready().await;
    assert_eq!(deliver(&gate, "evt_2").await.status, 200);

    broker.kill().await;
    until("the loss is noticed", async || gate.get("/health/ready").await.status == 503).await;
    assert_503(&deliver(&gate, "evt_3").await, "broker_down");
    broker.start_again().await.expect("it starts again");
    until("it serves again", async || deliver(&gate, "evt_4").await.status == 200).await;

    let ids: BTreeSet<_> = gate.drain(&gate.channel().await, Queue::Fulfillment).await.into_iter().collect();
    assert!(ids.contains("evt_2") && ids.contains("evt_4"), "{ids:?}");
    assert!(!ids.contains("evt_1") && !ids.contains("evt_3"), "{ids:?}");
    gate.stop().await;
}

#[tokio::test]
async fn a_blocked_a_frozen_and_a_full_broker_are_503() {
    let broker = RabbitServer::start().await.expect("a RabbitMQ");
    let gate = Gate::start_on(&broker.url(), |settings| settings.publish_timeout = Duration::from_secs(2));
    gate.until_ready().await;
    assert_eq!(deliver(&gate, "evt_1").await.status, 200);

    // The broker notifies a connection of its alarm when it next publishes.
    broker.block_publishers().await.expect("an alarm");
    until("the alarm is reported", async || {
        let response = deliver(&gate, "evt_2").await;
        response.status == 503 && response.code() == "broker_blocked"
    })
    .await;
    assert_503(&deliver(&gate, "evt_3").await, "broker_blocked");
    assert_eq!(gate.get("/health/ready").await.status, 503);
    broker.unblock_publishers().await.expect("no alarm");
    until("it serves again after the alarm", async || deliver(&gate, "evt_4").await.status == 200).await;

    broker.pause().await;
    assert_503(&deliver(&gate, "evt_5").await, "publish_timeout");
    broker.resume().await;
    until("it serves again after the freeze", async || deliver(&gate, "evt_6").await.status == 200).await;

    let pattern = format!("^{}fulfillment$", gate.topology.prefix.replace('.', "\\."));
    let full = r#"{"max-length":1,"overflow":"reject-publish"}"#;
    broker.ctl(&["set_policy", "full", &pattern, full, "--apply-to", "queues"]).await.expect("a policy");
    until("a full queue refuses", async || {
        let response = deliver(&gate, "evt_7").await;
        response.status == 503 && response.code() == "refused"
    })
    .await;
    let channel = gate.channel().await;
    until("it serves again when memory is free", async || {
        gate.drain(&channel, Queue::Fulfillment).await;
        deliver(&gate, "evt_8").await.status == 200
    })
    .await;
    gate.stop().await;
}

#[tokio::test]
async fn what_was_answered_200_survives_the_power_cut() {
    let broker = RabbitServer::start().await.expect("a RabbitMQ");
    let gate = Gate::start_on(&broker.url(), |_| {});
    gate.until_ready().await;
    let received = Semaphore::new(0);
    let posts = (0..32).map(async |client| {
        let mut confirmed = Vec::new();
        for n in 0.. {
            let id = format!("evt_{client}_{n}");
            match deliver(&gate, &id).await.status {
                200 => confirmed.push(id),
                _ => break,
            }
            received.add_permits(1);
        }
        confirmed
    });
    // In the middle of it: some hundreds are confirmed, and every client has one on its way.
    let cut = async {
        let enough = tokio::time::timeout(DEADLINE, received.acquire_many(300)).await;
        drop(enough.expect("300 events are confirmed in time"));
        broker.kill().await;
    };
    let (confirmed, ()) = tokio::join!(futures_util::future::join_all(posts), cut);
    let confirmed: BTreeSet<String> = confirmed.into_iter().flatten().collect();
    assert!(!confirmed.is_empty());

    broker.start_again().await.expect("it starts again");
    gate.until_ready().await;
    let kept: BTreeSet<String> =
        gate.drain(&gate.channel().await, Queue::Fulfillment).await.into_iter().collect();
    let lost: Vec<_> = confirmed.difference(&kept).collect();
    assert!(lost.is_empty(), "{} of {} answered 200 are gone: {lost:?}", lost.len(), confirmed.len());
    gate.stop().await;
}

#[tokio::test]
async fn an_event_that_no_queue_takes_is_never_answered_200_whatever_goes_on_beside_it() {
    let gate = Gate::start().await;
    let channel = gate.channel().await;
    let queue = gate.topology.queue(Queue::Fulfillment);
    channel.queue_delete(queue.into(), QueueDeleteOptions::default()).await.expect("it is deleted");
    // Routable and unroutable side by side, so that the broker confirms several at a time.
    let posts = (0..400).map(async |n| {
        let (id, routable) = (format!("evt_{n}"), n % 3 != 0);
        let kind = if routable { "invoice.paid" } else { "charge.succeeded" };
        let response = gate.deliver(&event(&id, kind)).await;
        if routable {
            assert_eq!(response.status, 200, "{response:?}");
        } else {
            assert_503(&response, "unroutable");
        }
        routable.then_some(id)
    });
    let routed: BTreeSet<_> = futures_util::future::join_all(posts).await.into_iter().flatten().collect();
    let kept: BTreeSet<_> = gate.drain(&channel, Queue::Subscription).await.into_iter().collect();
    assert_eq!(kept, routed);
    gate.stop().await;
}

#[tokio::test]
async fn a_channel_that_the_broker_closes_is_replaced() {
    let gate = Gate::start().await;
    assert_eq!(deliver(&gate, "evt_1").await.status, 200);
    let channel = gate.channel().await;
    // Publishing to an exchange that is gone closes the channel.
    let exchange = gate.topology.events_exchange();
    channel.exchange_delete(exchange.into(), Default::default()).await.expect("it is deleted");
    assert_503(&deliver(&gate, "evt_2").await, "channel_closed");
    gate.topology.declare(&channel).await.expect("the topology comes back");
    until("every confirm channel is open again", async || {
        let posts = (0..8).map(|_| deliver(&gate, "evt_3"));
        futures_util::future::join_all(posts).await.iter().all(|response| response.status == 200)
    })
    .await;
    assert!(gate.get(PATH).await.status == 405);
    gate.stop().await;
}
