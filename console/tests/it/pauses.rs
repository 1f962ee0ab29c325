//! Pausing and resuming a queue: workers obey, everybody sees it, the audit has it.

use std::time::Instant;

use amqp::topology::Queue;
use serde_json::json;

use crate::browser::{order, receive, work};
use crate::harness::{PATIENCE, World};
use crate::http::Api;
use crate::pages::{Browser, PASSWORD, user};
use crate::preview::payment;

async fn until_consumers(api: &Api, wanted: u64) {
    let begun = Instant::now();
    loop {
        let queues = api.ok("/api/queues");
        let queue =
            queues["items"].as_array().unwrap().iter().find(|q| q["work_queue"] == "fulfillment").unwrap();
        if queue["consumers"] == wanted {
            return;
        }
        assert!(begun.elapsed() < PATIENCE, "{queue}");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_paused_queue_is_not_consumed_until_it_is_resumed() {
    let world = World::new().await;
    for (name, role) in [("anna", "operator"), ("vera", "viewer")] {
        user(&world, name, role).await;
    }
    let console = world.serve();
    let _work = work(&world);
    let api = Api::new(&console.url, Some(&world.token("operator").await));
    until_consumers(&api, 1).await;
    for id in ["A-1", "A-2"] {
        order(&world, id, "999").await;
    }
    receive(&world, &payment("evt_1", "A-1", 999)).await;
    world.until("SELECT count(*) FROM orders WHERE id = 'A-1' AND status = 'paid'", 1).await;
    let (_, _, anna) = Browser::sign_in(&console.url, "anna", PASSWORD);
    let (_, _, vera) = Browser::sign_in(&console.url, "vera", PASSWORD);
    let pause = |browser: &Browser, reason: &str| {
        browser.post("/queues/fulfillment/pause", &format!("csrf={}&reason={reason}", browser.csrf()), &[]).0
    };
    assert_eq!((pause(&vera, "x"), pause(&anna, "++")), (403, 400));
    assert_eq!(pause(&anna, "the+shop+is+down"), 303);
    assert_eq!(pause(&anna, "again"), 409);
    until_consumers(&api, 0).await;
    receive(&world, &payment("evt_2", "A-2", 999)).await;
    let begun = Instant::now();
    while world.waiting(Queue::Fulfillment).await != 1 {
        assert!(begun.elapsed() < PATIENCE, "the event does not wait");
    }
    assert_eq!(world.number("SELECT count(*) FROM orders WHERE id = 'A-2' AND status = 'paid'").await, 0);
    let (_, page) = anna.get("/queues/fulfillment");
    assert!(page.contains("the shop is down") && page.contains("user:anna"), "{page}");
    let begun = Instant::now();
    while !vera.get("/audit").1.contains("is paused since") {
        assert!(begun.elapsed() < PATIENCE, "not every page says so");
    }
    assert!(world.ok(&["queues"]).await.contains("paused by user:anna: the shop is down"));
    world.until("SELECT count(*) FROM workers WHERE paused", 1).await;
    assert_eq!(
        world
            .fails(&["queues", "pause", "fulfillment", "--reason", "x"], 1)
            .await
            .matches("paused already")
            .count(),
        1
    );
    let (status, answer) = api.post("/api/queues/fulfillment/resume", &json!({"reason": "it is up again"}));
    assert_eq!((status, &answer["done"]), (200, &json!("resumed")));
    world.until("SELECT count(*) FROM orders WHERE id = 'A-2' AND status = 'paid'", 1).await;
    api.refused(api.post("/api/queues/fulfillment/resume", &json!({"reason": "x"})), 409, "wrong_state");
    assert_eq!(api.post("/api/queues/nothing/pause", &json!({"reason": "x"})).0, 400);
    world.ok(&["queues", "pause", "refund", "--reason", "from the command line"]).await;
    assert_eq!(world.number("SELECT count(*) FROM audit WHERE subject LIKE 'queue:%'").await, 3);
    // What was handed out before the pause was finished, not given back.
    assert_eq!(world.number("SELECT count(*) FROM events WHERE attempts > 1").await, 0);
}
