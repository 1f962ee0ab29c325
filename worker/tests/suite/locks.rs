//! What a batch locks, while other batches take and drop the same rows.

use domain::rules::Rules;
use serde_json::{Value, json};
use worker::process::{AckReason, Disposition};

use crate::database::{Bench, event, inbound};

/// A paid session that names its order only by `client_reference_id`.
fn session(id: &str, intent: &str) -> Value {
    json!({
        "id": id, "object": "checkout.session", "mode": "payment", "status": "complete", "payment_status": "paid",
        "amount_total": 5, "currency": "usd", "client_reference_id": "user_7", "payment_intent": intent,
        "metadata": {}
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_that_another_worker_deletes_while_it_is_waited_for_is_recreated() {
    let bench = Bench::new(Rules::default()).await;
    let first = event("evt_1", "checkout.session.completed", session("cs_1", "pi_1"));
    assert_eq!(bench.process(&[inbound(&first)]).await, [Disposition::Ack(AckReason::Processed)]);

    let mut other = bench.engine.pool.get().await.unwrap();
    let other = other.transaction().await.unwrap();
    other.execute("SELECT FROM orders WHERE id = 'user_7' FOR UPDATE", &[]).await.unwrap();
    let engine = bench.engine.clone();
    let second = event("evt_2", "checkout.session.completed", session("cs_2", "pi_2"));
    let waiting = tokio::spawn(async move { engine.process(&[inbound(&second)]).await });
    let blocked = "SELECT count(*) FROM pg_stat_activity \
                   WHERE datname = current_database() AND wait_event_type = 'Lock'";
    bench.until(blocked, 1).await;
    let drop_orders = include_str!("../../src/store/sql/drop_orders.sql");
    let (accounts, modes, ids) = (vec![""], vec![false], vec!["user_7"]);
    assert_eq!(other.execute(drop_orders, &[&accounts, &modes, &ids]).await.unwrap(), 1);
    other.commit().await.unwrap();

    assert_eq!(waiting.await.unwrap().unwrap(), [Disposition::Ack(AckReason::Processed)]);
    assert_eq!(bench.text("SELECT status FROM orders WHERE id = 'user_7'").await.as_deref(), Some("paid"));
}

/// A charge of the session's payment that names another order, and then none.
fn charge_that_loses_its_order() -> [Vec<u8>; 3] {
    let charge = |metadata: Value| {
        json!({
            "id": "ch_1", "object": "charge", "status": "succeeded", "amount": 5, "currency": "usd",
            "captured": true, "paid": true, "payment_intent": "pi_1", "metadata": metadata
        })
    };
    let mut lost: Value =
        serde_json::from_slice(&event("evt_3", "charge.updated", charge(json!({})))).unwrap();
    lost["created"] = json!(1_790_000_060);
    [
        event("evt_1", "checkout.session.completed", session("cs_1", "pi_1")),
        event("evt_2", "charge.captured", charge(json!({"orderId": "o1"}))),
        lost.to_string().into_bytes(),
    ]
}

#[tokio::test]
async fn a_charge_that_loses_its_order_falls_back_to_the_session_s() {
    let bench = Bench::new(Rules::default()).await;
    for body in charge_that_loses_its_order() {
        assert_eq!(bench.process(&[inbound(&body)]).await, [Disposition::Ack(AckReason::Processed)]);
    }
    let orders = "SELECT string_agg(id || ' ' || status, ', ') FROM orders";
    assert_eq!(bench.text(orders).await.as_deref(), Some("user_7 paid"));
}
