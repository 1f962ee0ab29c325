//! Disputes and inquiries: <https://docs.stripe.com/disputes>, <https://docs.stripe.com/api/disputes/object>.

use serde_json::{Value, json};

use super::Sequence;
use super::bodies::{charge, dispute, intent, refund, with};

pub(super) const CREATED: &str = "charge.dispute.created";
pub(super) const UPDATED: &str = "charge.dispute.updated";
pub(super) const CLOSED: &str = "charge.dispute.closed";
pub(super) const WITHDRAWN: &str = "charge.dispute.funds_withdrawn";
pub(super) const REINSTATED: &str = "charge.dispute.funds_reinstated";

/// An order of 2000 that is paid by `pi_1` with charge `ch_1`.
pub(super) fn paid() -> Sequence {
    let succeeded = with(intent("pi_1", "succeeded", 2000, Some("o1")), json!({ "latest_charge": "ch_1" }));
    Sequence::new().then("payment_intent.succeeded", 100, succeeded)
}

pub(super) fn of(status: &str, moved: &[(&str, i64)]) -> Value {
    dispute("dp_1", "ch_1", 2000, status, moved)
}

#[test]
fn a_part_that_is_disputed_and_lost_takes_that_part() {
    let part = |status: &str, moved: &[(&str, i64)]| dispute("dp_1", "ch_1", 500, status, moved);
    let opened = paid().then(CREATED, 200, part("needs_response", &[])).then(
        WITHDRAWN,
        200,
        part("needs_response", &[("txn_1", -500)]),
    );
    opened.ends_in(&[
        "order o1 is disputed: 2000 usd paid, 0 refunded, 500 disputed",
        "payment pi_1 for o1 is paid: 2000 captured, 0 refunded, 0 lost, ledger 1500",
        "sent dispute.funds_withdrawn/dp_1",
        "sent dispute.opened/dp_1",
        "sent order.paid/o1",
        "sent order.payment_received/o1/pi_1",
    ]);
    opened.then(CLOSED, 300, part("lost", &[("txn_1", -500)])).ends_in(&[
        "order o1 is charged_back: 2000 usd paid, 0 refunded, 500 disputed",
        "payment pi_1 for o1 is paid: 2000 captured, 0 refunded, 500 lost, ledger 1500",
        "sent dispute.closed/dp_1",
        "sent dispute.funds_withdrawn/dp_1",
        "sent dispute.opened/dp_1",
        "sent order.paid/o1",
        "sent order.payment_received/o1/pi_1",
    ]);
}

#[test]
fn a_dispute_that_is_won_with_a_part_of_the_money_loses_the_rest() {
    paid()
        .then(CREATED, 200, of("needs_response", &[("txn_1", -2000)]))
        .then(WITHDRAWN, 200, of("needs_response", &[("txn_1", -2000)]))
        .then(CLOSED, 300, of("won", &[("txn_1", -2000)]))
        .then(REINSTATED, 301, of("won", &[("txn_1", -2000), ("txn_2", 1500)]))
        .ends_in(&[
            "order o1 is charged_back: 2000 usd paid, 0 refunded, 500 disputed",
            "payment pi_1 for o1 is paid: 2000 captured, 0 refunded, 500 lost, ledger 1500",
            "sent dispute.closed/dp_1",
            "sent dispute.funds_reinstated/dp_1",
            "sent dispute.funds_withdrawn/dp_1",
            "sent dispute.opened/dp_1",
            "sent order.paid/o1",
            "sent order.payment_received/o1/pi_1",
        ]);
}

#[test]
fn a_dispute_that_is_lost_then_won_then_lost_is_closed_three_times() {
    let (one, two) = ([("txn_1", -2000)], [("txn_1", -2000), ("txn_2", 2000)]);
    let three = [("txn_1", -2000), ("txn_2", 2000), ("txn_3", -2000)];
    let end = [
        "order o1 is charged_back: 2000 usd paid, 0 refunded, 2000 disputed",
        "payment pi_1 for o1 is paid: 2000 captured, 0 refunded, 2000 lost, ledger 0",
        "sent dispute.closed/dp_1",
        "sent dispute.closed/dp_1/lost",
        "sent dispute.closed/dp_1/won",
        "sent dispute.funds_reinstated/dp_1",
        "sent dispute.funds_withdrawn/dp_1",
        "sent dispute.funds_withdrawn/dp_1/txn_3",
        "sent dispute.opened/dp_1",
        "sent order.paid/o1",
        "sent order.payment_received/o1/pi_1",
    ];
    let whole = paid()
        .then(CREATED, 200, of("needs_response", &one))
        .then(WITHDRAWN, 200, of("needs_response", &one))
        .then(CLOSED, 300, of("lost", &one))
        .then(REINSTATED, 400, of("won", &two))
        .then(UPDATED, 400, of("won", &two))
        .was(json!({ "status": "lost" }))
        .then(WITHDRAWN, 500, of("lost", &three))
        .then(UPDATED, 501, of("lost", &three))
        .was(json!({ "status": "won" }));
    whole.ends_in(&end);
}

