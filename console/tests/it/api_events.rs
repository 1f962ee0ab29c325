//! Events over the API: pages of them, and the search.

use serde_json::json;

use crate::harness::{World, event};
use crate::http::Api;

pub const EVENTS: &str = "INSERT INTO events (id, type, created, livemode, object_id, received_at, outcome, attempts, processed_at, payload)
    SELECT 'evt_' || n, CASE WHEN n % 2 = 0 THEN 'charge.succeeded' ELSE 'payment_intent.succeeded' END, now(), false, 'pi_' || n,
           '2026-11-22T10:00:00Z'::timestamptz + n / 3 * interval '1 second', 'processed', 1, now(),
           ('{\"id\":\"evt_' || n || '\",\"data\":{\"object\":{\"object\":\"charge\",\"receipt_email\":\"anna@example.com\"}}}')::json
    FROM generate_series(1, 12) n";

#[tokio::test(flavor = "multi_thread")]
async fn events_are_listed_in_pages_that_miss_and_repeat_nothing() {
    let world = World::new().await;
    let console = world.serve();
    world.sql(EVENTS).await;
    let api = Api::new(&console.url, Some(&world.token("viewer").await));
    let mut seen = Vec::new();
    let mut next = String::new();
    loop {
        let page = api.ok(&format!("/api/events?limit=5{next}"));
        seen.extend(page["items"].as_array().unwrap().iter().map(|e| e["id"].as_str().unwrap().to_owned()));
        match page["next"].as_str() {
            Some(cursor) => next = format!("&before={cursor}"),
            None => break,
        }
    }
    assert_eq!(seen.len(), 12);
    seen.dedup();
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 12);
    assert_eq!(api.ok("/api/events?type=charge.succeeded")["items"].as_array().unwrap().len(), 6);
    assert_eq!(api.ok("/api/events?outcome=dead")["items"], json!([]));
    assert_eq!(api.ok("/api/events?object=pi_7&limit=1")["items"][0]["id"], "evt_7");
    assert_eq!(api.ok("/api/events?q=evt_7")["items"][0]["id"], "evt_7");
    for wrong in
        ["limit=0", "limit=501", "limit=x", "outcome=lost", "before=nonsense", "before=1.%00", "colour=red"]
    {
        let (status, body) = api.get(&format!("/api/events?{wrong}"));
        assert_eq!(status, 400, "{wrong}: {body}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_a_customer_a_payment_and_a_dead_letter_lead_to_their_events() {
    let world = World::new().await;
    let console = world.serve();
    world.sql(EVENTS).await;
    world.sql("INSERT INTO orders (id, customer, amount, currency) VALUES ('A-1', 'cus_1', 1, 'usd'), ('A-2', 'cus_2', 1, 'usd');
        INSERT INTO payments (id, order_id, customer) VALUES ('pi_x', 'A-1', 'cus_1'), ('pi_y', 'A-2', 'cus_2');
        INSERT INTO charges VALUES ('ch_x', 'pi_x');
        INSERT INTO refunds (id, payment_id, order_id, charge, amount, currency, status, reason, failure_reason, updated_at)
        VALUES ('re_x', 'pi_x', 'A-1', 'ch_x', 1, 'usd', 'succeeded', NULL, NULL, now());
        INSERT INTO subscriptions (id, customer) VALUES ('sub_1', 'cus_2');
        INSERT INTO invoices (id, subscription_id, customer) VALUES ('in_1', 'sub_1', 'cus_2');
        INSERT INTO effects VALUES ('payment', 'pi_x', 'evt_1', now(), '{}'), ('order', 'A-1', 'evt_1', now(), '{}'),
            ('payment', 'pi_x', 'evt_2', now(), '{}'), ('payment', 'pi_y', 'evt_3', now(), '{}'), ('invoice', 'in_1', 'evt_5', now(), '{}')").await;
    let mut dead = event("evt_4");
    dead["data"]["object"]["metadata"]["orderId"] = json!("A-1");
    world.sql("UPDATE events SET outcome = 'dead', processed_at = NULL WHERE id = 'evt_4'").await;
    world.dead_letter(&dead, "amount_mismatch", "amount_mismatch: no").await;
    world.until("SELECT count(*) FROM dead_letters", 1).await;
    let api = Api::new(&console.url, Some(&world.token("viewer").await));
    let found = |query: &str| {
        let page = api.ok(&format!("/api/events?{query}"));
        let mut ids: Vec<String> =
            page["items"].as_array().unwrap().iter().map(|e| e["id"].as_str().unwrap().to_owned()).collect();
        ids.sort();
        ids.join(" ")
    };
    assert_eq!(found("order=A-1"), "evt_1 evt_2 evt_4");
    assert_eq!(found("q=A-1"), "evt_1 evt_2 evt_4");
    assert_eq!(found("q=pi_x"), "evt_1 evt_2");
    assert_eq!(found("q=ch_x"), "evt_1 evt_2");
    assert_eq!(found("q=re_x"), "evt_1 evt_2");
    assert_eq!(found("customer=cus_2"), "evt_3 evt_5");
    assert_eq!(found("q=sub_1"), "evt_5");
    assert_eq!(found("q=in_1"), "evt_5");
    assert_eq!(found("customer=cus_2&type=charge.succeeded"), "");
    assert_eq!(found("order=nothing"), "");
    assert_eq!(found("order=A-1&customer=cus_1&q=evt_2"), "evt_1 evt_2");
    assert_eq!(found("order=A-1&customer=cus_2"), "");
    assert_eq!(api.ok("/api/subscriptions/sub_1")["invoices"][0]["id"], "in_1");
    api.refused(api.get("/api/subscriptions/sub_9"), 404, "not_found");
    let shown = api.ok("/api/events/evt_4");
    assert_eq!((&shown["outcome"], &shown["dead_letter"]["state"]), (&json!("dead"), &json!("open")));
    assert_eq!(api.ok("/api/events/evt_1")["effects"].as_array().unwrap().len(), 2);
}
