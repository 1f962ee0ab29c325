//! From a signed POST to rows that are right.

use e2e::{System, eventually};

use crate::histories::{count, mixed_up, must_be_true, of_all_kinds};

pub(crate) fn paid(id: &str, order: &str, amount: i64) -> String {
    format!(
        r#"{{"id":"{id}","object":"event","api_version":"2024-06-20","created":1790000000,"livemode":false,
            "type":"payment_intent.succeeded","data":{{"object":{{"id":"pi_{order}","object":"payment_intent",
            "amount":{amount},"amount_received":{amount},"currency":"usd","status":"succeeded","created":1790000000,
            "customer":null,"latest_charge":"ch_{order}","metadata":{{"orderId":"{order}","customerId":"c_1"}}}}}}}}"#
    )
}

#[tokio::test]
async fn a_signed_post_becomes_a_paid_order() {
    let system = System::new().await;
    let programs = system.start_all().await;
    let mut client = system.client(&programs[0]);

    let answer = system.post(&mut client, paid("evt_1", "order_1", 1999).as_bytes()).await;
    assert_eq!(answer.status, Ok(200));

    system.until_done(1).await;
    let order = system
        .text("SELECT status || ' ' || amount_paid || ' ' || currency FROM orders WHERE id = 'order_1'")
        .await;
    assert_eq!(order, "paid 1999 usd");
    assert_eq!(system.text("SELECT key FROM outbox").await, "order.paid/order_1");
}

#[tokio::test]
async fn histories_mixed_up_and_repeated_end_in_the_true_state() {
    let system = System::new().await;
    let programs = system.start_all().await;
    let histories = of_all_kinds(7, 60);

    let bodies = mixed_up(&histories, 7);
    system.deliver(&mut system.client(&programs[0]), bodies.iter().map(Vec::as_slice)).await;

    system.until_done(count(&histories)).await;
    must_be_true(&system, &histories).await;
}

#[tokio::test]
async fn an_event_that_arrives_too_early_is_retried_dead_lettered_and_replayed() {
    let system = System::new().await.with("ORDERS_POLICY", "require").with("RETRY_SCHEDULE", "100ms,200ms");
    let programs = system.start_all().await;
    let body = paid("evt_early", "order_late", 1999);
    system.deliver(&mut system.client(&programs[0]), [body.as_bytes()]).await;
    eventually("the dead letter is stored", async || {
        system.number("SELECT count(*) FROM dead_letters").await == 1
    })
    .await;
    let dead_letter =
        "SELECT id || ' ' || event_id || ' ' || reason || ' ' || attempts || ' ' || state FROM dead_letters";
    assert_eq!(system.text(dead_letter).await, "1 evt_early order_not_found 3 open");
    let stored = "SELECT convert_from(payload, 'UTF8') FROM dead_letters";
    assert_eq!(system.text(stored).await, body, "the bytes are the posted ones");

    let create = [
        "orders",
        "create",
        "--id",
        "order_late",
        "--customer",
        "c_1",
        "--amount",
        "1999",
        "--currency",
        "usd",
    ];
    system.sluicegate(&create);
    system.sluicegate(&["dead", "replay", "1", "--reason", "the order is there now"]);

    system.until_done(1).await;
    assert_eq!(system.text("SELECT status FROM orders").await, "paid");
    eventually("the dead letter is resolved", async || {
        system.text("SELECT state FROM dead_letters").await == "resolved"
    })
    .await;
}

#[tokio::test]
async fn an_event_that_waits_for_its_order_is_found_by_all_that_it_names() {
    let system = System::new().await.with("ORDERS_POLICY", "require").with("RETRY_SCHEDULE", "1h");
    let programs = system.start_all().await;
    let body = paid("evt_waits", "order_to_come", 1999);
    system.deliver(&mut system.client(&programs[0]), [body.as_bytes()]).await;
    eventually("it waits", async || system.counts().await.retrying == 1).await;
    for filter in [
        ["--order", "order_to_come"],
        ["--q", "pi_order_to_come"],
        ["--q", "ch_order_to_come"],
        ["--q", "evt_waits"],
    ] {
        let found = system.sluicegate(&["events", "list", filter[0], filter[1], "--json"]);
        let found: serde_json::Value = serde_json::from_str(&found).expect("JSON");
        let items = found["items"].as_array().expect("a list");
        assert_eq!(items.len(), 1, "{filter:?}: {found}");
        assert_eq!((&items[0]["id"], &items[0]["outcome"]), (&"evt_waits".into(), &"retrying".into()));
    }
}
