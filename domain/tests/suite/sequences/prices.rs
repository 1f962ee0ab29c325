//! Which payments count for an order: parts of the price, discounts, other currencies, reference codes.

use domain::rules::{OrdersPolicy, Rules, reference_code};
use secrecy::SecretString;
use serde_json::{Value, json};

use super::Sequence;
use super::bodies::{charge, intent, refund, session, with};

const SUCCEEDED: &str = "payment_intent.succeeded";

/// A payment of an order, made at a time.
fn made(id: &str, status: &str, amount: i64, order: &str, at: i64) -> Value {
    with(intent(id, status, amount, Some(order)), json!({ "created": at }))
}

fn with_secret(orders: OrdersPolicy) -> (Rules, String) {
    let secret = SecretString::from("a secret");
    let code = reference_code(&secret, "o1", 2000, "usd");
    (Rules { orders, reference_secret: Some(secret), ..Rules::default() }, code)
}

#[test]
fn two_parts_that_make_the_price_count_whatever_else_was_paid() {
    // 999 and 1000 make the 1999; the second 999 comes from another tab.
    Sequence::new()
        .register("o1", None, 1999, "usd")
        .then(SUCCEEDED, 100, made("pi_1", "succeeded", 999, "o1", 100))
        .then(SUCCEEDED, 110, made("pi_2", "succeeded", 1000, "o1", 110))
        .then(SUCCEEDED, 120, made("pi_3", "succeeded", 999, "o1", 120))
        .ends_in_with_any_notices(&[
            "order o1 is paid: 1999 usd paid, 0 refunded, 0 disputed",
            "payment pi_1 for o1 is paid: 999 captured, 0 refunded, 0 lost, ledger 999",
            "payment pi_2 for o1 is paid: 1000 captured, 0 refunded, 0 lost, ledger 1000",
            "payment pi_3 for o1 is paid: 999 captured, 0 refunded, 0 lost, ledger 999, held: amount_mismatch",
            "sent order.paid/o1",
            "sent order.payment_received/o1/pi_1",
            "sent order.payment_received/o1/pi_2",
            "sent order.payment_received/o1/pi_3",
        ]);
}

#[test]
fn a_part_that_is_under_way_holds_no_other_parts_up() {
    Sequence::new()
        .register("o1", None, 1999, "usd")
        .then(SUCCEEDED, 100, made("pi_1", "succeeded", 999, "o1", 100))
        .then(SUCCEEDED, 110, made("pi_2", "succeeded", 1000, "o1", 110))
        .then("payment_intent.processing", 120, made("pi_3", "processing", 50, "o1", 120))
        .ends_in_with_any_notices(&[
            "order o1 is paid: 1999 usd paid, 0 refunded, 0 disputed",
            "payment pi_1 for o1 is paid: 999 captured, 0 refunded, 0 lost, ledger 999",
            "payment pi_2 for o1 is paid: 1000 captured, 0 refunded, 0 lost, ledger 1000",
            "payment pi_3 for o1 is processing: 0 captured, 0 refunded, 0 lost, ledger 0, held: amount_mismatch",
            "sent order.paid/o1",
            "sent order.payment_received/o1/pi_1",
            "sent order.payment_received/o1/pi_2",
        ]);
}

#[test]
fn a_promotion_code_of_all_makes_a_registered_order_free() {
    let free = json!({
        "payment_status": "no_payment_required", "amount_subtotal": 2000,
        "total_details": { "amount_discount": 2000, "amount_shipping": 0, "amount_tax": 0 },
    });
    Sequence::new()
        .register("o1", None, 2000, "usd")
        .then("checkout.session.completed", 100, with(session("cs_1", None, 0, Some("o1")), free))
        .ends_in(&[
            "order o1 is paid: 0 usd paid, 0 refunded, 0 disputed",
            "payment cs_1 for o1 is paid: 0 captured, 0 refunded, 0 lost, ledger 0",
            "sent order.paid/o1",
        ]);
}

