//! Declined attempts that name another order than the payment, in other API versions and for other methods.
//! <https://docs.stripe.com/metadata#copying-metadata>

use serde_json::{Value, json};

use super::Sequence;
use super::bodies::{charge, intent, session, with};

const FAILED: &str = "payment_intent.payment_failed";
const SUCCEEDED: &str = "payment_intent.succeeded";

fn declined(id: &str, order: &str, at: i64) -> Value {
    let changes =
        json!({ "status": "failed", "paid": false, "captured": false, "amount_captured": 0, "created": at });
    with(charge(id, Some("pi_1"), 1500, Some(order)), changes)
}

fn taken(order: &str) -> Value {
    with(charge("ch_2", Some("pi_1"), 1500, Some(order)), json!({ "created": 200 }))
}

const PAID_FOR_CART_2: [&str; 4] = [
    "order cart_2 is paid: 1500 usd paid, 0 refunded, 0 disputed",
    "payment pi_1 for cart_2 is paid: 1500 captured, 0 refunded, 0 lost, ledger 1500",
    "sent order.paid/cart_2",
    "sent order.payment_received/cart_2/pi_1",
];

#[test]
fn the_attempt_that_took_the_money_says_which_order_where_the_endpoint_has_no_success() {
    // Before 2019-02-11 `requires_source` stood for `requires_payment_method`.
    for status in ["requires_payment_method", "requires_source"] {
        Sequence::new()
            .then(FAILED, 110, intent("pi_1", status, 1500, Some("cart_1")))
            .then("charge.failed", 110, declined("ch_1", "cart_1", 110))
            .then("charge.succeeded", 200, taken("cart_2"))
            .ends_in(&PAID_FOR_CART_2);
    }
}

#[test]
fn an_authentication_names_the_older_order_and_the_money_is_taken_for_the_newer() {
    for status in ["requires_action", "requires_source_action"] {
        Sequence::new()
            .then("payment_intent.requires_action", 110, intent("pi_1", status, 1500, Some("cart_1")))
            .then("charge.succeeded", 200, taken("cart_2"))
            .ends_in(&PAID_FOR_CART_2);
    }
}

#[test]
fn a_declined_attempt_in_yen_on_a_connected_account() {
    let yen = |object: Value| with(object, json!({ "currency": "jpy" }));
    let of_account = |sequence: Sequence| sequence.of_account("acct_1");
    let mut whole = Sequence::new();
    for (kind, at, object) in [
        ("payment_intent.created", 100, intent("pi_1", "requires_payment_method", 1500, Some("cart_1"))),
        ("charge.failed", 110, declined("ch_1", "cart_1", 110)),
        (FAILED, 110, intent("pi_1", "requires_payment_method", 1500, Some("cart_1"))),
        ("charge.succeeded", 200, taken("cart_2")),
        (SUCCEEDED, 200, intent("pi_1", "succeeded", 1500, Some("cart_2"))),
    ] {
        whole = of_account(whole.then(kind, at, yen(object)));
    }
    whole.ends_in(&[
        "order cart_2 of acct_1 is paid: 1500 jpy paid, 0 refunded, 0 disputed",
        "payment pi_1 for cart_2 is paid: 1500 captured, 0 refunded, 0 lost, ledger 1500",
        "sent acct_1 order.paid/cart_2",
        "sent acct_1 order.payment_received/cart_2/pi_1",
    ]);
}

#[test]
fn the_session_names_the_order_where_the_payment_intent_does_not_and_a_declined_charge_names_another() {
    Sequence::new()
        .then("charge.failed", 110, declined("ch_1", "cart_1", 110))
        .then(FAILED, 110, intent("pi_1", "requires_payment_method", 1500, None))
        .then("charge.succeeded", 200, with(taken("cart_2"), json!({ "metadata": {} })))
        .then(SUCCEEDED, 200, intent("pi_1", "succeeded", 1500, None))
        .then("checkout.session.completed", 201, session("cs_1", Some("pi_1"), 1500, Some("cart_2")))
        .ends_in(&PAID_FOR_CART_2);
}

#[test]
fn a_declined_card_for_one_order_and_a_debit_for_another_that_fails() {
    let failed =
        |at: i64, order: &str| (FAILED, at, intent("pi_1", "requires_payment_method", 1500, Some(order)));
    let mut whole = Sequence::new().then("charge.failed", 110, declined("ch_1", "cart_1", 110));
    for (kind, at, object) in [
        failed(110, "cart_1"),
        ("payment_intent.processing", 200, intent("pi_1", "processing", 1500, Some("cart_2"))),
        ("charge.failed", 900_000, declined("ch_2", "cart_2", 200)),
        failed(900_000, "cart_2"),
    ] {
        whole = whole.then(kind, at, object);
    }
    whole.ends_in_with_any_notices(&[
        "order cart_2 is payment_failed: 0 usd paid, 0 refunded, 0 disputed",
        "payment pi_1 for cart_2 is failed: 0 captured, 0 refunded, 0 lost, ledger 0",
    ]);
}

#[test]
fn a_declined_attempt_names_an_order_and_the_payment_names_none() {
    Sequence::new()
        .then("charge.failed", 110, declined("ch_1", "cart_1", 110))
        .then(FAILED, 110, intent("pi_1", "requires_payment_method", 1500, Some("cart_1")))
        .then("charge.succeeded", 200, with(taken("cart_1"), json!({ "metadata": {} })))
        .then(SUCCEEDED, 200, intent("pi_1", "succeeded", 1500, None))
        .ends_in(&["payment pi_1 is paid: 1500 captured, 0 refunded, 0 lost, ledger 1500"]);
}
