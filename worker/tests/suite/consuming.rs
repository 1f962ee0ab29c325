//! A worker on a real queue: what it takes first, and what it does with what cannot be processed.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use amqp::message;
use amqp::topology::Queue;
use domain::rules::Rules;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::database::{Bench, event, paid_intent};
use crate::queue::Queues;

/// Publishers at once: enough that the consumer always finds something fresh.
const PUBLISHERS: usize = 32;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redelivered_event_is_processed_though_fresh_ones_keep_coming() {
    let (bench, queues) = (Bench::new(Rules::default()).await, Queues::new().await);
    let product = |id: &str| event(id, "product.updated", json!({"object": "product", "id": "prod_1"}));
    queues.publish("evt_again", "product.updated", product("evt_again")).await;
    queues.give_back(Queue::Fulfillment).await;

    let (ended, count) = (CancellationToken::new(), Arc::new(AtomicUsize::new(0)));
    let mut tasks = JoinSet::new();
    for _ in 0..PUBLISHERS {
        let (queues, ended, count) = (queues.clone(), ended.clone(), Arc::clone(&count));
        tasks.spawn(async move {
            while !ended.is_cancelled() {
                let id = format!("evt_{}", count.fetch_add(1, Ordering::Relaxed));
                queues.publish(&id, "product.updated", product(&id)).await;
            }
        });
    }
    let settings = queues.settings(bench.url(), 256);
    let worker = tokio::spawn(worker::run(settings, Queue::Fulfillment, ended.clone()));
    bench.until("SELECT count(*) FROM events WHERE id = 'evt_again'", 1).await;

    ended.cancel();
    worker.await.unwrap().unwrap();
    while let Some(ended) = tasks.join_next().await {
        ended.unwrap();
    }
    queues.delete().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_whose_error_quotes_a_very_long_text_is_dead_lettered_and_the_next_is_processed() {
    let (bench, queues) = (Bench::new(Rules::default()).await, Queues::new().await);
    let kind = "payment_intent.succeeded";
    let long = "x".repeat(200_000);
    let mut bodies: Vec<Value> = (0..5)
        .map(|n| event(&format!("evt_{n}"), kind, paid_intent(&format!("pi_{n}"), &format!("o{n}"), 5)))
        .map(|body| serde_json::from_slice(&body).unwrap())
        .collect();
    bodies[0]["data"]["object"]["object"] = json!(long);
    bodies[1]["livemode"] = json!(long);
    bodies[2]["data"] = json!(long);
    for (n, body) in bodies.iter().enumerate() {
        queues.publish(&format!("evt_{n}"), kind, body.to_string().into_bytes()).await;
    }
    // One event in a batch: the next one is not begun before the one in hand is settled.
    let ended = CancellationToken::new();
    let worker =
        tokio::spawn(worker::run(queues.settings(bench.url(), 1), Queue::Fulfillment, ended.clone()));
    for id in ["evt_0", "evt_1", "evt_2"] {
        let dead = queues.take(Queue::Dead).await;
        assert_eq!(dead.properties.message_id().as_ref().map(|id| id.as_str()), Some(id));
        let headers = dead.properties.headers().clone().unwrap_or_default();
        let error = message::text(&headers, message::ERROR).unwrap();
        assert!(error.len() < 2_100 && error.ends_with('…'), "{error}");
    }
    let error = "SELECT last_error FROM events WHERE id = 'evt_0' AND outcome = 'dead'";
    assert!(bench.text(error).await.unwrap().len() < 2_100);
    bench
        .until("SELECT count(*) FROM events WHERE id IN ('evt_3', 'evt_4') AND outcome = 'processed'", 2)
        .await;
    ended.cancel();
    worker.await.unwrap().unwrap();
    queues.delete().await;
}
