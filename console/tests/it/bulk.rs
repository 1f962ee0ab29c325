use std::collections::HashMap;
use std::time::{Duration, Instant};

use amqp::topology::Queue;
use serde_json::{Value, json};

use crate::harness::{PATIENCE, World};
use crate::http::Api;
use crate::preview::payment;

pub fn dead_letters(count: usize, reason: &str) -> String {
    format!(
        "INSERT INTO dead_letters (event_id, type, reason, error, attempts, payload, first_failed_at, dead_at)
         SELECT 'evt_{reason}_' || n, 'charge.succeeded', '{reason}', '{reason}: order ' || n, 1, convert_to('{{\"n\":' || n || '}}', 'UTF8'), now(), now()
         FROM generate_series(1, {count}) n"
    )
}

pub async fn until_state(api: &Api, job: &Value, wanted: &str) -> Value {
    let begun = Instant::now();
    loop {
        let shown = api.ok(&format!("/api/jobs/{}", job["id"]));
        if shown["state"] == wanted {
            return shown;
        }
        assert!(begun.elapsed() < PATIENCE, "not {wanted}: {shown}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Everything in the work queue, by message id with how often it is there.
pub async fn sent(world: &World, count: usize) -> HashMap<String, usize> {
    let mut ids = HashMap::new();
    for _ in 0..count {
        let message = world.take(Queue::Fulfillment).await;
        *ids.entry(message.properties.message_id().as_ref().unwrap().to_string()).or_default() += 1;
    }
    ids
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_writes_nothing_and_a_wrong_count_is_refused() {
    let world = World::new().await;
    let console = world.serve();
    world.sql(&dead_letters(7, "order_not_found")).await;
    world.sql(&dead_letters(2, "amount_mismatch")).await;
    let api = Api::new(&console.url, Some(&world.token("operator").await));
    let filter = json!({"reason": "order_not_found"});
    let (status, run) = api.post("/api/dead-letters/replay", &json!({"filter": filter, "dry_run": true}));
    assert_eq!((status, &run["count"], run["sample"].as_array().unwrap().len()), (200, &json!(7), 5));
    let preview = api.post("/api/dead-letters/replay/preview", &json!({"filter": filter}));
    assert_eq!(preview, (200, run), "the preview is the dry run");
    api.refused(api.post("/api/dead-letters/replay/preview", &json!({"reason": "x"})), 400, "invalid_body");
    let viewer = Api::new(&console.url, Some(&world.token("viewer").await));
    viewer.refused(viewer.post("/api/dead-letters/replay/preview", &json!({})), 403, "forbidden");
    assert_eq!(world.number("SELECT count(*) FROM jobs").await, 0);
    let wrong = json!({"filter": filter, "reason": "x", "count": 6});
    api.refused(api.post("/api/dead-letters/replay", &wrong), 409, "count_changed");
    let none = json!({"filter": {"reason": "handler_panic"}, "reason": "x"});
    api.refused(api.post("/api/dead-letters/replay", &none), 409, "nothing_to_do");
    for (body, code) in [
        (json!({"filter": filter}), "missing_reason"),
        (json!({"filter": {"colour": "red"}, "reason": "x"}), "invalid_body"),
        (json!({"filter": {"state": "resolved"}, "reason": "x"}), "invalid_filter"),
        (json!({"filter": filter, "reason": "x", "rate": 0}), "invalid_rate"),
        (json!({"filter": filter, "reason": "x", "canary": -1}), "invalid_canary"),
    ] {
        api.refused(api.post("/api/dead-letters/replay", &body), 400, code);
    }
    assert_eq!(world.number("SELECT count(*) FROM jobs").await, 0);
    assert_eq!(world.number("SELECT count(*) FROM dead_letters WHERE state = 'open'").await, 9);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bulk_replay_sends_each_dead_letter_once_and_skips_what_is_not_open() {
    let world = World::new().await;
    world.sql(&dead_letters(30, "order_not_found")).await;
    world.sql(&dead_letters(3, "amount_mismatch")).await;
    let console = world.serve();
    let api = Api::new(&console.url, Some(&world.token("operator").await));
    let body = json!({"filter": {"reason": "order_not_found"}, "reason": "registered now", "rate": 100, "count": 30});
    let (status, job) = api.post("/api/dead-letters/replay", &body);
    assert_eq!((status, &job["total"]), (202, &json!(30)));
    let done = until_state(&api, &job, "done").await;
    assert_eq!((&done["progress"]["sent"], &done["progress"]["waiting"]), (&json!(30), &json!(0)));
    let ids = sent(&world, 30).await;
    assert_eq!((ids.len(), ids.values().max()), (30, Some(&1)));
    assert_eq!(world.waiting(Queue::Fulfillment).await, 0);
    assert_eq!(
        world
            .number(
                "SELECT count(*) FROM audit WHERE action = 'dead.replay' AND actor = 'token:test-operator'"
            )
            .await,
        30
    );
    assert!(world.ok(&["audit", "verify"]).await.contains("intact"));
    let (status, job) =
        api.post("/api/dead-letters/discard", &json!({"filter": {}, "reason": "tests", "rate": 1000}));
    assert_eq!((status, &job["total"]), (202, &json!(3)));
    until_state(&api, &job, "done").await;
    assert_eq!(world.number("SELECT count(*) FROM dead_letters WHERE state = 'discarded'").await, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_canary_that_dies_again_stops_the_job_and_one_that_takes_effect_lets_it_go_on() {
    let world = World::new().await;
    world.sql(&dead_letters(10, "order_not_found")).await;
    let console = world.serve();
    let api = Api::new(&console.url, Some(&world.token("operator").await));
    let body = json!({"reason": "try", "rate": 100, "canary": 3});
    let (_, job) = api.post("/api/dead-letters/replay", &body);
    world.until("SELECT count(*) FROM dead_letters WHERE state = 'replayed'", 3).await;
    sent(&world, 3).await;
    world
        .sql("UPDATE dead_letters SET state = 'resolved' WHERE id = (SELECT min(id) FROM dead_letters)")
        .await;
    world.sql("UPDATE dead_letters SET state = 'open' WHERE id = (SELECT min(id) FROM dead_letters WHERE state = 'replayed')").await;
    let stopped = until_state(&api, &job, "stopped").await;
    assert!(stopped["note"].as_str().unwrap().contains("failed again"), "{stopped}");
    assert_eq!(stopped["progress"]["waiting"], 7);
    world.sql("UPDATE dead_letters SET state = 'open'").await;
    let (_, job) = api.post("/api/dead-letters/replay", &body);
    world.until("SELECT count(*) FROM dead_letters WHERE state = 'replayed'", 3).await;
    assert_eq!(api.ok(&format!("/api/jobs/{}", job["id"]))["state"], "canary");
    world.sql("UPDATE dead_letters SET state = 'resolved' WHERE state = 'replayed'").await;
    until_state(&api, &job, "done").await;
    sent(&world, 10).await;
    assert_eq!(world.waiting(Queue::Fulfillment).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_canary_that_is_paused_goes_on_as_a_canary() {
    let world = World::new().await;
    world.sql(&dead_letters(10, "order_not_found")).await;
    let console = world.serve();
    let api = Api::new(&console.url, Some(&world.token("operator").await));
    let body = json!({"reason": "try", "rate": 100, "canary": 3});
    let (_, job) = api.post("/api/dead-letters/replay", &body);
    world.until("SELECT count(*) FROM dead_letters WHERE state = 'replayed'", 3).await;
    let path = |wish: &str| format!("/api/jobs/{}/{wish}", job["id"]);
    assert_eq!(api.post(&path("pause"), &json!({})).0, 200);
    assert_eq!(api.post(&path("resume"), &json!({})).0, 200);
    until_state(&api, &job, "canary").await;
    assert_eq!(api.post(&path("pause"), &json!({})).0, 200);
    world.sql("UPDATE dead_letters SET state = 'open' WHERE id = (SELECT min(id) FROM dead_letters WHERE state = 'replayed')").await;
    assert_eq!(api.post(&path("resume"), &json!({})).0, 200);
    assert_eq!(until_state(&api, &job, "stopped").await["progress"]["waiting"], 7);
    // One that took too long paused the job itself: whoever resumes has looked at it.
    world.sql("UPDATE dead_letters SET state = 'open'").await;
    let (_, job) = api.post("/api/dead-letters/replay", &body);
    let set = |sql: &str| format!("UPDATE jobs SET {sql} WHERE id = {}", job["id"]);
    world.until("SELECT count(*) FROM dead_letters WHERE state = 'replayed'", 3).await;
    world.sql(&set("canary_at = now() - interval '1 hour'")).await;
    assert!(until_state(&api, &job, "paused").await["note"].is_string());
    assert_eq!(api.post(&format!("/api/jobs/{}/resume", job["id"]), &json!({})).0, 200);
    until_state(&api, &job, "done").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_is_paused_resumed_and_canceled() {
    let world = World::new().await;
    world.sql(&dead_letters(500, "order_not_found")).await;
    let console = world.serve();
    let api = Api::new(&console.url, Some(&world.token("operator").await));
    let (_, job) = api.post("/api/dead-letters/replay", &json!({"reason": "slowly", "rate": 20}));
    world.until("SELECT least(count(*), 1) FROM dead_letters WHERE state = 'replayed'", 1).await;
    let path = |wish: &str| format!("/api/jobs/{}/{wish}", job["id"]);
    assert_eq!(api.post(&path("pause"), &json!({})).0, 200);
    api.refused(api.post(&path("pause"), &json!({})), 409, "wrong_state");
    assert_eq!(api.post(&path("resume"), &json!({})).0, 200);
    until_state(&api, &job, "running").await;
    assert_eq!(api.post(&path("cancel"), &json!({})).0, 200);
    api.refused(api.post(&path("resume"), &json!({})), 409, "wrong_state");
    api.refused(api.post("/api/jobs/99/cancel", &json!({})), 404, "not_found");
    let shown = until_state(&api, &job, "canceled").await;
    assert!(shown["progress"]["waiting"].as_i64().unwrap() > 0, "{shown}");
    assert_eq!(
        world
            .number("SELECT count(*) FROM audit WHERE action IN ('job.pause', 'job.resume', 'job.cancel')")
            .await,
        3
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_looks_first_then_replays_many_and_says_how_it_went() {
    let world = World::new().await;
    world.sql(&dead_letters(12, "order_not_found")).await;
    world.sql(&dead_letters(2, "amount_mismatch")).await;
    let filter = [
        "dead",
        "replay",
        "--all",
        "--died-of",
        "order_not_found",
        "--rate",
        "100",
        "--reason",
        "registered now",
    ];
    let with = |more: &[&'static str]| [&filter[..], more].concat();
    assert!(world.ok(&with(&["--dry-run"])).await.contains("replay of 12 dead letters"));
    assert!(world.fails(&filter, 2).await.contains("--dry-run"));
    assert!(world.fails(&with(&["--count", "11"]), 1).await.contains("12 dead letters now"));
    let output = world.ok(&with(&["--count", "12", "--wait", "0"])).await;
    assert!(output.contains("is done: 12 sent (0 took effect, 0 failed again, 12 on their way)"), "{output}");
    assert_eq!(sent(&world, 12).await.len(), 12);
    assert!(world.fails(&["dead", "replay", "--reason", "x"], 2).await.contains("--all"));
    assert!(world.ok(&["jobs", "list"]).await.contains("cli:"));
    assert!(world.ok(&["dead", "groups"]).await.contains("amount_mismatch"));
    let id = world.json(&["jobs", "list", "--json"]).await["items"][0]["id"].to_string();
    assert_eq!(world.json(&["jobs", "show", &id, "--json"]).await["progress"]["sent"], 12);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_figures_of_a_finished_job_stay_whatever_is_done_later() {
    let world = World::new().await;
    let console = world.serve();
    for id in ["evt_1", "evt_2"] {
        world.dead_letter(&payment(id, "A-1", 999), "handler_panic", "handler_panic: once").await;
    }
    world.until("SELECT count(*) FROM dead_letters", 2).await;
    let api = Api::new(&console.url, Some(&world.token("operator").await));
    let (_, job) = api.post("/api/dead-letters/replay", &json!({"reason": "first", "rate": 100}));
    until_state(&api, &job, "done").await;
    sent(&world, 2).await;
    world.dead_letter(&payment("evt_1", "A-1", 999), "handler_panic", "handler_panic: again").await;
    world.until("SELECT count(*) FROM dead_letters WHERE state = 'open'", 1).await;
    world.sql("UPDATE dead_letters SET state = 'resolved' WHERE event_id = 'evt_2'").await;
    let figures = |job: &Value| api.ok(&format!("/api/jobs/{}", job["id"]))["progress"].clone();
    let first = figures(&job);
    assert_eq!((&first["sent"], &first["resolved"], &first["dead_again"]), (&json!(2), &json!(1), &json!(1)));
    let (_, second) = api.post("/api/dead-letters/replay", &json!({"reason": "second", "rate": 100}));
    until_state(&api, &second, "done").await;
    assert_eq!(figures(&job), first);
    world.sql("UPDATE dead_letters SET state = 'resolved'").await;
    assert_eq!(figures(&job), first);
    assert_eq!(figures(&second)["resolved"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_canary_of_dead_letters_whose_events_have_no_row_takes_effect() {
    let world = World::new().await;
    let console = world.serve();
    crate::browser::order(&world, "A-1", "999").await;
    for id in ["evt_1", "evt_2"] {
        world.dead_letter(&payment(id, "A-1", 999), "handler_panic", "handler_panic: once").await;
    }
    world.until("SELECT count(*) FROM dead_letters", 2).await;
    assert_eq!(world.number("SELECT count(*) FROM events").await, 0);
    let _work = crate::browser::work(&world);
    let api = Api::new(&console.url, Some(&world.token("operator").await));
    let (_, job) =
        api.post("/api/dead-letters/replay", &json!({"reason": "fixed", "rate": 100, "canary": 1}));
    until_state(&api, &job, "done").await;
    world.until("SELECT count(*) FROM dead_letters WHERE state = 'resolved'", 2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_replays_what_a_filter_names_and_everything_only_when_asked_to() {
    let world = World::new().await;
    world.sql(&dead_letters(3, "order_not_found")).await;
    world.sql(&dead_letters(2, "amount_mismatch")).await;
    let replay = |more: &[&'static str]| [&["dead", "replay", "--reason", "x"][..], more].concat();
    assert!(world.fails(&replay(&["--dry-run"]), 2).await.contains("--all"));
    assert!(world.fails(&replay(&["--count", "5"]), 2).await.contains("--all"));
    assert!(world.ok(&replay(&["--died-of", "order_not_found", "--dry-run"])).await.contains("replay of 3"));
    assert!(world.ok(&replay(&["--all", "--dry-run"])).await.contains("replay of 5"));
    assert!(world.fails(&replay(&["7", "--all"]), 2).await.contains("not both"));
    for wrong in [
        replay(&["--died-of", "order_not_fond", "--dry-run"]),
        vec!["dead", "list", "--reason", "order_not_fond"],
    ] {
        let complaint = world.fails(&wrong, 2).await;
        assert!(complaint.contains("order_not_fond") && complaint.contains("handler_panic"), "{complaint}");
    }
    assert!(world.ok(&["dead", "list", "--reason", "handler_panic"]).await.contains("nothing found"));
}
