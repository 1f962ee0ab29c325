//! Payments that are not paid, of which only some events come.

use serde_json::{Value, json};

use super::Sequence;
use super::bodies::{charge, intent, session, with};

fn ends(sequence: &Sequence, order: &str, payment: &str) {
    sequence.ends_in_with_any_notices(&[order, payment]);
}

#[test]
fn a_session_that_runs_out_after_a_declined_card_is_expired_whether_or_not_the_intent_is_canceled() {
    let expired = json!({ "status": "expired", "payment_status": "unpaid" });
    let whole = Sequence::new()
        .then("payment_intent.payment_failed", 100, intent("pi_1", "requires_payment_method", 2000, None))
        .then(
            "checkout.session.expired",
            900,
            with(session("cs_1", Some("pi_1"), 2000, Some("o1")), expired),
        );
    ends(
        &whole,
        "order o1 is expired: 0 usd paid, 0 refunded, 0 disputed",
        "payment pi_1 for o1 is expired: 0 captured, 0 refunded, 0 lost, ledger 0",
    );
}

#[test]
fn a_free_session_that_runs_out_was_not_paid() {
    let expired = json!({ "status": "expired", "payment_status": "no_payment_required" });
    let whole = Sequence::new().then(
        "checkout.session.expired",
        900,
        with(session("cs_1", None, 0, Some("o1")), expired),
    );
    ends(
        &whole,
        "order o1 is expired: 0 usd paid, 0 refunded, 0 disputed",
        "payment cs_1 for o1 is expired: 0 captured, 0 refunded, 0 lost, ledger 0",
    );
}

#[test]
fn a_debit_without_a_payment_intent_is_under_way_while_its_charge_is_pending() {
    for captured in [true, false] {
        let pending =
            json!({ "status": "pending", "paid": false, "captured": captured, "amount_captured": 0 });
        let whole = Sequence::new().then(
            "charge.pending",
            100,
            with(charge("py_1", None, 2000, Some("o1")), pending),
        );
        ends(
            &whole,
            "order o1 is processing: 0 usd paid, 0 refunded, 0 disputed",
            "payment py_1 for o1 is processing: 0 captured, 0 refunded, 0 lost, ledger 0",
        );
    }
}

#[test]
fn a_pending_charge_of_an_attempt_that_failed_leaves_the_payment_failed() {
    let pending = json!({ "status": "pending", "paid": false, "amount_captured": 0 });
    let failed =
        |object: Value| with(object, json!({ "status": "failed", "paid": false, "captured": false }));
    let whole = Sequence::new()
        .then("charge.pending", 100, with(charge("py_1", Some("pi_1"), 2000, Some("o1")), pending))
        .then("charge.failed", 900, failed(charge("py_1", Some("pi_1"), 2000, Some("o1"))))
        .then(
            "payment_intent.payment_failed",
            900,
            intent("pi_1", "requires_payment_method", 2000, Some("o1")),
        );
    ends(
        &whole,
        "order o1 is payment_failed: 0 usd paid, 0 refunded, 0 disputed",
        "payment pi_1 for o1 is failed: 0 captured, 0 refunded, 0 lost, ledger 0",
    );
}
