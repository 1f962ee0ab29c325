//! Refunds inside their charge, refunds that name little, and refunds of one of two payments.

use serde_json::{Value, json};

use super::Sequence;
use super::bodies::{charge, intent, with};
use super::refunds::{ends, of, paid, sum};

#[test]
fn a_charge_before_2014_whose_refunds_are_an_array() {
    let old = |refunded: i64, refunds: Value| {
        json!({
            "id": "ch_1", "object": "charge", "paid": true, "refunded": refunded == 5000, "amount": 5000,
            "amount_refunded": refunded, "currency": "usd", "created": 100, "metadata": { "order_id": " o1 " },
            "refunds": refunds,
        })
    };
    let inner =
        json!([{ "id": "re_1", "object": "refund", "amount": 2000, "created": 200, "currency": "usd" }]);
    Sequence::new()
        .then("charge.succeeded", 100, old(0, json!([])))
        .then("charge.refunded", 200, old(2000, inner))
        .was(json!({ "amount_refunded": 0, "refunds": [] }))
        .ends_in(&[
            "order o1 is partially_refunded: 5000 usd paid, 2000 refunded, 0 disputed",
            "payment ch_1 for o1 is paid: 5000 captured, 2000 refunded, 0 lost, ledger 3000",
            "sent order.paid/o1",
            "sent order.payment_received/o1/ch_1",
            "sent refund.created/re_1",
        ]);
}

#[test]
fn refunds_inside_the_charge_of_which_one_fails() {
    // 2020-08-27: the charge lists its refunds, and charge.refund.updated shows the failure.
    let list = |all: &[Value]| json!({ "object": "list", "data": all });
    let inside = |amount: i64, all: &[Value]| with(sum(amount), json!({ "refunds": list(all) }));
    let (one, two) = (of("re_1", 1000, 200, "succeeded"), of("re_2", 4000, 300, "succeeded"));
    let whole = paid()
        .then("charge.refunded", 200, inside(1000, std::slice::from_ref(&one)))
        .was(json!({ "amount_refunded": 0, "refunds": { "data": [] } }))
        .then("charge.refunded", 300, inside(5000, &[two.clone(), one.clone()]))
        .was(json!({ "amount_refunded": 1000, "refunded": false, "refunds": { "data": [one] } }))
        .then("charge.refund.updated", 400, of("re_2", 4000, 300, "failed"))
        .was(json!({ "status": "succeeded" }));
    ends(
        &whole,
        "order o1 is partially_refunded: 5000 usd paid, 1000 refunded, 0 disputed",
        "payment pi_1 for o1 is paid: 5000 captured, 1000 refunded, 0 lost, ledger 4000",
        &["sent refund.created/re_1", "sent refund.created/re_2", "sent refund.failed/re_2"],
    );
}

