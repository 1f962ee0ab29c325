//! The trace of the request that brought an event goes with the event and its messages.

use amqp::message::{EventHeaders, TRACEPARENT};
use amqp::topology::Queue;
use domain::rules::Rules;
use serde_json::Value;
use simulator::servers::{Receiver, Reply};
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use worker::process::InboundEvent;
use worker::relay::signature::SigningKey;
use worker::relay::{OutWebhook, OutWebhooks};
use worker::settings::Settings;

use crate::database::{Bench, event, paid_intent};
use crate::queue::Queues;

/// From the recommendation.
const TRACE: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const KIND: &str = "payment_intent.succeeded";

fn body(n: u32) -> Vec<u8> {
    event(&format!("evt_{n}"), KIND, paid_intent(&format!("pi_{n}"), &format!("o{n}"), 5))
}

/// An event that fails once for a reason that passes is processed on its second attempt.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_of_an_event_that_was_retried_belong_to_its_trace_over_amqp_and_http() {
    let (bench, queues) = (Bench::new(Rules::default()).await, Queues::new().await);
    let subscriber = queues.subscribe("order.paid").await;
    let receiver = Receiver::open(|_| Reply::Status(204)).await.unwrap();
    let endpoint = OutWebhook {
        name: "http".to_owned(),
        url: receiver.url().parse().unwrap(),
        keys: vec![SigningKey::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap()],
        topics: vec!["order.paid"],
    };
    let out_webhooks =
        OutWebhooks { endpoints: vec![endpoint], allow_private: true, timeout: Duration::from_secs(5) };
    let schedule = vec![Duration::from_secs(1)];
    let mut settings =
        Settings { out_webhooks, schedule: schedule.clone(), ..queues.settings(bench.url(), 8) };
    settings.topology.retry = schedule;
    let shutdown = CancellationToken::new();
    let worker = tokio::spawn(worker::run(settings, Queue::Fulfillment, shutdown.clone()));
    bench.until("SELECT count(*) FROM outbox_destinations WHERE name = 'http'", 1).await;
    let refuse = "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION 'not now' USING ERRCODE = 'P0001'; END $$;
        CREATE TRIGGER refuse BEFORE INSERT ON money_movements FOR EACH ROW EXECUTE FUNCTION refuse()";
    bench.look.batch_execute(refuse).await.unwrap();
    let mut headers = EventHeaders::received(jiff::Timestamp::now());
    headers.traceparent = TRACE.parse().ok();
    queues.publish_with("evt_1", KIND, headers, body(1)).await;
    bench.until("SELECT count(*) FROM events WHERE id = 'evt_1' AND outcome = 'retrying'", 1).await;
    bench.look.batch_execute("DROP TRIGGER refuse ON money_movements").await.unwrap();

    let message: Value = serde_json::from_slice(&subscriber.take().await.data).unwrap();
    assert_eq!((&message["id"], &message["traceparent"]), (&"order.paid/o1".into(), &TRACE.into()));
    bench.until("SELECT count(*) FROM outbox_delivered WHERE destination = 'http'", 1).await;
    let posted: Value = serde_json::from_slice(&receiver.received()[0].body).unwrap();
    assert_eq!(posted, message);

    // An event that came without a trace.
    queues.publish("evt_2", KIND, body(2)).await;
    let message: Value = serde_json::from_slice(&subscriber.take().await.data).unwrap();
    assert_eq!((&message["id"], message.get("traceparent")), (&"order.paid/o2".into(), None));
    shutdown.cancel();
    worker.await.unwrap().unwrap();
    queues.delete().await;
}

/// Merchants number their orders alike, and so does one merchant's test mode: the keys of their messages are equal.
#[tokio::test]
async fn messages_with_one_key_of_several_accounts_and_modes_keep_their_own_traces_and_so_do_their_events() {
    let bench = Bench::new(Rules::default()).await;
    let origins = [("acct_1", false), ("acct_1", true), ("acct_2", false), ("acct_2", true)];
    let trace = |n: usize| format!("00-{:032x}-b7ad6b7169203331-01", n + 1);
    let events = origins.iter().enumerate().map(|(n, (account, livemode))| {
        let mut body: Value = serde_json::from_slice(&event(
            &format!("evt_{n}"),
            KIND,
            paid_intent(&format!("pi_{n}"), "1", 5),
        ))
        .unwrap();
        body["account"] = (*account).into();
        body["livemode"] = (*livemode).into();
        let mut headers = EventHeaders::received(jiff::Timestamp::now());
        headers.traceparent = trace(n).parse().ok();
        InboundEvent::new(headers, body.to_string().into_bytes(), &Rules::default())
    });
    bench.process(&events.collect::<Vec<_>>()).await;
    for (n, (account, livemode)) in origins.into_iter().enumerate() {
        let of = format!("WHERE account = '{account}' AND livemode = {livemode}");
        let message = format!("SELECT traceparent FROM outbox {of} AND key = 'order.paid/1'");
        assert_eq!(bench.text(&message).await, Some(trace(n)), "{account} {livemode}");
        let event = format!("SELECT traceparent FROM events {of} AND id = 'evt_{n}'");
        assert_eq!(bench.text(&event).await, Some(trace(n)));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_message_of_a_batch_belongs_to_the_trace_of_its_event_and_a_dead_letter_keeps_its_own() {
    let (bench, queues) = (Bench::new(Rules::default()).await, Queues::new().await);
    let trace = |n: u32| format!("00-{n:032x}-b7ad6b7169203331-01");
    for n in 1..=5 {
        let mut headers = EventHeaders::received(jiff::Timestamp::now());
        headers.traceparent = trace(n).parse().ok();
        queues.publish_with(&format!("evt_{n}"), KIND, headers.clone(), body(n)).await;
        queues.publish_with(&format!("evt_bad_{n}"), KIND, headers, b"{}".to_vec()).await;
    }
    let shutdown = CancellationToken::new();
    let settings = queues.settings(bench.url(), 8);
    let worker = tokio::spawn(worker::run(settings, Queue::Fulfillment, shutdown.clone()));
    bench.until("SELECT count(*) FROM outbox WHERE topic = 'order.paid'", 5).await;
    for n in 1..=5 {
        let stored = format!("SELECT DISTINCT traceparent FROM outbox WHERE payload ->> 'order' = 'o{n}'");
        assert_eq!(bench.text(&stored).await, Some(trace(n)));
        let dead = queues.take(Queue::Dead).await.properties.headers().clone().unwrap();
        assert_eq!(amqp::message::text(&dead, TRACEPARENT), Some(trace(n)));
    }
    shutdown.cancel();
    worker.await.unwrap().unwrap();
    queues.delete().await;
}