#[test]
fn discount_tax_and_shipping_explain_the_total_and_all_of_it_is_refunded() {
    let explained = json!({
        "amount_subtotal": 2000,
        "total_details": { "amount_discount": 300, "amount_shipping": 500, "amount_tax": 120 },
    });
    let refunded = json!({ "amount_refunded": 2320, "refunded": true });
    Sequence::new()
        .register("o1", None, 2000, "usd")
        .then(SUCCEEDED, 100, intent("pi_1", "succeeded", 2320, None))
        .then(
            "checkout.session.completed",
            101,
            with(session("cs_1", Some("pi_1"), 2320, Some("o1")), explained),
        )
        .then("charge.refunded", 200, with(charge("ch_1", Some("pi_1"), 2320, None), refunded))
        .was(json!({ "amount_refunded": 0, "refunded": false }))
        .ends_in(&[
            "order o1 is refunded: 2320 usd paid, 2320 refunded, 0 disputed",
            "payment pi_1 for o1 is paid: 2320 captured, 2320 refunded, 0 lost, ledger 0",
            "sent order.paid/o1",
            "sent order.payment_received/o1/pi_1",
        ]);
}

#[test]
fn a_buyer_in_another_currency_refunds_a_part_before_and_since_basil() {
    // 2500.00 MXN were asked for, 145.00 USD paid, half of it refunded: 1250.00 MXN.
    let conversion = json!({
        "currency_conversion": { "amount_subtotal": 250_000, "amount_total": 250_000, "fx_rate": "0.058", "source_currency": "mxn" },
    });
    let refunded = json!({ "amount_refunded": 7250, "refunded": false });
    Sequence::new()
        .register("o1", None, 250_000, "mxn")
        .then(SUCCEEDED, 100, intent("pi_1", "succeeded", 14_500, Some("o1")))
        .then(
            "checkout.session.completed",
            101,
            with(session("cs_1", Some("pi_1"), 14_500, None), conversion),
        )
        .then("charge.refunded", 200, with(charge("ch_1", Some("pi_1"), 14_500, None), refunded))
        .was(json!({ "amount_refunded": 0 }))
        .ends_in(&[
            "order o1 is partially_refunded: 250000 mxn paid, 125000 refunded, 0 disputed",
            "payment pi_1 for o1 is paid: 14500 captured, 7250 refunded, 0 lost, ledger 7250",
            "sent order.paid/o1",
            "sent order.payment_received/o1/pi_1",
        ]);
    let shown = json!({
        "currency": "mxn", "presentment_details": { "presentment_amount": 14_500, "presentment_currency": "usd" },
    });
    let refunded = json!({ "amount_refunded": 125_000, "currency": "mxn" });
    Sequence::new()
        .register("o1", None, 250_000, "mxn")
        .then(SUCCEEDED, 100, with(intent("pi_1", "succeeded", 250_000, Some("o1")), shown.clone()))
        .then("checkout.session.completed", 101, with(session("cs_1", Some("pi_1"), 250_000, None), shown))
        .then("charge.refunded", 200, with(charge("ch_1", Some("pi_1"), 250_000, None), refunded))
        .was(json!({ "amount_refunded": 0 }))
        .ends_in(&[
            "order o1 is partially_refunded: 250000 mxn paid, 125000 refunded, 0 disputed",
            "payment pi_1 for o1 is paid: 250000 captured, 125000 refunded, 0 lost, ledger 125000",
            "sent order.paid/o1",
            "sent order.payment_received/o1/pi_1",
        ]);
}

#[test]
fn a_session_of_basil_explains_a_payment_in_the_currency_of_the_buyer() {
    // The session is in the company's currency, the payment in the buyer's.
    let shown = json!({
        "currency": "mxn", "presentment_details": { "presentment_amount": 14_500, "presentment_currency": "usd" },
    });
    Sequence::new()
        .register("o1", None, 250_000, "mxn")
        .then(SUCCEEDED, 100, intent("pi_1", "succeeded", 14_500, Some("o1")))
        .then("checkout.session.completed", 101, with(session("cs_1", Some("pi_1"), 250_000, None), shown))
        .then("refund.created", 200, refund("re_1", "ch_1", Some("pi_1"), 14_500, 200))
        .ends_in(&[
            "order o1 is refunded: 250000 mxn paid, 250000 refunded, 0 disputed",
            "payment pi_1 for o1 is paid: 14500 captured, 14500 refunded, 0 lost, ledger 0",
            "sent order.paid/o1",
            "sent order.payment_received/o1/pi_1",
            "sent refund.created/re_1",
        ]);
}

