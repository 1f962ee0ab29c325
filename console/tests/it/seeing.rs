//! Charts, workers, live events and metrics.

use serde_json::Value;

use crate::browser::{order, receive, work};
use crate::harness::{PATIENCE, World};
use crate::http::Api;
use crate::pages::{Browser, PASSWORD, user};
use crate::preview::payment;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_overview_shows_what_happened_in_charts_without_a_script() {
    let world = World::new().await;
    user(&world, "vera", "viewer").await;
    world
        .sql(
            "INSERT INTO minutes (at, received, processed, dead, held, p50, p99)
             SELECT date_trunc('minute', now()) - n * interval '1 minute', 2, 1, 0, 0, 0.5, 2 FROM generate_series(20, 29) n;
             INSERT INTO minutes (at, received, processed, dead, held)
             SELECT date_trunc('minute', now()) - interval '3 days', 100, 0, 7, 0",
        )
        .await;
    let console = world.serve();
    let (_, _, vera) = Browser::sign_in(&console.url, "vera", PASSWORD);
    for (span, received, dead) in [
        ("1h", "20 received in the last 1h", "0 dead letters"),
        ("7d", "120 received in the last 7d", "7 dead letters in the last 7d"),
    ] {
        let (status, page) = vera.get(&format!("/?span={span}"));
        assert_eq!(status, 200);
        for words in [received, dead, "p99, at worst 2.0 s", "<svg class=\"chart\""] {
            assert!(page.contains(words), "{words}: {page}");
        }
    }
    assert_eq!(vera.get("/?span=1y").0, 400);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn minutes_are_counted_as_they_end() {
    let world = World::new().await;
    world
        .sql(
            "INSERT INTO events (id, type, created, livemode, received_at, outcome, attempts, processed_at, payload)
             SELECT 'evt_' || n, 'x', now(), false, date_trunc('minute', now()) - interval '2 minutes', 'processed', 1,
                    date_trunc('minute', now()) - interval '2 minutes' + interval '3 seconds', '{}' FROM generate_series(1, 5) n",
        )
        .await;
    let _console = world.serve();
    world
        .until("SELECT count(*) FROM minutes WHERE received = 5 AND processed = 5 AND p50 = 3 AND p99 = 3", 1)
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn workers_are_shown_with_their_version_and_last_batch_and_live_events_refresh() {
    let world = World::new().await;
    user(&world, "vera", "viewer").await;
    let console = world.serve();
    let _work = work(&world);
    order(&world, "A-1", "999").await;
    receive(&world, &payment("evt_1", "A-1", 999)).await;
    world.until("SELECT count(*) FROM workers WHERE batch_events = 1", 1).await;
    let api = Api::new(&console.url, Some(&world.token("viewer").await));
    let overview = api.ok("/api/overview");
    let process = &overview["processes"][0];
    assert_eq!((&process["kind"], &process["batch_events"]), (&Value::from("fulfillment"), &Value::from(1)));
    assert_eq!(process["version"], env!("CARGO_PKG_VERSION"));
    let (_, _, vera) = Browser::sign_in(&console.url, "vera", PASSWORD);
    assert!(vera.get("/").1.contains("with version and last batch"));
    let (_, page) = vera.get("/events-live?outcome=processed");
    assert!(page.contains("data-refresh=\"2\"") && page.contains("evt_1"), "{page}");
    assert!(!vera.get("/events-live?outcome=dead").1.contains("evt_1"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_operators_alert_on_is_a_metric() {
    let world = World::new().await;
    world.sql(&crate::bulk::dead_letters(3, "handler_panic")).await;
    world.sql(&crate::bulk::dead_letters(2, "of_another_version")).await;
    world
        .sql(
            "INSERT INTO cases (payment_id, account, livemode, order_id, reason, state, opened_at)
             VALUES ('pi_1', '', false, 'A-1', 'amount_mismatch', 'open', now());
             INSERT INTO queue_pauses (queue, paused_by, reason) VALUES ('refund', 'user:anna', 'x');
             INSERT INTO events (id, type, created, livemode, received_at, outcome, attempts, next_attempt_at, payload)
             VALUES ('evt_1', 'x', now(), false, now(), 'retrying', 1, now(), '{}')",
        )
        .await;
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let _console = world.serve_with(&[("METRICS_BIND", &free.to_string())]);
    let metrics = Api::new(&format!("http://{free}"), None);
    let lines = [
        "sluicegate_dead_letters_open{reason=\"handler_panic\"} 3".to_owned(),
        "sluicegate_dead_letters_open{reason=\"other\"} 2".to_owned(),
        "sluicegate_dead_letters_open{reason=\"missing_field\"} 0".to_owned(),
        "sluicegate_cases_open{reason=\"amount_mismatch\"} 1".to_owned(),
        "sluicegate_events_retrying 1".to_owned(),
        "sluicegate_outbox_waiting_messages 0".to_owned(),
        format!("sluicegate_queue_paused{{queue=\"{}refund\"}} 1", world.prefix),
        format!("sluicegate_queue_messages{{queue=\"{}fulfillment\"}} 0", world.prefix),
        format!("sluicegate_queue_oldest_seconds{{queue=\"{}fulfillment\"}} 0", world.prefix),
    ];
    let begun = std::time::Instant::now();
    loop {
        let text = metrics.send("GET", "/metrics", &[], b"").2;
        let missing = lines.iter().find(|line| !text.contains(line.as_str()));
        let Some(missing) = missing else { return };
        assert!(begun.elapsed() < PATIENCE, "{missing}: {text}");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
}
