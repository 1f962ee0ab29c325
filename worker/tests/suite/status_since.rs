//! Since when an order has its status.

use domain::rules::Rules;
use serde_json::json;

use crate::database::{Bench, event, inbound, paid_intent};

/// The status, and whether it is as old as the order, as the last change, or between the two.
const SINCE: &str = "SELECT status || CASE WHEN status_since = created_at THEN ' since its creation'
        WHEN status_since = updated_at THEN ' since the last change' ELSE ' since earlier' END FROM orders";

#[tokio::test]
async fn the_time_of_a_status_moves_with_the_status_alone() {
    let bench = Bench::new(Rules::default()).await;
    let register = "INSERT INTO orders (id, amount, currency, registered) VALUES ('o1', 1999, 'usd', true)";
    bench.look.batch_execute(register).await.unwrap();
    assert_eq!(bench.text(SINCE).await.as_deref(), Some("pending since its creation"));
    let paid = paid_intent("pi_1", "o1", 1999);
    bench.process(&[inbound(&event("evt_1", "payment_intent.succeeded", paid))]).await;
    assert_eq!(bench.text(SINCE).await.as_deref(), Some("paid since the last change"));
    // Another attempt to pay: the row changes, its status does not.
    let mut other = paid_intent("pi_2", "o1", 1999);
    (other["status"], other["amount_received"]) = (json!("requires_payment_method"), json!(0));
    bench.process(&[inbound(&event("evt_2", "payment_intent.created", other))]).await;
    assert_eq!(bench.text(SINCE).await.as_deref(), Some("paid since earlier"));
}