#[test]
fn a_second_payment_in_another_currency_is_held_and_a_refund_of_it_changes_no_sum() {
    let euro = |object: Value| with(object, json!({ "currency": "eur" }));
    let of_second = euro(refund("re_1", "ch_2", Some("pi_2"), 1000, 300));
    Sequence::new()
        .then(SUCCEEDED, 100, made("pi_1", "succeeded", 2000, "o1", 100))
        .then(SUCCEEDED, 200, euro(made("pi_2", "succeeded", 1000, "o1", 200)))
        .then("refund.created", 300, of_second)
        .ends_in_with_any_notices(&[
            "order o1 is paid: 2000 usd paid, 0 refunded, 0 disputed",
            "payment pi_1 for o1 is paid: 2000 captured, 0 refunded, 0 lost, ledger 2000",
            "payment pi_2 for o1 is paid: 1000 captured, 1000 refunded, 0 lost, ledger 0, held: currency_mismatch",
            "sent order.paid/o1",
            "sent order.payment_received/o1/pi_1",
            "sent order.payment_received/o1/pi_2",
            "sent refund.created/re_1",
        ]);
}

#[test]
fn a_code_over_the_price_holds_where_a_promotion_code_lowered_the_total() {
    let (rules, code) = with_secret(OrdersPolicy::Adopt);
    let named = json!({ "amount_subtotal": 2000, "metadata": { "orderId": "o1", "referenceCode": code } });
    Sequence::new()
        .under(rules)
        .then(SUCCEEDED, 100, intent("pi_1", "succeeded", 1800, None))
        .then("checkout.session.completed", 101, with(session("cs_1", Some("pi_1"), 1800, None), named))
        .ends_in(&[
            "order o1 is paid: 1800 usd paid, 0 refunded, 0 disputed",
            "payment pi_1 for o1 is paid: 1800 captured, 0 refunded, 0 lost, ledger 1800",
            "sent order.paid/o1",
            "sent order.payment_received/o1/pi_1",
        ]);
}

#[test]
fn a_code_of_another_amount_is_held_with_all_its_refunds() {
    let (rules, code) = with_secret(OrdersPolicy::Adopt);
    let named = json!({ "metadata": { "orderId": "o1", "referenceCode": code } });
    Sequence::new()
        .under(rules)
        .then(SUCCEEDED, 100, with(intent("pi_1", "succeeded", 20, None), named))
        .then("refund.created", 200, refund("re_1", "ch_1", Some("pi_1"), 20, 200))
        .ends_in(&[
            "order o1 is pending: 0  paid, 0 refunded, 0 disputed",
            "payment pi_1 for o1 is paid: 20 captured, 20 refunded, 0 lost, ledger 0, held: reference_code_mismatch",
            "sent order.payment_received/o1/pi_1",
            "sent refund.created/re_1",
        ]);
}

#[test]
fn a_payment_of_an_order_that_nobody_registered_is_held_with_its_refund() {
    let rules = Rules { orders: OrdersPolicy::Require, ..Rules::default() };
    Sequence::new()
        .under(rules)
        .then(SUCCEEDED, 100, intent("pi_1", "succeeded", 2000, Some("o1")))
        .then("refund.created", 200, refund("re_1", "ch_1", Some("pi_1"), 500, 200))
        .ends_in(&[
            "order o1 is pending: 0  paid, 0 refunded, 0 disputed",
            "payment pi_1 for o1 is paid: 2000 captured, 500 refunded, 0 lost, ledger 1500, held: order_not_found",
            "sent order.payment_received/o1/pi_1",
            "sent refund.created/re_1",
        ]);
}
