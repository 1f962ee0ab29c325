use std::collections::BTreeMap;

use amqp::topology::Queue;
use serde_json::{Value, json};

use crate::harness::World;
use crate::http::Api;

/// Every row of every table, as text.
async fn everything(world: &World) -> BTreeMap<String, Vec<String>> {
    let client = world.pool.get().await.unwrap();
    let tables = client
        .query("SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT IN ('tokens', 'queue_marks', 'minutes')", &[])
        .await
        .unwrap();
    let mut found = BTreeMap::new();
    for table in tables {
        let name: String = table.get(0);
        let rows = client.query(&format!("SELECT t::text FROM {name} t ORDER BY 1"), &[]).await.unwrap();
        found.insert(name, rows.iter().map(|row| row.get(0)).collect());
    }
    found
}

pub fn payment(id: &str, order: &str, amount: i64) -> Value {
    json!({
        "id": id, "object": "event", "type": "payment_intent.succeeded", "created": 1_790_000_000, "livemode": false,
        "api_version": "2024-06-20", "pending_webhooks": 1, "request": {"id": null, "idempotency_key": null},
        "data": {"object": {"id": format!("pi_{id}"), "object": "payment_intent", "status": "succeeded",
            "amount": amount, "amount_received": amount, "amount_capturable": 0, "currency": "usd", "customer": "cus_1", "created": 1_790_000_000,
            "latest_charge": format!("ch_{id}"), "livemode": false,
            "receipt_email": "anna@example.com",
            "metadata": {"orderId": order, "note": "<script>document.title='owned'</script><img src=x onerror=alert(1)>"}}}
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_says_what_would_change_and_changes_nothing() {
    let world = World::new().await;
    let console = world.serve();
    world
        .ok(&[
            "orders",
            "create",
            "--id",
            "A-1",
            "--customer",
            "cus_1",
            "--amount",
            "1999",
            "--currency",
            "usd",
        ])
        .await;
    world
        .dead_letter(
            &payment("evt_1", "A-1", 999),
            "amount_mismatch",
            "amount_mismatch: order 1999 usd, payment 999 usd",
        )
        .await;
    world.dead_letter(&payment("evt_2", "A-1", 1999), "handler_panic", "handler_panic: fixed now").await;
    world.until("SELECT count(*) FROM dead_letters", 2).await;
    let operator = Api::new(&console.url, Some(&world.token("operator").await));
    let viewer = Api::new(&console.url, Some(&world.token("viewer").await));
    let id = |event: &str| operator.ok(&format!("/api/dead-letters?q={event}"))["items"][0]["id"].to_string();
    let (wrong, right) = (id("evt_1"), id("evt_2"));
    let before = everything(&world).await;
    let path = |id: &str| format!("/api/dead-letters/{id}/preview");
    viewer.refused(viewer.post(&path(&right), &json!({})), 403, "forbidden");
    let (status, again) = operator.post(&path(&wrong), &json!({}));
    assert_eq!((status, &again["disposition"]), (200, &json!("processed")), "{again}");
    let held = again["messages"].as_array().unwrap().iter();
    assert!(held.map(|m| &m["key"]).any(|key| key == "payment.held/pi_evt_1/amount_mismatch"), "{again}");
    let (status, preview) = operator.post(&path(&right), &json!({}));
    assert_eq!((status, &preview["disposition"]), (200, &json!("processed")), "{preview}");
    let order =
        preview["rows"].as_array().unwrap().iter().find(|r| r["table"] == "orders").expect("the order's row");
    assert_eq!((&order["before"]["status"], &order["after"]["status"]), (&json!("pending"), &json!("paid")));
    let keys: Vec<&str> =
        preview["messages"].as_array().unwrap().iter().map(|m| m["key"].as_str().unwrap()).collect();
    assert_eq!(keys, ["order.payment_received/A-1/pi_evt_2", "order.paid/A-1"]);
    assert!(world.ok(&["dead", "preview", &right]).await.contains("order.paid/A-1"));
    operator.refused(operator.post(&path("9999"), &json!({})), 404, "not_found");
    assert_eq!(everything(&world).await, before);
    assert_eq!(world.waiting(Queue::Fulfillment).await, 0);
}
