//! Refunds: with refund objects and without, failed and made again, canceled, of which only the last step comes.
//! <https://docs.stripe.com/refunds>

use serde_json::{Value, json};

use super::Sequence;
use super::bodies::{charge, intent, refund, session, with};

const PAID: [&str; 2] = ["sent order.paid/o1", "sent order.payment_received/o1/pi_1"];

/// An order of 5000 that is paid by `pi_1`.
pub(super) fn paid() -> Sequence {
    Sequence::new().then("payment_intent.succeeded", 100, intent("pi_1", "succeeded", 5000, Some("o1")))
}

/// Its charge with a sum refunded.
pub(super) fn sum(amount: i64) -> Value {
    let changes = json!({ "amount_refunded": amount, "refunded": amount == 5000 });
    with(charge("ch_1", Some("pi_1"), 5000, Some("o1")), changes)
}

pub(super) fn of(id: &str, amount: i64, at: i64, status: &str) -> Value {
    with(refund(id, "ch_1", Some("pi_1"), amount, at), json!({ "status": status }))
}

pub(super) fn ends(sequence: &Sequence, order: &str, payment: &str, refunds: &[&str]) {
    let mut lines = vec![order, payment];
    lines.extend(PAID);
    lines.extend(refunds);
    sequence.ends_in(&lines);
}

#[test]
fn three_steps_without_refund_objects_the_last_of_which_is_full() {
    let whole = paid()
        .then("charge.refunded", 200, sum(1000))
        .was(json!({ "amount_refunded": 0 }))
        .then("charge.refunded", 300, sum(2500))
        .was(json!({ "amount_refunded": 1000 }))
        .then("charge.refunded", 400, sum(5000))
        .was(json!({ "amount_refunded": 2500, "refunded": false }));
    ends(
        &whole,
        "order o1 is refunded: 5000 usd paid, 5000 refunded, 0 disputed",
        "payment pi_1 for o1 is paid: 5000 captured, 5000 refunded, 0 lost, ledger 0",
        &[],
    );
}

#[test]
fn a_failed_refund_without_refund_events_is_taken_off_by_the_charge() {
    // 2022-11-15: charge.refund.updated shows the failure; the sum on the charge falls, or does not.
    for falls in [true, false] {
        let mut whole = paid()
            .then("charge.refunded", 200, sum(1000))
            .was(json!({ "amount_refunded": 0 }))
            .then("charge.refunded", 300, sum(2500))
            .was(json!({ "amount_refunded": 1000 }))
            .then("charge.refund.updated", 400, of("re_2", 1500, 300, "failed"))
            .was(json!({ "status": "succeeded" }));
        if falls {
            whole = whole.then("charge.updated", 400, sum(1000)).was(json!({ "amount_refunded": 2500 }));
        }
        ends(
            &whole,
            "order o1 is partially_refunded: 5000 usd paid, 1000 refunded, 0 disputed",
            "payment pi_1 for o1 is paid: 5000 captured, 1000 refunded, 0 lost, ledger 4000",
            &["sent refund.created/re_2", "sent refund.failed/re_2"],
        );
        // The same amount again.
        let before = if falls { 1000 } else { 2500 };
        let again =
            whole.then("charge.refunded", 500, sum(before + 1500)).was(json!({ "amount_refunded": before }));
        ends(
            &again,
            "order o1 is partially_refunded: 5000 usd paid, 2500 refunded, 0 disputed",
            "payment pi_1 for o1 is paid: 5000 captured, 2500 refunded, 0 lost, ledger 2500",
            &["sent refund.created/re_2", "sent refund.failed/re_2"],
        );
    }
}

#[test]
fn a_full_refund_that_fails_and_is_made_again_is_full_once() {
    let whole = paid()
        .then("refund.created", 200, of("re_1", 5000, 200, "pending"))
        .then("charge.refunded", 200, sum(5000))
        .was(json!({ "amount_refunded": 0, "refunded": false }))
        .then("refund.failed", 300, of("re_1", 5000, 200, "failed"))
        .then("refund.updated", 300, of("re_1", 5000, 200, "failed"))
        .was(json!({ "status": "pending" }));
    ends(
        &whole,
        "order o1 is paid: 5000 usd paid, 0 refunded, 0 disputed",
        "payment pi_1 for o1 is paid: 5000 captured, 0 refunded, 0 lost, ledger 5000",
        &["sent refund.created/re_1", "sent refund.failed/re_1"],
    );
    let again = whole
        .then("refund.created", 400, of("re_2", 5000, 400, "succeeded"))
        .then("charge.refunded", 400, sum(5000))
        .was(json!({ "amount_refunded": 0, "refunded": false }));
    ends(
        &again,
        "order o1 is refunded: 5000 usd paid, 5000 refunded, 0 disputed",
        "payment pi_1 for o1 is paid: 5000 captured, 5000 refunded, 0 lost, ledger 0",
        &["sent refund.created/re_1", "sent refund.created/re_2", "sent refund.failed/re_1"],
    );
}

