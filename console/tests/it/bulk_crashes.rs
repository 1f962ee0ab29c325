//! Bulk jobs whose console is killed, and two consoles at once.

use std::time::Instant;

use amqp::topology::Queue;
use serde_json::json;

use crate::bulk::{dead_letters, sent, until_state};
use crate::harness::{PATIENCE, World};
use crate::http::Api;

#[tokio::test(flavor = "multi_thread")]
async fn a_console_that_is_killed_again_and_again_sends_nothing_twice() {
    let world = World::new().await;
    world.sql(&dead_letters(400, "order_not_found")).await;
    let mut console = world.serve();
    let token = world.token("operator").await;
    let api = Api::new(&console.url, Some(&token));
    let (_, job) = api.post("/api/dead-letters/replay", &json!({"reason": "through kills", "rate": 400}));
    for share in [40, 120, 200] {
        let begun = Instant::now();
        while world.number("SELECT count(*) FROM job_items WHERE state <> 'waiting'").await < share {
            assert!(begun.elapsed() < PATIENCE, "the job does not go on");
        }
        console.child.kill().unwrap();
        console.child.wait().unwrap();
        console = world.serve();
    }
    let api = Api::new(&console.url, Some(&token));
    let done = until_state(&api, &job, "done").await;
    let progress = &done["progress"];
    let count = |name: &str| usize::try_from(progress[name].as_i64().unwrap()).unwrap();
    assert_eq!(count("sent") + count("unknown"), 400, "{done}");
    let there = world.waiting(Queue::Fulfillment).await as usize;
    assert!((count("sent")..=400).contains(&there), "{there} messages, {progress}");
    let ids = sent(&world, there).await;
    assert_eq!(ids.values().max(), Some(&1), "something was sent twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_consoles_share_the_work_and_send_nothing_twice() {
    let world = World::new().await;
    world.sql(&dead_letters(100, "order_not_found")).await;
    let console = world.serve();
    let _other = world.serve();
    let api = Api::new(&console.url, Some(&world.token("operator").await));
    let (_, job) = api.post("/api/dead-letters/replay", &json!({"reason": "together", "rate": 500}));
    until_state(&api, &job, "done").await;
    let ids = sent(&world, 100).await;
    assert_eq!((ids.len(), world.waiting(Queue::Fulfillment).await), (100, 0));
}
