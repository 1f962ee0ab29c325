//! What a payment intent itself says its amount is made of: a tip, and since 2025-09-30.clover tax, shipping and discount.
//! <https://docs.stripe.com/terminal/features/collecting-tips/on-reader>,
//! <https://docs.stripe.com/api/payment_intents/object#payment_intent_object-amount_details>

use serde_json::{Value, json};

use super::Sequence;
use super::bodies::{charge, intent, with};

const SUCCEEDED: &str = "payment_intent.succeeded";

fn of(status: &str, amount: i64, details: Value) -> Value {
    with(intent("pi_1", status, amount, Some("o1")), json!({ "amount_details": details }))
}

#[test]
fn a_tip_at_the_reader_explains_what_was_taken() {
    // The reader adds the tip to the amount of the payment intent before it authorizes.
    let tip = json!({ "tip": { "amount": 200 } });
    let held = json!({ "captured": false, "amount_captured": 0 });
    Sequence::new()
        .register("o1", None, 1000, "usd")
        .then("payment_intent.created", 90, of("requires_payment_method", 1000, json!({ "tip": {} })))
        .then("charge.succeeded", 100, with(charge("ch_1", Some("pi_1"), 1200, Some("o1")), held))
        .then("payment_intent.amount_capturable_updated", 100, of("requires_capture", 1200, tip.clone()))
        .then("charge.captured", 160, charge("ch_1", Some("pi_1"), 1200, Some("o1")))
        .then(SUCCEEDED, 160, of("succeeded", 1200, tip))
        .ends_in_with_any_notices(&[
            "order o1 is paid: 1200 usd paid, 0 refunded, 0 disputed",
            "payment pi_1 for o1 is paid: 1200 captured, 0 refunded, 0 lost, ledger 1200",
            "sent order.paid/o1",
            "sent order.payment_received/o1/pi_1",
        ]);
}

#[test]
fn tax_shipping_and_discount_of_a_payment_intent_explain_its_amount_and_no_other() {
    // 1000 and 100 tax and 125 shipping less 50.
    let details = json!({
        "tip": {}, "tax": { "total_tax_amount": 100 }, "shipping": { "amount": 125 }, "discount_amount": 50,
    });
    let paid = |amount: i64, details: &Value| {
        Sequence::new()
            .register("o1", None, 1000, "usd")
            .then("charge.succeeded", 100, charge("ch_1", Some("pi_1"), amount, Some("o1")))
            .then(SUCCEEDED, 100, of("succeeded", amount, details.clone()))
    };
    paid(1175, &details).ends_in_with_any_notices(&[
        "order o1 is paid: 1175 usd paid, 0 refunded, 0 disputed",
        "payment pi_1 for o1 is paid: 1175 captured, 0 refunded, 0 lost, ledger 1175",
        "sent order.paid/o1",
        "sent order.payment_received/o1/pi_1",
    ]);
    let held = |details: &Value| {
        paid(1200, details).ends_in_with_any_notices(&[
            "order o1 is pending: 0 usd paid, 0 refunded, 0 disputed",
            "payment pi_1 for o1 is paid: 1200 captured, 0 refunded, 0 lost, ledger 1200, held: amount_mismatch",
            "sent order.payment_received/o1/pi_1",
        ]);
    };
    held(&details);
    held(&json!({ "tip": {} }));
}
