//! Dead letters that are hard to store: none blocks those behind it, and none is lost.

use amqp::message::{self, EventHeaders};
use lapin::types::AMQPValue;
use serde_json::json;

use crate::browser::{order, work};
use crate::harness::{World, event};
use crate::http::Api;
use crate::pages::{Browser, PASSWORD, user};
use crate::preview::payment;

const DEAD_LETTERS: &str = "SELECT count(*) FROM dead_letters";

#[tokio::test(flavor = "multi_thread")]
async fn forged_times_and_a_huge_reason_block_nothing() {
    let world = World::new().await;
    let _console = world.serve();
    let mut by_broker = EventHeaders::received(jiff::Timestamp::now()).to_table();
    for name in [message::RECEIVED_AT, message::FIRST_FAILED_AT] {
        by_broker.insert(name.into(), AMQPValue::LongLongInt(-300_000_000_000_000));
    }
    let mut headers = by_broker.clone();
    headers.insert(message::REASON.into(), AMQPValue::LongString("r".repeat(20_000).into()));
    let mut forged = event("evt_1");
    forged["created"] = (-300_000_000_000_i64).into();
    world.publish_dead(forged.to_string().as_bytes(), "evt_1", headers).await;
    // What the broker gave up on is recorded as an event as well.
    forged["id"] = "evt_2".into();
    world.publish_dead(forged.to_string().as_bytes(), "evt_2", by_broker).await;
    world.dead_letter(&event("evt_3"), "missing_field", "missing_field: customer").await;
    world.until(DEAD_LETTERS, 3).await;
    let stored = "SELECT count(*) FROM dead_letters WHERE event_id IN ('evt_1', 'evt_2', 'evt_3') AND first_failed_at > now() - interval '1 hour'";
    assert_eq!(world.number(stored).await, 3);
    assert_eq!(world.number("SELECT count(*) FROM events WHERE id = 'evt_2' AND outcome = 'dead'").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_database_refuses_is_stored_in_a_reduced_form_and_can_be_replayed() {
    let world = World::new().await;
    world.sql("ALTER TABLE dead_letters ADD CHECK (event_id <> 'evt_1')").await;
    let console = world.serve();
    let body = payment("evt_1", "A-1", 999);
    world.dead_letter(&body, "handler_panic", "handler_panic: index out of bounds").await;
    world.dead_letter(&event("evt_2"), "missing_field", "missing_field: customer").await;
    world.until(DEAD_LETTERS, 2).await;
    let reduced = format!(
        "SELECT count(*) FROM dead_letters WHERE event_id LIKE 'sha256:%' AND reason = 'invalid_data'
         AND error LIKE '%reduced form%handler_panic: index out of bounds%' AND payload = convert_to('{}', 'UTF8')",
        body.to_string().replace('\'', "''")
    );
    assert_eq!(world.number(&reduced).await, 1);
    // Under another id than its event's it is resolved all the same.
    order(&world, "A-1", "999").await;
    let id = world.number("SELECT id FROM dead_letters WHERE event_id LIKE 'sha256:%'").await;
    let api = Api::new(&console.url, Some(&world.token("operator").await));
    assert_eq!(api.post(&format!("/api/dead-letters/{id}/replay"), &json!({"reason": "fixed"})).0, 200);
    let _work = work(&world);
    world
        .until(&format!("SELECT count(*) FROM dead_letters WHERE id = {id} AND state = 'resolved'"), 1)
        .await;
    assert_eq!(world.number("SELECT count(*) FROM orders WHERE id = 'A-1' AND status = 'paid'").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_database_refuses_in_every_form_is_set_aside_and_tried_again() {
    let world = World::new().await;
    world
        .sql(
            "CREATE FUNCTION odd() RETURNS trigger LANGUAGE plpgsql AS $$
             BEGIN RAISE EXCEPTION 'odd' USING ERRCODE = '23514'; END $$;
             CREATE TRIGGER odd BEFORE INSERT ON dead_letters FOR EACH ROW
             WHEN (convert_from(NEW.payload, 'UTF8') LIKE '%evt_1%') EXECUTE FUNCTION odd()",
        )
        .await;
    let _console = world.serve();
    world.dead_letter(&event("evt_1"), "missing_field", "missing_field: customer").await;
    world.dead_letter(&event("evt_2"), "missing_field", "missing_field: customer").await;
    world.until(DEAD_LETTERS, 1).await;
    assert_eq!(world.number("SELECT count(*) FROM dead_letters WHERE event_id = 'evt_2'").await, 1);
    world.sql("DROP TRIGGER odd ON dead_letters").await;
    world
        .until("SELECT count(*) FROM dead_letters WHERE event_id = 'evt_1' AND reason = 'missing_field'", 1)
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn several_bodies_under_one_id_are_all_kept() {
    let world = World::new().await;
    user(&world, "anna", "operator").await;
    let console = world.serve();
    // No events: each is a dead letter of its own.
    for body in ["one", "two", "one"] {
        world.dead_bytes(body.as_bytes(), "msg", "malformed_event", "not JSON").await;
    }
    world.until(DEAD_LETTERS, 2).await;
    world.dead_letter(&event("evt_1"), "missing_field", "missing_field: customer").await;
    world.until(DEAD_LETTERS, 3).await;
    let mut second = event("evt_1");
    second["pending_webhooks"] = 2.into();
    world.dead_letter(&second, "handler_panic", "handler_panic: second").await;
    world.until("SELECT count(*) FROM dead_letters WHERE reason = 'handler_panic'", 1).await;
    assert_eq!(world.number(DEAD_LETTERS).await, 3);
    let id = world.number("SELECT id FROM dead_letters WHERE event_id = 'evt_1'").await;
    let api = Api::new(&console.url, Some(&world.token("operator").await));
    let shown = api.ok(&format!("/api/dead-letters/{id}"));
    assert_eq!(shown["payload"], second);
    assert_eq!(shown["former_bodies"][0]["error"], "missing_field: customer");
    let (_, _, browser) = Browser::sign_in(&console.url, "anna", PASSWORD);
    let (_, page) = browser.get(&format!("/dead-letters/{id}"));
    assert!(page.contains("Earlier bodies"), "{page}");
    let hash = shown["former_bodies"][0]["hash"].as_str().unwrap();
    assert_eq!(browser.get(&format!("/dead-letters/{id}/bodies/{hash}")).1, event("evt_1").to_string());
    assert_eq!(browser.get(&format!("/dead-letters/{id}/bodies/{}", "0".repeat(64))).0, 404);
}

/// The most memory that a process ever had, in MiB.
fn peak(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
}

#[tokio::test(flavor = "multi_thread")]
async fn large_dead_letters_take_no_more_memory_than_a_few_of_them() {
    const MEBIBYTES: usize = 8;
    const LETTERS: u8 = 40;
    let world = World::new().await;
    user(&world, "anna", "operator").await;
    user(&world, "vera", "viewer").await;
    let console = world.serve();
    let large = vec![b'x'; MEBIBYTES * 1024 * 1024];
    for n in 0..LETTERS {
        let mut body = large.clone();
        body[0] = n;
        world.dead_bytes(&body, &format!("msg_{n}"), "malformed_event", "not JSON").await;
    }
    world.until(DEAD_LETTERS, i64::from(LETTERS)).await;
    let id = world.number("SELECT min(id) FROM dead_letters").await;
    let api = Api::new(&console.url, Some(&world.token("operator").await));
    let shown = api.ok(&format!("/api/dead-letters/{id}"));
    assert_eq!((&shown["payload"], &shown["payload_bytes"]), (&json!(null), &json!(large.len())));
    let (_, _, anna) = Browser::sign_in(&console.url, "anna", PASSWORD);
    let (_, page) = anna.get(&format!("/dead-letters/{id}"));
    assert!(page.contains("8388608 bytes, which are too many to show"), "{page}");
    assert_eq!(anna.get(&format!("/dead-letters/{id}/body")).1.len(), large.len());
    assert_eq!(api.send("GET", &format!("/api/dead-letters/{id}/body"), &[], b"").2.len(), large.len());
    let (_, _, vera) = Browser::sign_in(&console.url, "vera", PASSWORD);
    assert_eq!(vera.get(&format!("/dead-letters/{id}/body")).0, 403);
    assert_eq!(api.get("/api/dead-letters/999/body").0, 404);
    let (_, job) = api.post("/api/dead-letters/replay", &json!({"reason": "all", "rate": 1000}));
    crate::bulk::until_state(&api, &job, "done").await;
    let peak = peak(console.child.id());
    // All of them at once, in each of the forms in which they pass through, would be three times their size.
    assert!(peak < 640, "{peak} MiB for {LETTERS} dead letters of {MEBIBYTES} MiB");
}
