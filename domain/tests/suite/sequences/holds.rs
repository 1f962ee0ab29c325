//! Holds of other kinds: in yen, of connected accounts, with a rest that equals a later refund, that run out.
//! <https://docs.stripe.com/payments/place-a-hold-on-a-payment-method>

use serde_json::{Value, json};

use super::Sequence;
use super::bodies::{charge, intent, refund, with};

const CAPTURABLE: &str = "payment_intent.amount_capturable_updated";
const SUCCEEDED: &str = "payment_intent.succeeded";

fn held() -> Value {
    let changes = json!({ "captured": false, "amount_captured": 0 });
    with(charge("ch_1", Some("pi_1"), 5000, Some("o1")), changes)
}

fn taken(captured: i64, refunded: i64) -> Value {
    let changes = json!({
        "captured": true, "amount_captured": captured, "amount_refunded": refunded, "refunded": refunded == 5000,
    });
    with(held(), changes)
}

fn succeeded(received: i64) -> Value {
    with(intent("pi_1", "succeeded", 5000, Some("o1")), json!({ "amount_received": received }))
}

fn list(refunds: &[(&str, i64, i64)]) -> Value {
    let all: Vec<_> =
        refunds.iter().map(|(id, amount, at)| refund(id, "ch_1", Some("pi_1"), *amount, *at)).collect();
    json!({ "object": "list", "has_more": false, "data": all })
}

#[test]
fn what_was_captured_is_refunded_in_full_beside_the_released_rest_inside_the_charge() {
    // 2020-08-27: 3000 of 5000 captured, 2000 released, 3000 refunded.
    let (rest, real) = (("re_rest", 2000, 200), ("re_1", 3000, 300));
    Sequence::new()
        .then("charge.succeeded", 100, with(held(), json!({ "refunds": list(&[]) })))
        .then(CAPTURABLE, 100, intent("pi_1", "requires_capture", 5000, Some("o1")))
        .then("charge.captured", 200, with(taken(3000, 2000), json!({ "refunds": list(&[rest]) })))
        .was(json!({ "captured": false, "amount_captured": 0, "amount_refunded": 0 }))
        .then(SUCCEEDED, 200, succeeded(3000))
        .then("charge.refunded", 300, with(taken(3000, 5000), json!({ "refunds": list(&[real, rest]) })))
        .was(json!({ "amount_refunded": 2000, "refunded": false }))
        .ends_in(&[
            "order o1 is refunded: 3000 usd paid, 3000 refunded, 0 disputed",
            "payment pi_1 for o1 is paid: 3000 captured, 3000 refunded, 0 lost, ledger 0",
            "sent order.paid/o1",
            "sent order.payment_received/o1/pi_1",
            "sent refund.created/re_1",
        ]);
}

#[test]
fn half_is_captured_half_released_and_as_much_refunded_a_minute_later() {
    let yen = |object: Value| with(object, json!({ "currency": "jpy" }));
    let half = |id: &str, at: i64| yen(refund(id, "ch_1", Some("pi_1"), 2500, at));
    let mut whole = Sequence::new();
    for (kind, at, object) in [
        ("charge.succeeded", 100, held()),
        (CAPTURABLE, 100, intent("pi_1", "requires_capture", 5000, Some("o1"))),
        ("charge.captured", 200, taken(2500, 2500)),
        (SUCCEEDED, 200, succeeded(2500)),
        ("refund.created", 200, half("re_rest", 200)),
        ("refund.created", 260, half("re_1", 260)),
    ] {
        whole = whole.then(kind, at, yen(object)).of_account("acct_1");
    }
    whole
        .then("charge.refunded", 260, yen(taken(2500, 5000)))
        .was(json!({ "amount_refunded": 2500, "refunded": false }))
        .of_account("acct_1")
        .ends_in(&[
            "order o1 of acct_1 is refunded: 2500 jpy paid, 2500 refunded, 0 disputed",
            "payment pi_1 for o1 is paid: 2500 captured, 2500 refunded, 0 lost, ledger 0",
            "sent acct_1 order.paid/o1",
            "sent acct_1 order.payment_received/o1/pi_1",
            "sent acct_1 refund.created/re_1",
        ]);
}

#[test]
fn a_hold_that_runs_out_was_never_paid() {
    let released = with(held(), json!({ "amount_refunded": 5000, "refunded": true }));
    let canceled =
        with(intent("pi_1", "canceled", 5000, Some("o1")), json!({ "cancellation_reason": "automatic" }));
    Sequence::new()
        .then("charge.succeeded", 100, held())
        .then(CAPTURABLE, 100, intent("pi_1", "requires_capture", 5000, Some("o1")))
        .then("charge.expired", 605_000, released)
        .was(json!({ "amount_refunded": 0, "refunded": false }))
        .then("payment_intent.canceled", 605_000, canceled)
        .ends_in_with_any_notices(&[
            "order o1 is expired: 0 usd paid, 0 refunded, 0 disputed",
            "payment pi_1 for o1 is expired: 0 captured, 0 refunded, 0 lost, ledger 0",
        ]);
}

#[test]
fn a_part_is_captured_and_then_disputed_and_lost() {
    let lost = |status: &str| super::bodies::dispute("dp_1", "ch_1", 3000, status, &[("txn_1", -3000)]);
    Sequence::new()
        .then("charge.succeeded", 100, held())
        .then("charge.captured", 200, taken(3000, 2000))
        .was(json!({ "captured": false, "amount_captured": 0, "amount_refunded": 0 }))
        .then(SUCCEEDED, 200, succeeded(3000))
        .then("charge.dispute.created", 300, lost("needs_response"))
        .then("charge.dispute.closed", 400, lost("lost"))
        .ends_in(&[
            "order o1 is charged_back: 3000 usd paid, 0 refunded, 3000 disputed",
            "payment pi_1 for o1 is paid: 3000 captured, 0 refunded, 3000 lost, ledger 0",
            "sent dispute.closed/dp_1",
            "sent dispute.funds_withdrawn/dp_1",
            "sent dispute.opened/dp_1",
            "sent order.paid/o1",
            "sent order.payment_received/o1/pi_1",
        ]);
}

#[test]
fn a_registered_order_of_which_a_part_is_captured_shows_what_was_captured() {
    // What was asked for is the price, so that the payment counts; it does not cover the order.
    Sequence::new()
        .register("o1", None, 5000, "usd")
        .then("charge.succeeded", 100, held())
        .then("charge.captured", 200, taken(3000, 2000))
        .was(json!({ "captured": false, "amount_captured": 0, "amount_refunded": 0 }))
        .then(SUCCEEDED, 200, succeeded(3000))
        .ends_in_with_any_notices(&[
            "order o1 is processing: 3000 usd paid, 0 refunded, 0 disputed",
            "payment pi_1 for o1 is paid: 3000 captured, 0 refunded, 0 lost, ledger 3000",
            "sent order.payment_received/o1/pi_1",
        ]);
}