#[test]
fn two_verdicts_in_one_second_are_two_messages() {
    let (one, two) = ([("txn_1", -2000)], [("txn_1", -2000), ("txn_2", 2000)]);
    paid()
        .then(CREATED, 200, of("needs_response", &one))
        .then(CLOSED, 300, of("lost", &one))
        .then(UPDATED, 300, of("won", &two))
        .was(json!({ "status": "lost" }))
        .then(REINSTATED, 301, of("won", &two))
        .ends_in(&[
            "order o1 is paid: 2000 usd paid, 0 refunded, 0 disputed",
            "payment pi_1 for o1 is paid: 2000 captured, 0 refunded, 0 lost, ledger 2000",
            "sent dispute.closed/dp_1",
            "sent dispute.closed/dp_1/won",
            "sent dispute.funds_reinstated/dp_1",
            "sent dispute.funds_withdrawn/dp_1",
            "sent dispute.opened/dp_1",
            "sent order.paid/o1",
            "sent order.payment_received/o1/pi_1",
        ]);
}

#[test]
fn an_inquiry_that_becomes_a_dispute_and_is_lost() {
    let whole = paid()
        .then(CREATED, 200, of("warning_needs_response", &[]))
        .then(UPDATED, 210, of("warning_under_review", &[]))
        .was(json!({ "status": "warning_needs_response" }))
        .then(UPDATED, 300, of("needs_response", &[("txn_1", -2000)]))
        .was(json!({ "status": "warning_under_review", "balance_transactions": [] }))
        .then(WITHDRAWN, 300, of("needs_response", &[("txn_1", -2000)]))
        .then(CLOSED, 400, of("lost", &[("txn_1", -2000)]));
    whole.ends_in(&[
        "order o1 is charged_back: 2000 usd paid, 0 refunded, 2000 disputed",
        "payment pi_1 for o1 is paid: 2000 captured, 0 refunded, 2000 lost, ledger 0",
        "sent dispute.closed/dp_1",
        "sent dispute.funds_withdrawn/dp_1",
        "sent dispute.inquiry_opened/dp_1",
        "sent dispute.opened/dp_1",
        "sent order.paid/o1",
        "sent order.payment_received/o1/pi_1",
    ]);
}

#[test]
fn an_inquiry_that_is_answered_by_a_refund_moves_the_refund_alone() {
    paid()
        .then(CREATED, 200, of("warning_needs_response", &[]))
        .then("refund.created", 300, refund("re_1", "ch_1", Some("pi_1"), 2000, 300))
        .then("charge.refunded", 300, {
            let refunded = json!({ "amount_refunded": 2000, "refunded": true });
            with(charge("ch_1", Some("pi_1"), 2000, Some("o1")), refunded)
        })
        .was(json!({ "amount_refunded": 0, "refunded": false }))
        .then(CLOSED, 400, of("warning_closed", &[]))
        .ends_in(&[
            "order o1 is refunded: 2000 usd paid, 2000 refunded, 0 disputed",
            "payment pi_1 for o1 is paid: 2000 captured, 2000 refunded, 0 lost, ledger 0",
            "sent dispute.closed/dp_1",
            "sent dispute.inquiry_opened/dp_1",
            "sent order.paid/o1",
            "sent order.payment_received/o1/pi_1",
            "sent refund.created/re_1",
        ]);
}

#[test]
fn a_dispute_prevented_by_a_part_of_the_money_loses_that_part() {
    let part = |status: &str, moved: &[(&str, i64)]| dispute("dp_1", "ch_1", 800, status, moved);
    paid()
        .then(CREATED, 200, part("prevented", &[]))
        .then(WITHDRAWN, 200, part("prevented", &[("txn_1", -800)]))
        .then(CLOSED, 201, part("prevented", &[("txn_1", -800)]))
        .ends_in(&[
            "order o1 is charged_back: 2000 usd paid, 0 refunded, 800 disputed",
            "payment pi_1 for o1 is paid: 2000 captured, 0 refunded, 800 lost, ledger 1200",
            "sent dispute.closed/dp_1",
            "sent dispute.funds_withdrawn/dp_1",
            "sent dispute.opened/dp_1",
            "sent order.paid/o1",
            "sent order.payment_received/o1/pi_1",
        ]);
}
