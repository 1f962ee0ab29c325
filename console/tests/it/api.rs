use amqp::topology::Queue;
use serde_json::json;

use crate::api_events::EVENTS;
use crate::harness::{World, event};
use crate::http::Api;

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_answered_without_a_valid_token() {
    let world = World::new().await;
    let console = world.serve();
    let token = world.token("admin").await;
    let valid = Api::new(&console.url, Some(&token));
    for api in [
        Api::new(&console.url, None),
        Api::new(&console.url, Some("slg_0000")),
        Api::new(&console.url, Some(&format!("{token}0"))),
    ] {
        for path in [
            "/api/events",
            "/api/events/evt_1",
            "/api/dead-letters",
            "/api/dead-letters/groups",
            "/api/dead-letters/1",
            "/api/orders/1",
            "/api/queues",
            "/api/audit",
            "/api/jobs",
            "/api/jobs/1",
            "/api/subscriptions/1",
        ] {
            api.refused(api.get(path), 401, "unauthorized");
        }
        for path in [
            "/api/events/evt_1/replay",
            "/api/dead-letters/1/replay",
            "/api/dead-letters/1/discard",
            "/api/dead-letters/replay",
            "/api/dead-letters/discard",
            "/api/orders",
            "/api/jobs/1/pause",
        ] {
            api.refused(api.post(path, &json!({"reason": "x"})), 401, "unauthorized");
        }
    }
    assert_eq!(valid.get("/api/events").0, 200);
    world.ok(&["token", "revoke", "test-admin"]).await;
    valid.refused(valid.get("/api/events"), 401, "unauthorized");
    assert_eq!(
        world.number(&format!("SELECT count(*) FROM tokens WHERE strpos(tokens::text, '{token}') > 0")).await,
        0
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_viewer_looks_and_does_nothing_else() {
    let world = World::new().await;
    let console = world.serve();
    world.sql(EVENTS).await;
    let viewer = Api::new(&console.url, Some(&world.token("viewer").await));
    for (path, body) in [
        ("/api/events/evt_1/replay", json!({"reason": "x"})),
        ("/api/dead-letters/1/replay", json!({"reason": "x"})),
        ("/api/dead-letters/1/discard", json!({"reason": "x"})),
        ("/api/dead-letters/replay", json!({"reason": "x"})),
        ("/api/dead-letters/discard", json!({"reason": "x", "dry_run": true})),
        ("/api/orders", json!({"id": "A", "amount": 1, "currency": "usd"})),
    ] {
        viewer.refused(viewer.post(path, &body), 403, "forbidden");
    }
    assert!(!viewer.ok("/api/events/evt_1")["payload"].to_string().contains("anna"));
    let operator = Api::new(&console.url, Some(&world.token("operator").await));
    assert!(operator.ok("/api/events/evt_1")["payload"].to_string().contains("anna@example.com"));
    assert_eq!(world.waiting(Queue::Fulfillment).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_letter_is_found_explained_replayed_and_discarded() {
    let world = World::new().await;
    let console = world.serve();
    for id in ["evt_1", "evt_2"] {
        world.dead_letter(&event(id), "missing_field", &format!("missing_field: no id in {id}")).await;
    }
    world.dead_letter(&event("evt_3"), "order_not_found", "order_not_found: order A-1").await;
    world.until("SELECT count(*) FROM dead_letters", 3).await;
    let api = Api::new(&console.url, Some(&world.token("operator").await));
    let groups = api.ok("/api/dead-letters/groups");
    let group = &groups["items"][0];
    assert_eq!((&group["count"], &group["reason"]), (&json!(2), &json!("missing_field")));
    assert_eq!(group["days"].as_array().unwrap().iter().map(|n| n.as_i64().unwrap()).sum::<i64>(), 2);
    let fingerprint = group["fingerprint"].as_str().unwrap();
    let listed = api.ok(&format!("/api/dead-letters?fingerprint={fingerprint}&state=open"));
    assert_eq!(listed["items"].as_array().unwrap().len(), 2);
    assert_eq!(api.ok("/api/dead-letters?since=2100-01-01T00:00:00Z")["items"], json!([]));
    assert_eq!(api.ok("/api/dead-letters?q=order-evt_3")["items"][0]["event_id"], "evt_3");
    let id = listed["items"][0]["id"].as_i64().unwrap();
    let shown = api.ok(&format!("/api/dead-letters/{id}"));
    assert!(shown["advice"]["meaning"].as_str().unwrap().contains("lacks something"));
    assert_eq!(shown["payload"]["data"]["object"]["metadata"]["note"], "<script>alert(1)</script>");
    let replay = format!("/api/dead-letters/{id}/replay");
    api.refused(api.post(&replay, &json!({"reason": " "})), 400, "missing_reason");
    api.refused(api.post(&replay, &json!({})), 400, "invalid_body");
    assert_eq!(api.post(&replay, &json!({"reason": "the order was corrected"})).0, 200);
    assert_eq!(
        world.take(Queue::Fulfillment).await.properties.message_id().as_ref().unwrap().as_str(),
        listed["items"][0]["event_id"].as_str().unwrap()
    );
    let shown = api.ok(&format!("/api/dead-letters/{id}"));
    assert_eq!(
        (&shown["state"], &shown["history"][0]["actor"], &shown["history"][0]["reason"]),
        (&json!("replayed"), &json!("token:test-operator"), &json!("the order was corrected"))
    );
    let discard = format!("/api/dead-letters/{id}/discard");
    api.refused(api.post(&discard, &json!({"reason": "x"})), 409, "not_open");
    let other = listed["items"][1]["id"].as_i64().unwrap();
    assert_eq!(api.post(&format!("/api/dead-letters/{other}/discard"), &json!({"reason": "a test"})).0, 200);
    assert_eq!(api.ok("/api/dead-letters?state=discarded")["items"][0]["id"], other);
    api.refused(api.get("/api/dead-letters/999999"), 404, "not_found");
    api.refused(api.get("/api/dead-letters/x"), 400, "invalid_path");
    assert_eq!(
        api.ok("/api/audit?action=dead.discard")["items"][0]["subject"],
        format!("dead_letter:{other}")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_and_queues_answer_over_http_as_on_the_command_line() {
    let world = World::new().await;
    let console = world.serve();
    let api = Api::new(&console.url, Some(&world.token("operator").await));
    let order = json!({"id": "A-1", "customer": "cus_1", "amount": 1999, "currency": "usd"});
    let (status, created) = api.post("/api/orders", &order);
    assert_eq!((status, created["reference_code"].as_str().unwrap().len()), (201, 20));
    assert_eq!(api.post("/api/orders", &order), (200, created.clone()));
    let shown = api.ok("/api/orders/A-1");
    for (name, value) in created.as_object().unwrap() {
        assert_eq!(&shown[name], value, "{name}");
    }
    let other = json!({"id": "A-1", "customer": "cus_1", "amount": 1998, "currency": "usd"});
    api.refused(api.post("/api/orders", &other), 409, "order_exists");
    api.refused(
        api.post("/api/orders", &json!({"id": "A-2", "amount": -1, "currency": "usd"})),
        400,
        "invalid_amount",
    );
    api.refused(
        api.post("/api/orders", &json!({"id": "A\u{0}2", "amount": 1, "currency": "usd"})),
        400,
        "invalid_order",
    );
    api.refused(api.get("/api/orders/A-9"), 404, "not_found");
    let queues = api.ok("/api/queues");
    let names: Vec<&str> =
        queues["items"].as_array().unwrap().iter().map(|q| q["name"].as_str().unwrap()).collect();
    assert_eq!(
        names
            .iter()
            .filter(|n| n.ends_with("fulfillment") || n.ends_with("dead") || n.ends_with("retry.10s"))
            .count(),
        3
    );
    let begun = std::time::Instant::now();
    // The console's own consumer of the dead queue connects in its own time.
    while !api.ok("/api/queues")["items"]
        .as_array()
        .unwrap()
        .iter()
        .any(|q| q["kind"] == "dead" && q["consumers"] == 1)
    {
        assert!(begun.elapsed() < crate::harness::PATIENCE, "nobody consumes the dead queue");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_requests_get_the_fitting_status_in_the_same_form() {
    let world = World::new().await;
    let console = world.serve();
    let api = Api::new(&console.url, Some(&world.token("admin").await));
    api.refused(api.get("/api/nothing"), 404, "not_found");
    api.refused(api.post("/api/events", &json!({})), 405, "method_not_allowed");
    let (_, headers, _) = api.send("DELETE", "/api/orders/1", &[], b"");
    assert_eq!(headers["allow"], "GET, PATCH");
    let (status, _, body) = api.send("POST", "/api/orders", &[("content-type", "text/plain")], b"{}");
    assert!(status == 415 && body.contains("unsupported_media_type"), "{status} {body}");
    let large = format!("{{\"reason\":\"{}\"}}", "x".repeat(100_000));
    let (status, _, body) =
        api.send("POST", "/api/events/x/replay", &[("content-type", "application/json")], large.as_bytes());
    assert!(status == 413 && body.contains("body_too_large"), "{status} {body}");
    let (status, _, _) = api.send("GET", "/api/events/%00", &[], b"");
    assert_eq!(status, 400);
    let begun = std::time::Instant::now();
    while api.send("GET", "/health/ready", &[], b"").0 != 200 {
        assert!(begun.elapsed() < crate::harness::PATIENCE, "the console does not get ready");
    }
}
