//! What a batch locks, while other batches take and drop the same rows.

use serde_json::{Value, json};
use worker::domain::rules::Rules;
use worker::process::Verdict;
use worker::store::STATEMENTS;

use crate::database::{Bench, event, job};

/// A paid session that names its order only by `client_reference_id`.
fn session(id: &str, intent: &str) -> Value {
    json!({
        "id": id, "object": "checkout.session", "mode": "payment", "status": "complete", "payment_status": "paid",
        "amount_total": 5, "currency": "usd", "client_reference_id": "user_7", "payment_intent": intent,
        "metadata": {}
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_that_another_worker_drops_while_it_is_waited_for_is_made_anew() {
    let bench = Bench::new(Rules::default()).await;
    let first = event("evt_1", "checkout.session.completed", session("cs_1", "pi_1"));
    assert_eq!(bench.process(&[job(&first)]).await, [Verdict::Processed]);

    let mut other = bench.engine.pool.get().await.unwrap();
    let other = other.transaction().await.unwrap();
    other.execute("SELECT FROM orders WHERE id = 'user_7' FOR UPDATE", &[]).await.unwrap();
    let engine = bench.engine.clone();
    let second = event("evt_2", "checkout.session.completed", session("cs_2", "pi_2"));
    let waiting = tokio::spawn(async move { engine.process(&[job(&second)]).await });
    let blocked = "SELECT count(*) FROM pg_stat_activity \
                   WHERE datname = current_database() AND wait_event_type = 'Lock'";
    bench.until(blocked, 1).await;
    let drop_orders = STATEMENTS.iter().find(|(name, _)| *name == "drop_orders").unwrap().1;
    assert_eq!(other.execute(drop_orders, &[&["user_7"].as_slice()]).await.unwrap(), 1);
    other.commit().await.unwrap();

    assert_eq!(waiting.await.unwrap().unwrap(), [Verdict::Processed]);
    assert_eq!(bench.text("SELECT status FROM orders WHERE id = 'user_7'").await.as_deref(), Some("paid"));
}
