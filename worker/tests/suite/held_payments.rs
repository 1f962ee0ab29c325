//! Payments that do not match their order are held, and count once they do or staff accept them, through the real database.

use domain::origin::{OrderKey, Origin};
use domain::rules::{OrdersPolicy, Rules, reference_code};
use secrecy::SecretString;
use serde_json::json;
use worker::process::{AckReason, Disposition};

use crate::database::{Bench, event, inbound, paid_intent};

#[tokio::test]
async fn a_payment_that_does_not_match_its_order_never_marks_it_paid() {
    let secret = SecretString::from("reference secret");
    let rules = Rules { reference_secret: Some(secret.clone()), ..Rules::default() };
    let bench = Bench::new(rules).await;
    let code = reference_code(&secret, "o1", 1999, "usd");
    bench
        .look
        .execute(
            "INSERT INTO orders (id, customer, amount, currency, reference_code, registered) \
             VALUES ('o1', 'cus_1', 1999, 'usd', $1, true)",
            &[&code],
        )
        .await
        .unwrap();
    let intent = |n: u32, amount: i64, currency: &str, customer: &str, code: Option<&str>| {
        let object = json!({
            "id": format!("pi_{n}"), "object": "payment_intent", "status": "succeeded", "amount": amount,
            "amount_received": amount, "currency": currency, "customer": customer,
            "metadata": {"order_id": "o1", "reference_code": code.unwrap_or_default()}
        });
        inbound(&event(&format!("evt_{n}"), "payment_intent.succeeded", object))
    };
    let wrong = [
        (intent(1, 999, "usd", "cus_1", Some(&code)), "amount_mismatch"),
        (intent(2, 1999, "eur", "cus_1", Some(&code)), "currency_mismatch"),
        (intent(3, 1999, "usd", "cus_2", Some(&code)), "customer_mismatch"),
        (intent(4, 1999, "usd", "cus_1", Some("00000000000000000000")), "reference_code_mismatch"),
        (intent(5, 1999, "usd", "cus_1", None), "reference_code_mismatch"),
    ];
    let (deliveries, reasons): (Vec<_>, Vec<_>) = wrong.into_iter().unzip();
    let dispositions = bench.process(&deliveries).await;
    assert_eq!(dispositions, vec![Disposition::Ack(AckReason::Processed); 5]);
    let held = "SELECT string_agg(held_reason, ' ' ORDER BY id) FROM payments";
    assert_eq!(bench.text(held).await, Some(reasons.join(" ")));
    let cases = "SELECT string_agg(reason, ' ' ORDER BY payment_id) FROM cases WHERE state = 'open'";
    assert_eq!(bench.text(cases).await, Some(reasons.join(" ")));
    // The money was received whatever the order says.
    assert_eq!(bench.count("SELECT sum(amount)::int8 FROM money_movements").await, 999 + 4 * 1999);
    let order = "SELECT status || ' ' || amount_paid FROM orders WHERE id = 'o1'";
    assert_eq!(bench.text(order).await.as_deref(), Some("pending 0"));
    let paid = "SELECT count(*) FROM outbox WHERE key = 'order.paid/o1'";
    assert_eq!(bench.count(paid).await, 0);
    assert_eq!(bench.count("SELECT count(*) FROM outbox WHERE topic = 'payment.held'").await, 5);
    let right = bench.process(&[intent(6, 1999, "usd", "cus_1", Some(&code))]).await;
    assert_eq!(right, [Disposition::Ack(AckReason::Processed)]);
    assert_eq!(bench.text(order).await.as_deref(), Some("paid 1999"));
    assert_eq!(bench.count(paid).await, 1);
}

#[tokio::test]
async fn a_payment_of_an_unregistered_order_is_held_and_counts_the_moment_it_is_registered() {
    let rules = Rules { orders: OrdersPolicy::Require, ..Rules::default() };
    let bench = Bench::new(rules.clone()).await;
    let body = event("evt_1", "payment_intent.succeeded", paid_intent("pi_1", "o1", 1999));
    assert_eq!(bench.process(&[inbound(&body)]).await, [Disposition::Ack(AckReason::Processed)]);
    let order = "SELECT status || ' ' || amount_paid FROM orders";
    assert_eq!(bench.text(order).await.as_deref(), Some("pending 0"));
    let case = "SELECT state || ' ' || reason || coalesce(' ' || resolution, '') FROM cases";
    assert_eq!(bench.text(case).await.as_deref(), Some("open order_not_found"));

    let mut client = bench.engine.pool.get().await.unwrap();
    let tx = client.transaction().await.unwrap();
    let register = "UPDATE orders SET registered = true, amount = 1999, currency = 'usd' WHERE id = 'o1'";
    tx.execute(register, &[]).await.unwrap();
    let key = OrderKey::new(&Origin::default(), "o1");
    worker::orders::decide_order(&tx, &key, None, &rules).await.unwrap();
    tx.commit().await.unwrap();

    assert_eq!(bench.text(order).await.as_deref(), Some("paid 1999"));
    assert_eq!(bench.text(case).await.as_deref(), Some("closed order_not_found matched"));
    assert_eq!(bench.text("SELECT held_reason FROM payments").await, None);
    let sent = "SELECT string_agg(key, ' ' ORDER BY key) FROM outbox WHERE topic IN ('order.paid', 'payment.released')";
    assert_eq!(bench.text(sent).await.as_deref(), Some("order.paid/o1 payment.released/pi_1"));
}

#[tokio::test]
async fn a_payment_that_staff_accept_counts_and_stays_accepted_whatever_comes_later() {
    let bench = Bench::new(Rules::default()).await;
    bench
        .look
        .batch_execute(
            "INSERT INTO orders (id, amount, currency, registered) VALUES ('o1', 1999, 'usd', true)",
        )
        .await
        .unwrap();
    let mut intent = paid_intent("pi_1", "o1", 999);
    bench.process(&[inbound(&event("evt_1", "payment_intent.succeeded", intent.clone()))]).await;
    let mut client = bench.engine.pool.get().await.unwrap();
    let tx = client.transaction().await.unwrap();
    let key = OrderKey::new(&Origin::default(), "o1");
    worker::orders::decide_order(&tx, &key, Some("pi_1"), &Rules::default()).await.unwrap();
    tx.commit().await.unwrap();
    let case = "SELECT state || ' ' || coalesce(resolution, '') FROM cases";
    assert_eq!(bench.text(case).await.as_deref(), Some("closed accepted"));
    intent["description"] = json!("touched again");
    bench.process(&[inbound(&event("evt_2", "payment_intent.succeeded", intent))]).await;
    assert_eq!(bench.text(case).await.as_deref(), Some("closed accepted"));
    let order = "SELECT status || ' ' || amount_paid FROM orders";
    assert_eq!(bench.text(order).await.as_deref(), Some("paid 999"));
}
