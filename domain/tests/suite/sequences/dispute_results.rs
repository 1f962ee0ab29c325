//! What the results of a dispute mean for the money while not all of its movements are known, and a dispute whose events
//! name different things. <https://docs.stripe.com/api/disputes/object>

use serde_json::{Value, json};

use super::Sequence;
use super::bodies::{charge, with};
use super::disputes::{CLOSED, CREATED, UPDATED, of, paid};

/// The two lines of the order and the payment.
fn rows(sequence: &Sequence, order: &str, payment: &str) {
    sequence.rows_end_in(&[order, payment]);
}

fn closed(sequence: &Sequence) -> Vec<String> {
    sequence.each_end(|memory| {
        memory.lasting.iter().filter(|key| key.starts_with("dispute.closed/")).cloned().collect()
    })
}

#[test]
fn a_dispute_that_is_won_has_lost_nothing_before_its_money_is_back() {
    let whole = paid().then(CREATED, 200, of("needs_response", &[("txn_1", -2000)])).then(
        CLOSED,
        300,
        of("won", &[("txn_1", -2000)]),
    );
    rows(
        &whole,
        "order o1 is paid: 2000 usd paid, 0 refunded, 0 disputed",
        "payment pi_1 for o1 is paid: 2000 captured, 0 refunded, 0 lost, ledger 0",
    );
}

#[test]
fn a_dispute_that_is_lost_although_a_part_came_back_has_lost_the_rest() {
    let whole = paid().then(CREATED, 200, of("needs_response", &[("txn_1", -2000)])).then(
        CLOSED,
        300,
        of("lost", &[("txn_1", -2000), ("txn_2", 500)]),
    );
    rows(
        &whole,
        "order o1 is charged_back: 2000 usd paid, 0 refunded, 1500 disputed",
        "payment pi_1 for o1 is paid: 2000 captured, 0 refunded, 1500 lost, ledger 500",
    );
}

#[test]
fn a_dispute_that_is_lost_after_it_was_won_is_lost_before_the_withdrawal_is_listed() {
    let two = [("txn_1", -2000), ("txn_2", 2000)];
    let whole = paid()
        .then(CREATED, 200, of("needs_response", &two[..1]))
        .then(CLOSED, 300, of("won", &two))
        .then(UPDATED, 400, of("lost", &two))
        .was(json!({ "status": "won" }));
    rows(
        &whole,
        "order o1 is charged_back: 2000 usd paid, 0 refunded, 2000 disputed",
        "payment pi_1 for o1 is paid: 2000 captured, 0 refunded, 2000 lost, ledger 2000",
    );
}

#[test]
fn of_two_results_in_one_second_the_one_that_reverses_the_other_comes_second() {
    let by_update = paid()
        .then(CREATED, 200, of("needs_response", &[]))
        .then(UPDATED, 300, of("lost", &[]))
        .was(json!({ "status": "needs_response" }))
        .then(UPDATED, 300, of("won", &[]))
        .was(json!({ "status": "lost" }));
    assert_eq!(closed(&by_update), ["dispute.closed/dp_1", "dispute.closed/dp_1/won"]);
    let by_close = paid()
        .then(CREATED, 200, of("needs_response", &[]))
        .then(CLOSED, 300, of("lost", &[]))
        .then(UPDATED, 300, of("won", &[]))
        .was(json!({ "status": "lost" }));
    assert_eq!(closed(&by_close), ["dispute.closed/dp_1", "dispute.closed/dp_1/won"]);
}

#[test]
fn a_dispute_whose_events_name_different_things_is_one_dispute() {
    let by_charge = |object: Value| object;
    let by_intent = |object: Value| with(object, json!({ "charge": null, "payment_intent": "pi_1" }));
    let inquiry = || of("warning_needs_response", &[]);
    let lost = || of("lost", &[("txn_1", -2000)]);
    for (first, second) in
        [(by_charge(inquiry()), by_intent(lost())), (by_intent(inquiry()), by_charge(lost()))]
    {
        Sequence::new()
            .then(CREATED, 200, first)
            .then(CLOSED, 300, second)
            .then("charge.succeeded", 400, charge("ch_1", Some("pi_1"), 2000, Some("o1")))
            .ends_in(&[
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
}
