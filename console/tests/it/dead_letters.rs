use amqp::message::{self, EventHeaders};
use amqp::topology::Queue;
use lapin::types::{AMQPValue, FieldTable};
use service::trace_parent::TraceParent;

use crate::harness::{World, event};

const DEAD_LETTERS: &str = "SELECT count(*) FROM dead_letters";

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_letter_is_stored_shown_and_acknowledged() {
    let world = World::new().await;
    let _console = world.serve();
    world
        .dead_letter(&event("evt_1"), "amount_mismatch", "amount_mismatch: order 1999 usd, payment 999 usd")
        .await;
    world.until(DEAD_LETTERS, 1).await;
    let listed = world.json(&["dead", "list", "--json"]).await;
    let dead_letter = &listed["items"][0];
    assert_eq!(
        (&dead_letter["event_id"], &dead_letter["reason"], &dead_letter["state"]),
        (&"evt_1".into(), &"amount_mismatch".into(), &"open".into())
    );
    assert_eq!(listed["next"], serde_json::Value::Null);
    let died = dead_letter["dead_at"].as_str().unwrap();
    for (bound, count) in [("--since", 1), ("--until", 0)] {
        let aged = world.json(&["dead", "list", bound, died, "--json"]).await;
        assert_eq!(aged["items"].as_array().unwrap().len(), count, "{bound} {died}");
    }
    let shown = world.json(&["dead", "show", &dead_letter["id"].to_string(), "--json"]).await;
    assert_eq!(shown["payload"], event("evt_1"));
    let table = world.ok(&["dead", "list"]).await;
    assert!(table.contains("order 1999 usd, payment 999 usd"), "{table}");
    for q in ["order-evt_1", "pi_evt_1", "cus_1", "1999 USD"] {
        assert_eq!(
            world.json(&["dead", "list", "--json", "-q", q]).await["items"][0]["event_id"],
            "evt_1",
            "{q}"
        );
    }
    assert!(world.ok(&["dead", "list", "-q", "100% other"]).await.contains("nothing found"));
    assert_eq!(world.waiting(Queue::Dead).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_broker_gave_up_on_is_recorded_as_a_dead_event() {
    let world = World::new().await;
    world.sql("INSERT INTO events (id, type, created, livemode, received_at, outcome, attempts, next_attempt_at, payload) \
               VALUES ('evt_2', 'x', now(), false, now(), 'retrying', 3, now(), '{}')").await;
    world.sql("INSERT INTO events (id, type, created, livemode, received_at, outcome, attempts, processed_at, payload) \
               VALUES ('evt_3', 'x', now(), false, now(), 'processed', 1, now(), '{}')").await;
    let _console = world.serve();
    for id in ["evt_1", "evt_2", "evt_3"] {
        let headers = EventHeaders::received(jiff::Timestamp::now()).to_table();
        world.publish_dead(event(id).to_string().as_bytes(), id, headers).await;
    }
    world.until(DEAD_LETTERS, 3).await;
    world.until("SELECT count(*) FROM events WHERE outcome = 'dead' AND reason = 'delivery_limit' AND next_attempt_at IS NULL", 2).await;
    assert_eq!(
        world.number("SELECT count(*) FROM events WHERE id = 'evt_3' AND outcome = 'processed'").await,
        1
    );
    assert_eq!(
        world
            .number("SELECT count(*) FROM dead_letters WHERE event_id = 'evt_3' AND state = 'resolved'")
            .await,
        1
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_no_event_is_kept_byte_for_byte() {
    let world = World::new().await;
    let _console = world.serve();
    let bodies: [&[u8]; 4] = [
        b"not json \x00\xff",
        b"",
        b"[1,2]",
        br#"{"id":"evt_\u0000","type":"a\u0000b","created":1,"livemode":false}"#,
    ];
    for (i, body) in bodies.iter().enumerate() {
        let id = if i == 1 { String::new() } else { format!("message-{i}") };
        world.dead_bytes(body, &id, "malformed_event", "nul \0 in the error").await;
    }
    world.until(DEAD_LETTERS, 4).await;
    let client = world.pool.get().await.unwrap();
    for body in bodies {
        let row =
            client.query_one("SELECT event_id FROM dead_letters WHERE payload = $1", &[&body]).await.unwrap();
        let id: String = row.get(0);
        let shown = world.ok(&["dead", "list", "-q", &id]).await;
        assert!(shown.contains("malformed_event"), "{shown}");
    }
    assert_eq!(world.number("SELECT count(*) FROM dead_letters WHERE event_id LIKE 'sha256:%'").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replay_sends_the_same_bytes_and_a_second_failure_reopens_the_dead_letter() {
    let world = World::new().await;
    let _console = world.serve();
    let body = format!("\u{feff}  {}  ", event("evt_1"));
    world.dead_bytes(body.as_bytes(), "evt_1", "order_not_found", "order_not_found: A-1").await;
    world.until(DEAD_LETTERS, 1).await;
    let id = world.json(&["dead", "list", "--json"]).await["items"][0]["id"].to_string();
    assert!(world.fails(&["dead", "replay", &id, "--reason", "  "], 2).await.contains("reason"));
    world.ok(&["dead", "replay", &id, "--reason", "order A-1 is registered now"]).await;
    let sent = world.take(Queue::Fulfillment).await;
    assert_eq!(sent.data, body.as_bytes());
    let headers = sent.properties.headers().clone().unwrap_or_default();
    let read = EventHeaders::from_table(&headers, jiff::Timestamp::now());
    assert_eq!((read.attempt, read.replay_of.as_deref()), (0, Some(id.as_str())));
    assert_eq!(sent.properties.message_id().as_ref().unwrap().as_str(), "evt_1");
    assert_eq!(sent.routing_key.as_str(), "payment_intent.succeeded");
    world.until("SELECT count(*) FROM dead_letters WHERE state = 'replayed' AND replays = 1", 1).await;
    let reasons = "SELECT count(*) FROM audit WHERE actor LIKE 'cli:%' AND action = 'dead.replay' \
                   AND reason = 'order A-1 is registered now'";
    assert_eq!(world.number(reasons).await, 1);
    world.dead_bytes(body.as_bytes(), "evt_1", "amount_mismatch", "amount_mismatch: again").await;
    world
        .until(
            "SELECT count(*) FROM dead_letters WHERE state = 'open' AND error = 'amount_mismatch: again'",
            1,
        )
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replay_stays_in_the_trace_of_the_request_that_brought_the_event() {
    let world = World::new().await;
    let _console = world.serve();
    let mut headers = EventHeaders::received(jiff::Timestamp::now());
    headers.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".parse().ok();
    let mut table = headers.to_table();
    table.insert(amqp::message::REASON.into(), AMQPValue::LongString("order_not_found".into()));
    world.publish_dead(event("evt_1").to_string().as_bytes(), "evt_1", table).await;
    world.until(DEAD_LETTERS, 1).await;
    let id = world.json(&["dead", "list", "--json"]).await["items"][0]["id"].to_string();
    world.ok(&["dead", "replay", &id, "--reason", "for the test"]).await;
    assert_eq!(trace(&world).await, headers.traceparent);
}

/// The trace of the next message in the queue.
async fn trace(world: &World) -> Option<TraceParent> {
    let headers = world.take(Queue::Fulfillment).await.properties.headers().clone().unwrap_or_default();
    EventHeaders::from_table(&headers, jiff::Timestamp::now()).traceparent
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replayed_event_stays_in_its_trace_and_begins_one_where_none_is_known() {
    let world = World::new().await;
    let known = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    world.sql(&format!("INSERT INTO events (id, type, created, livemode, received_at, outcome, attempts, processed_at, payload, traceparent) \
        VALUES ('evt_1', 'charge.succeeded', now(), false, now(), 'processed', 1, now(), '{{}}', '{known}'), \
               ('evt_2', 'charge.succeeded', now(), false, now(), 'processed', 1, now(), '{{}}', NULL)")).await;
    world.ok(&["events", "replay", "evt_1", "--reason", "for the test"]).await;
    assert_eq!(trace(&world).await, known.parse().ok());
    world.ok(&["events", "replay", "evt_2", "--reason", "for the test"]).await;
    assert!(trace(&world).await.is_some_and(|new| Some(new) != known.parse().ok()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_letter_whose_event_took_effect_is_resolved_at_once() {
    let world = World::new().await;
    world.sql("INSERT INTO events (id, type, created, livemode, received_at, outcome, attempts, processed_at, payload) \
               VALUES ('evt_1', 'x', now(), false, now(), 'ignored', 1, now(), '{}')").await;
    let _console = world.serve();
    world.dead_letter(&event("evt_1"), "order_not_found", "order_not_found: A-1").await;
    world.until("SELECT count(*) FROM dead_letters WHERE state = 'resolved'", 1).await;
    let id = world.json(&["dead", "list", "--json"]).await["items"][0]["id"].to_string();
    world.ok(&["dead", "replay", &id, "--reason", "for the test"]).await;
    assert_eq!(world.number("SELECT count(*) FROM dead_letters WHERE state = 'resolved'").await, 1);
    assert!(world.fails(&["dead", "discard", &id, "--reason", "no"], 1).await.contains("resolved"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_processed_event_can_be_replayed_and_a_discarded_dead_letter_too() {
    let world = World::new().await;
    let body = r#"{"id": "evt_1",  "type": "charge.succeeded"}"#;
    world.sql(&format!("INSERT INTO events (id, type, created, livemode, received_at, outcome, attempts, processed_at, payload) \
               VALUES ('evt_1', 'charge.succeeded', now(), false, now(), 'processed', 1, now(), '{body}')")).await;
    world.ok(&["events", "replay", "evt_1", "--reason", "for the test"]).await;
    assert_eq!(world.take(Queue::Fulfillment).await.data, body.as_bytes());
    assert!(world.fails(&["events", "replay", "evt_9", "--reason", "x"], 1).await.contains("not found"));
    let _console = world.serve();
    world.dead_letter(&event("evt_2"), "order_not_found", "order_not_found").await;
    world.until(DEAD_LETTERS, 1).await;
    let id = world.json(&["dead", "list", "--json"]).await["items"][0]["id"].to_string();
    world.ok(&["dead", "discard", &id, "--reason", "a test order"]).await;
    world.ok(&["events", "replay", "evt_2", "--reason", "it was no test order"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn dead_letters_wait_in_the_queue_while_the_database_is_unavailable() {
    let world = World::new().await;
    let _console = world.serve();
    world.dead_letter(&event("evt_1"), "order_not_found", "one").await;
    world.until(DEAD_LETTERS, 1).await;
    world.sql("ALTER TABLE dead_letters RENAME TO away").await;
    world.dead_letter(&event("evt_2"), "order_not_found", "two").await;
    world.until_taken(Queue::Dead).await;
    world.sql("ALTER TABLE away RENAME TO dead_letters").await;
    world.until(DEAD_LETTERS, 2).await;
    let mut headers = FieldTable::default();
    headers.insert(message::REASON.into(), AMQPValue::LongString("order_not_found".into()));
    world.publish_dead(event("evt_3").to_string().as_bytes(), "evt_3", headers).await;
    world.until(DEAD_LETTERS, 3).await;
}