#[test]
fn of_twelve_refunds_inside_a_charge_the_newest_ten_are_listed() {
    // 2020-08-27: a list inside an object holds ten entries.
    let shown = |count: i64| {
        let newest: Vec<_> = (1..=count).rev().take(10).collect();
        let list: Vec<_> =
            newest.iter().map(|n| of(&format!("re_{n:02}"), 100, 200 + n, "succeeded")).collect();
        with(
            sum(count * 100),
            json!({ "refunds": { "object": "list", "data": list, "has_more": count > 10 } }),
        )
    };
    let mut whole = paid();
    for count in 1..=12 {
        whole = whole
            .then("charge.refunded", 200 + count, shown(count))
            .was(json!({ "amount_refunded": (count - 1) * 100 }));
    }
    let names: Vec<_> = (1..=12).map(|n| format!("sent refund.created/re_{n:02}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let order = "order o1 is partially_refunded: 5000 usd paid, 1200 refunded, 0 disputed";
    let payment = "payment pi_1 for o1 is paid: 5000 captured, 1200 refunded, 0 lost, ledger 3800";
    ends(&whole, order, payment, &names);
    // The endpoint has only the last step.
    let last = paid().then("charge.refunded", 212, shown(12)).was(json!({ "amount_refunded": 1100 }));
    ends(&last, order, payment, &names[2..]);
}

#[test]
fn a_refund_that_names_nothing_is_joined_by_its_second_event() {
    let alone = with(of("re_1", 5000, 200, "pending"), json!({ "charge": null, "payment_intent": null }));
    let whole = paid()
        .then("refund.created", 200, alone)
        .then("refund.updated", 300, of("re_1", 5000, 200, "succeeded"))
        .was(json!({ "status": "pending", "charge": null, "payment_intent": null }));
    ends(
        &whole,
        "order o1 is refunded: 5000 usd paid, 5000 refunded, 0 disputed",
        "payment pi_1 for o1 is paid: 5000 captured, 5000 refunded, 0 lost, ledger 0",
        &["sent refund.created/re_1"],
    );
}

#[test]
fn a_refund_that_names_its_payment_intent_alone() {
    // A bank transfer is refunded from the customer's balance: no charge is named.
    let alone = |status: &str| with(of("re_1", 2000, 200, status), json!({ "charge": null }));
    let whole = paid()
        .then("refund.created", 200, alone("requires_action"))
        .then("refund.updated", 300, alone("succeeded"))
        .was(json!({ "status": "requires_action" }))
        .then("charge.refunded", 300, sum(2000))
        .was(json!({ "amount_refunded": 0 }));
    ends(
        &whole,
        "order o1 is partially_refunded: 5000 usd paid, 2000 refunded, 0 disputed",
        "payment pi_1 for o1 is paid: 5000 captured, 2000 refunded, 0 lost, ledger 3000",
        &["sent refund.created/re_1"],
    );
}

#[test]
fn one_of_two_payments_of_a_registered_order_is_refunded_in_full() {
    let second = with(intent("pi_2", "succeeded", 5000, Some("o1")), json!({ "created": 110 }));
    let refunded = with(
        charge("ch_2", Some("pi_2"), 5000, Some("o1")),
        json!({ "amount_refunded": 5000, "refunded": true }),
    );
    Sequence::new()
        .register("o1", None, 5000, "usd")
        .then("payment_intent.succeeded", 100, intent("pi_1", "succeeded", 5000, Some("o1")))
        .then("payment_intent.succeeded", 110, second)
        .then("charge.refunded", 200, refunded)
        .was(json!({ "amount_refunded": 0, "refunded": false }))
        .ends_in_with_any_notices(&[
            "order o1 is paid: 10000 usd paid, 5000 refunded, 0 disputed",
            "payment pi_1 for o1 is paid: 5000 captured, 0 refunded, 0 lost, ledger 5000",
            "payment pi_2 for o1 is paid: 5000 captured, 5000 refunded, 0 lost, ledger 0",
            "sent order.paid/o1",
            "sent order.payment_received/o1/pi_1",
            "sent order.payment_received/o1/pi_2",
        ]);
}

#[test]
fn an_order_that_was_refunded_is_paid_anew() {
    let refunded = with(
        charge("ch_1", Some("pi_1"), 1000, Some("o1")),
        json!({ "amount_refunded": 1000, "refunded": true }),
    );
    let again = with(intent("pi_2", "succeeded", 1000, Some("o1")), json!({ "created": 300 }));
    Sequence::new()
        .then("payment_intent.succeeded", 100, intent("pi_1", "succeeded", 1000, Some("o1")))
        .then("charge.refunded", 200, refunded)
        .was(json!({ "amount_refunded": 0, "refunded": false }))
        .then("payment_intent.succeeded", 300, again)
        .ends_in_with_any_notices(&[
            "order o1 is paid: 2000 usd paid, 1000 refunded, 0 disputed",
            "payment pi_1 for o1 is paid: 1000 captured, 1000 refunded, 0 lost, ledger 0",
            "payment pi_2 for o1 is paid: 1000 captured, 0 refunded, 0 lost, ledger 1000",
            "sent order.paid/o1",
            "sent order.payment_received/o1/pi_1",
            "sent order.payment_received/o1/pi_2",
        ]);
}
