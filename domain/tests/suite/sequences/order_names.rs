//! Which object names the order where several do, and the customer beside it.

use serde_json::{Value, json};

use super::Sequence;
use super::bodies::{charge, intent, session, with};

/// A payment of an order, made at a time.
fn made(id: &str, status: &str, amount: i64, order: &str, at: i64) -> Value {
    with(intent(id, status, amount, Some(order)), json!({ "created": at }))
}

const SUCCEEDED: &str = "payment_intent.succeeded";

#[test]
fn a_charge_without_a_payment_intent_is_declined_for_one_order_and_another_is_paid() {
    let declined = json!({ "status": "failed", "paid": false, "captured": false, "amount_captured": 0 });
    Sequence::new()
        .then("charge.failed", 100, with(charge("ch_1", None, 1000, Some("cart_1")), declined))
        .then("charge.succeeded", 200, charge("ch_2", None, 1500, Some("cart_2")))
        .then("charge.refunded", 300, {
            let refunded = json!({ "amount_refunded": 1500, "refunded": true });
            with(charge("ch_2", None, 1500, Some("cart_2")), refunded)
        })
        .was(json!({ "amount_refunded": 0, "refunded": false }))
        .ends_in(&[
            "order cart_2 is refunded: 1500 usd paid, 1500 refunded, 0 disputed",
            "payment ch_1 is failed: 0 captured, 0 refunded, 0 lost, ledger 0",
            "payment ch_2 for cart_2 is paid: 1500 captured, 1500 refunded, 0 lost, ledger 0",
            "sent order.paid/cart_2",
            "sent order.payment_received/cart_2/ch_2",
        ]);
}

#[test]
fn a_charge_that_was_captured_later_is_paid_for_the_order_that_it_named_then() {
    // Staff corrects the order of a charge that is held, and then captures it. There is no payment intent.
    let held = |order: &str, captured: bool| {
        let amount = if captured { 1000 } else { 0 };
        let changes = json!({ "captured": captured, "amount_captured": amount });
        with(charge("ch_1", None, 1000, Some(order)), changes)
    };
    Sequence::new()
        .then("charge.succeeded", 100, held("older", false))
        .then("charge.updated", 150, held("o1", false))
        .was(json!({ "metadata": { "orderId": "older" } }))
        .then("charge.captured", 200, held("o1", true))
        .was(json!({ "captured": false, "amount_captured": 0 }))
        .then("charge.updated", 300, held("later", true))
        .was(json!({ "metadata": { "orderId": "o1" } }))
        .rows_end_in(&[
            "order o1 is paid: 1000 usd paid, 0 refunded, 0 disputed",
            "payment ch_1 for o1 is paid: 1000 captured, 0 refunded, 0 lost, ledger 1000",
        ]);
}

#[test]
fn a_canceled_payment_intent_and_a_new_one_for_a_changed_cart() {
    let canceled =
        with(made("pi_1", "canceled", 1000, "cart_1", 100), json!({ "cancellation_reason": "abandoned" }));
    Sequence::new()
        .register("cart_1", None, 1000, "usd")
        .register("cart_2", None, 1500, "usd")
        .then("payment_intent.created", 100, made("pi_1", "requires_payment_method", 1000, "cart_1", 100))
        .then("payment_intent.canceled", 150, canceled)
        .then(SUCCEEDED, 200, made("pi_2", "succeeded", 1500, "cart_2", 200))
        .ends_with(
            &[
                "order cart_1 is canceled: 0 usd paid, 0 refunded, 0 disputed",
                "order cart_2 is paid: 1500 usd paid, 0 refunded, 0 disputed",
                "payment pi_1 for cart_1 is canceled: 0 captured, 0 refunded, 0 lost, ledger 0",
                "payment pi_2 for cart_2 is paid: 1500 captured, 0 refunded, 0 lost, ledger 1500",
                "sent order.paid/cart_2",
                "sent order.payment_received/cart_2/pi_2",
            ],
            &["order.canceled/cart_1/pi_1"],
        );
}

#[test]
fn a_charge_that_loses_its_order_leaves_it_to_the_reference_of_the_session() {
    let of_user = with(session("cs_1", Some("pi_1"), 1000, None), json!({ "client_reference_id": "user_7" }));
    Sequence::new()
        .then("checkout.session.completed", 100, of_user)
        .then("charge.captured", 100, charge("ch_1", Some("pi_1"), 1000, Some("o1")))
        .then("charge.updated", 160, charge("ch_1", Some("pi_1"), 1000, None))
        .was(json!({ "metadata": { "orderId": "o1" } }))
        .rows_end_in(&[
            "order user_7 is paid: 1000 usd paid, 0 refunded, 0 disputed",
            "payment pi_1 for user_7 is paid: 1000 captured, 0 refunded, 0 lost, ledger 1000",
        ]);
}

#[test]
fn an_adopted_order_is_of_the_customer_that_the_company_names_else_of_stripes() {
    let bought = |metadata: Value, customer: &str| {
        Sequence::new()
            .then(
                SUCCEEDED,
                100,
                with(intent("pi_1", "succeeded", 1000, None), json!({ "metadata": metadata })),
            )
            .then(
                "checkout.session.completed",
                101,
                with(session("cs_1", Some("pi_1"), 1000, None), json!({ "customer": customer })),
            )
            .each_end(|memory| memory.order("", "o1").unwrap().totals().customer)
    };
    let named = json!({ "orderId": "o1", "customerId": "ida" });
    assert_eq!(bought(named, "cus_1"), Some("ida".to_owned()));
    assert_eq!(bought(json!({ "orderId": "o1" }), "cus_1"), Some("cus_1".to_owned()));
}
