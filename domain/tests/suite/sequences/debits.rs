//! Debits: they are returned after they succeeded, or fail and are tried again.
//! <https://docs.stripe.com/payments/sepa-debit#disputed-payments>, <https://docs.stripe.com/payments/ach-direct-debit>

use serde_json::{Value, json};

use super::Sequence;
use super::bodies::{charge, dispute, intent, session, with};

/// Checkout was completed with a debit that takes days.
fn chosen() -> Sequence {
    Sequence::new()
        .then("payment_intent.processing", 100, intent("pi_1", "processing", 1000, Some("o1")))
        .then("charge.pending", 100, pending())
        .then("checkout.session.completed", 101, unpaid())
}

fn pending() -> Value {
    let changes = json!({ "status": "pending", "paid": false, "captured": true });
    with(charge("py_1", Some("pi_1"), 1000, Some("o1")), changes)
}

fn unpaid() -> Value {
    with(session("cs_1", Some("pi_1"), 1000, Some("o1")), json!({ "payment_status": "unpaid" }))
}

#[test]
fn a_debit_that_the_bank_returns_is_a_dispute_that_is_lost_from_its_first_event() {
    // Nobody can contest it: it is created as lost, and closed in the same second.
    let lost = || dispute("dp_1", "py_1", 1000, "lost", &[("txn_1", -1000)]);
    let at = 900_000;
    let whole = chosen()
        .then("charge.succeeded", 400_000, charge("py_1", Some("pi_1"), 1000, Some("o1")))
        .then("payment_intent.succeeded", 400_000, intent("pi_1", "succeeded", 1000, Some("o1")))
        .then(
            "checkout.session.async_payment_succeeded",
            400_001,
            session("cs_1", Some("pi_1"), 1000, Some("o1")),
        )
        .then("charge.dispute.created", at, lost())
        .then("charge.dispute.funds_withdrawn", at, lost())
        .then("charge.dispute.closed", at, lost());
    let end = [
        "order o1 is charged_back: 1000 usd paid, 0 refunded, 1000 disputed",
        "payment pi_1 for o1 is paid: 1000 captured, 0 refunded, 1000 lost, ledger 0",
        "sent dispute.closed/dp_1",
        "sent dispute.funds_withdrawn/dp_1",
        "sent dispute.opened/dp_1",
        "sent order.paid/o1",
        "sent order.payment_received/o1/pi_1",
    ];
    whole.ends_in_with_any_notices(&end);
    whole.without_first(3).ends_in_with_any_notices(&end);
}

#[test]
fn a_debit_that_failed_and_is_tried_again_is_under_way() {
    let failed = with(pending(), json!({ "status": "failed", "captured": false, "amount_captured": 0 }));
    let again = |sequence: Sequence| {
        sequence.then("payment_intent.processing", 900_000, intent("pi_1", "processing", 1000, Some("o1")))
    };
    let returned = chosen()
        .then("charge.failed", 400_000, failed)
        .then(
            "payment_intent.payment_failed",
            400_000,
            intent("pi_1", "requires_payment_method", 1000, Some("o1")),
        )
        .then("checkout.session.async_payment_failed", 400_000, unpaid());
    let ends = |sequence: &Sequence, order: &str, payment: &str| {
        sequence.rows_end_in(&[
            &format!("order o1 is {order}: 0 usd paid, 0 refunded, 0 disputed"),
            &format!("payment pi_1 for o1 is {payment}: 0 captured, 0 refunded, 0 lost, ledger 0"),
        ]);
    };
    ends(&returned, "payment_failed", "failed");
    let twice = again(returned);
    ends(&twice, "processing", "processing");
    let failed_again = twice.then(
        "payment_intent.payment_failed",
        1_200_000,
        intent("pi_1", "requires_payment_method", 1000, Some("o1")),
    );
    ends(&failed_again, "payment_failed", "failed");
    // Without the payment intent's own failure the session's stands until another attempt is seen.
    let only_session = chosen().then("checkout.session.async_payment_failed", 400_000, unpaid());
    ends(&only_session, "payment_failed", "failed");
    ends(&again(only_session), "processing", "processing");
}
