//! From a signed POST to rows that are right.

use e2e::{System, eventually};

use crate::histories::{count, must_be_as_expected, of_all_kinds, shuffled};

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
    let messages = "SELECT string_agg(key, ' ' ORDER BY key) FROM outbox";
    let sent = "order.paid/order_1 order.payment_received/order_1/pi_order_1";
    assert_eq!(system.text(messages).await, sent);
}

#[tokio::test]
async fn shuffled_histories_with_duplicates_end_in_the_expected_state() {
    let system = System::new().await;
    let programs = system.start_all().await;
    let histories = of_all_kinds(7, 60);

    let bodies = shuffled(&histories, 7);
    system.deliver(&mut system.client(&programs[0]), bodies.iter().map(Vec::as_slice)).await;

    system.until_done(count(&histories)).await;
    must_be_as_expected(&system, &histories).await;
}

/// Makes the database refuse a payment for a reason that may pass.
pub(crate) async fn refuse(system: &System, payment: &str) {
    let refusal = format!(
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ \
         BEGIN RAISE EXCEPTION 'not now' USING ERRCODE = 'P0001'; END $$; \
         CREATE TRIGGER refuse BEFORE UPDATE ON payments FOR EACH ROW WHEN (NEW.id ~ '{payment}') \
         EXECUTE FUNCTION refuse()"
    );
    system.execute(&refusal).await;
}

#[tokio::test]
async fn an_event_that_the_database_refuses_is_retried_dead_lettered_and_replayed_by_hand() {
    let system = System::new().await.with("RETRY_SCHEDULE", "100ms,200ms");
    let programs = system.start_all().await;
    refuse(&system, "pi_order_late").await;
    let body = paid("evt_early", "order_late", 1999);
    system.deliver(&mut system.client(&programs[0]), [body.as_bytes()]).await;
    eventually("the dead letter is stored", async || {
        system.number("SELECT count(*) FROM dead_letters").await == 1
    })
    .await;
    let dead_letter =
        "SELECT id || ' ' || event_id || ' ' || reason || ' ' || attempts || ' ' || state FROM dead_letters";
    assert_eq!(system.text(dead_letter).await, "1 evt_early database_error 3 open");
    let stored = "SELECT convert_from(payload, 'UTF8') FROM dead_letters";
    assert_eq!(system.text(stored).await, body, "the bytes are the posted ones");

    system.execute("DROP TRIGGER refuse ON payments").await;
    system.sluicegate(&["dead", "replay", "1", "--reason", "the database is well again"]);

    system.until_done(1).await;
    assert_eq!(system.text("SELECT status FROM orders").await, "paid");
    eventually("the dead letter is resolved", async || {
        system.text("SELECT state FROM dead_letters").await == "resolved"
    })
    .await;
}

#[tokio::test]
async fn a_payment_that_arrived_too_early_counts_the_moment_its_order_is_registered() {
    let system = System::new().await.with("ORDERS_POLICY", "require");
    let programs = system.start_all().await;
    let body = paid("evt_early", "order_late", 1999);
    system.deliver(&mut system.client(&programs[0]), [body.as_bytes()]).await;
    system.until_done(1).await;
    assert_eq!(system.text("SELECT reason || ' ' || state FROM cases").await, "order_not_found open");
    let create = ["orders", "create", "--id", "order_late", "--customer", "c_1"];
    system.sluicegate(&[&create[..], &["--amount", "1999", "--currency", "usd"]].concat());
    assert_eq!(system.text("SELECT status || ' ' || amount_paid FROM orders").await, "paid 1999");
    assert_eq!(system.text("SELECT state || ' ' || resolution FROM cases").await, "closed matched");
    assert_eq!(system.number("SELECT count(*) FROM outbox WHERE key = 'order.paid/order_late'").await, 1);
}

#[tokio::test]
async fn an_event_that_waits_for_another_attempt_is_found_by_every_id_that_it_names() {
    let system = System::new().await.with("RETRY_SCHEDULE", "1h");
    let programs = system.start_all().await;
    refuse(&system, "pi_order_to_come").await;
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