#[test]
fn of_several_refunds_only_the_last_is_received() {
    // The endpoint is newer than the first three refunds, of which one failed.
    let last = paid()
        .then("refund.created", 500, of("re_4", 700, 500, "succeeded"))
        .then("charge.refunded", 500, sum(3200))
        .was(json!({ "amount_refunded": 2500 }));
    ends(
        &last,
        "order o1 is partially_refunded: 5000 usd paid, 3200 refunded, 0 disputed",
        "payment pi_1 for o1 is paid: 5000 captured, 3200 refunded, 0 lost, ledger 1800",
        &["sent refund.created/re_4"],
    );
}

#[test]
fn a_pending_refund_that_is_canceled_among_others() {
    let whole = paid()
        .then("refund.created", 200, of("re_1", 1000, 200, "succeeded"))
        .then("charge.refunded", 200, sum(1000))
        .was(json!({ "amount_refunded": 0 }))
        .then("refund.created", 300, of("re_2", 1000, 300, "pending"))
        .then("charge.refunded", 300, sum(2000))
        .was(json!({ "amount_refunded": 1000 }))
        .then("refund.updated", 400, of("re_2", 1000, 300, "canceled"))
        .was(json!({ "status": "pending" }))
        .then("charge.updated", 400, sum(1000))
        .was(json!({ "amount_refunded": 2000 }));
    ends(
        &whole,
        "order o1 is partially_refunded: 5000 usd paid, 1000 refunded, 0 disputed",
        "payment pi_1 for o1 is paid: 5000 captured, 1000 refunded, 0 lost, ledger 4000",
        &["sent refund.canceled/re_2", "sent refund.created/re_1", "sent refund.created/re_2"],
    );
}

#[test]
fn a_refund_that_needs_action_and_is_then_canceled() {
    let whole = paid()
        .then("refund.created", 200, of("re_1", 5000, 200, "requires_action"))
        .then("refund.updated", 300, of("re_1", 5000, 200, "canceled"))
        .was(json!({ "status": "requires_action" }));
    ends(
        &whole,
        "order o1 is paid: 5000 usd paid, 0 refunded, 0 disputed",
        "payment pi_1 for o1 is paid: 5000 captured, 0 refunded, 0 lost, ledger 5000",
        &["sent refund.canceled/re_1", "sent refund.created/re_1"],
    );
}

#[test]
fn refunds_of_a_payment_that_only_its_session_shows() {
    Sequence::new()
        .then("checkout.session.completed", 100, session("cs_1", Some("pi_1"), 5000, Some("o1")))
        .then("refund.created", 200, of("re_1", 1200, 200, "succeeded"))
        .then("refund.created", 300, of("re_2", 800, 300, "succeeded"))
        .ends_in(&[
            "order o1 is partially_refunded: 5000 usd paid, 2000 refunded, 0 disputed",
            "payment pi_1 for o1 is paid: 5000 captured, 2000 refunded, 0 lost, ledger 3000",
            "sent order.paid/o1",
            "sent order.payment_received/o1/pi_1",
            "sent refund.created/re_1",
            "sent refund.created/re_2",
        ]);
}

#[test]
fn a_payment_in_yen_is_refunded_in_part() {
    let yen = json!({ "currency": "JPY" });
    let shown = with(with(sum(1), json!({ "amount_refunded": 1 })), yen.clone());
    Sequence::new()
        .register("o1", None, 5000, "jpy")
        .then("payment_intent.succeeded", 100, with(intent("pi_1", "succeeded", 5000, Some("o1")), yen))
        .then("charge.refunded", 200, shown)
        .was(json!({ "amount_refunded": 0 }))
        .ends_in(&[
            "order o1 is partially_refunded: 5000 jpy paid, 1 refunded, 0 disputed",
            "payment pi_1 for o1 is paid: 5000 captured, 1 refunded, 0 lost, ledger 4999",
            "sent order.paid/o1",
            "sent order.payment_received/o1/pi_1",
        ]);
}

#[test]
fn a_refund_made_again_on_a_connected_account() {
    let of_account = |sequence: Sequence| sequence.of_account("acct_1");
    let mut whole = of_account(paid());
    for (kind, at, object) in [
        ("refund.created", 200, of("re_1", 5000, 200, "succeeded")),
        ("charge.refunded", 200, sum(5000)),
        ("refund.failed", 300, of("re_1", 5000, 200, "failed")),
        ("refund.created", 400, of("re_2", 5000, 400, "succeeded")),
    ] {
        whole = of_account(whole.then(kind, at, object));
    }
    whole.ends_in(&[
        "order o1 of acct_1 is refunded: 5000 usd paid, 5000 refunded, 0 disputed",
        "payment pi_1 for o1 is paid: 5000 captured, 5000 refunded, 0 lost, ledger 0",
        "sent acct_1 order.paid/o1",
        "sent acct_1 order.payment_received/o1/pi_1",
        "sent acct_1 refund.created/re_1",
        "sent acct_1 refund.created/re_2",
        "sent acct_1 refund.failed/re_1",
    ]);
}
