//! A worker on a real queue: what it takes first, and what it does with what cannot be processed.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;
use shared::topology::Queue;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use worker::domain::rules::Rules;

use crate::database::{Bench, event};
use crate::queue::Queues;

/// Publishers at once: enough that the lane always finds something fresh.
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
