//! Disputes of other kinds: old and new statuses, blocks, appeals that are under way, currencies without decimals,
//! connected accounts. <https://docs.stripe.com/disputes>, <https://docs.stripe.com/disputes/prevention>

use serde_json::{Value, json};

use super::Sequence;
use super::bodies::{charge, dispute, intent, refund, with};
use super::disputes::{CLOSED, CREATED, REINSTATED, UPDATED, WITHDRAWN, of, paid};

const PAID: [&str; 2] = ["sent order.paid/o1", "sent order.payment_received/o1/pi_1"];

fn ends(sequence: &Sequence, order: &str, payment: &str, disputes: &[&str]) {
    let mut lines = vec![order, payment];
    lines.extend(disputes);
    lines.extend(PAID);
    sequence.ends_in(&lines);
}

#[test]
fn a_dispute_that_a_refund_settled_before_2016_loses_nothing_more() {
    // `charge_refunded`: the company refunded while the inquiry was open.
    let refunded = json!({ "amount_refunded": 2000, "refunded": true });
    let whole = paid()
        .then(CREATED, 200, of("warning_needs_response", &[]))
        .then("charge.refunded", 300, with(charge("ch_1", Some("pi_1"), 2000, Some("o1")), refunded))
        .was(json!({ "amount_refunded": 0, "refunded": false }))
        .then(CLOSED, 300, of("charge_refunded", &[]));
    ends(
        &whole,
        "order o1 is refunded: 2000 usd paid, 2000 refunded, 0 disputed",
        "payment pi_1 for o1 is paid: 2000 captured, 2000 refunded, 0 lost, ledger 0",
        &["sent dispute.closed/dp_1", "sent dispute.inquiry_opened/dp_1", "sent dispute.opened/dp_1"],
    );
}

#[test]
fn a_block_in_won_moves_nothing() {
    let won = |object: Value| with(object, json!({ "currency": "krw" }));
    Sequence::new()
        .then("payment_intent.succeeded", 100, won(intent("pi_1", "succeeded", 2000, Some("o1"))))
        .of_account("acct_1")
        .then(CREATED, 200, with(won(of("prevented", &[])), json!({ "payment_intent": "pi_1" })))
        .of_account("acct_1")
        .then(CLOSED, 201, with(won(of("prevented", &[])), json!({ "payment_intent": "pi_1" })))
        .of_account("acct_1")
        .ends_in(&[
            "order o1 of acct_1 is paid: 2000 krw paid, 0 refunded, 0 disputed",
            "payment pi_1 for o1 is paid: 2000 captured, 0 refunded, 0 lost, ledger 2000",
            "sent acct_1 dispute.closed/dp_1",
            "sent acct_1 dispute.opened/dp_1",
            "sent acct_1 order.paid/o1",
            "sent acct_1 order.payment_received/o1/pi_1",
        ]);
}

#[test]
fn a_resolution_whose_events_list_no_movements_takes_the_money() {
    let whole = paid()
        .then(CREATED, 200, of("prevented", &[]))
        .then(WITHDRAWN, 200, of("prevented", &[]))
        .then(CLOSED, 201, of("prevented", &[]));
    ends(
        &whole,
        "order o1 is charged_back: 2000 usd paid, 0 refunded, 2000 disputed",
        "payment pi_1 for o1 is paid: 2000 captured, 0 refunded, 2000 lost, ledger 0",
        &["sent dispute.closed/dp_1", "sent dispute.funds_withdrawn/dp_1", "sent dispute.opened/dp_1"],
    );
}

#[test]
fn an_appeal_that_is_under_way_and_then_won() {
    let (one, two) = ([("txn_1", -2000)], [("txn_1", -2000), ("txn_2", 2000)]);
    let under_way = paid()
        .then(CREATED, 200, of("needs_response", &one))
        .then(CLOSED, 300, of("lost", &one))
        .then(UPDATED, 400, of("appeal_under_review", &one))
        .was(json!({ "status": "lost" }));
    let messages =
        ["sent dispute.closed/dp_1", "sent dispute.funds_withdrawn/dp_1", "sent dispute.opened/dp_1"];
    ends(
        &under_way,
        "order o1 is disputed: 2000 usd paid, 0 refunded, 2000 disputed",
        "payment pi_1 for o1 is paid: 2000 captured, 0 refunded, 0 lost, ledger 0",
        &messages,
    );
    let won = under_way
        .then(UPDATED, 500, of("appeal_won", &two))
        .was(json!({ "status": "appeal_under_review", "balance_transactions": [] }))
        .then(REINSTATED, 500, of("appeal_won", &two));
    ends(
        &won,
        "order o1 is paid: 2000 usd paid, 0 refunded, 0 disputed",
        "payment pi_1 for o1 is paid: 2000 captured, 0 refunded, 0 lost, ledger 2000",
        &[
            "sent dispute.closed/dp_1",
            "sent dispute.closed/dp_1/won",
            "sent dispute.funds_reinstated/dp_1",
            "sent dispute.funds_withdrawn/dp_1",
            "sent dispute.opened/dp_1",
        ],
    );
}

#[test]
fn a_part_comes_back_and_that_part_is_withdrawn_again() {
    let two = [("txn_1", -2000), ("txn_2", 1500)];
    let three = [("txn_1", -2000), ("txn_2", 1500), ("txn_3", -1500)];
    let whole = paid()
        .then(CREATED, 200, of("needs_response", &two[..1]))
        .then(WITHDRAWN, 200, of("needs_response", &two[..1]))
        .then(CLOSED, 300, of("won", &two))
        .then(REINSTATED, 300, of("won", &two))
        .then(WITHDRAWN, 400, of("lost", &three))
        .then(UPDATED, 400, of("lost", &three))
        .was(json!({ "status": "won" }));
    ends(
        &whole,
        "order o1 is charged_back: 2000 usd paid, 0 refunded, 2000 disputed",
        "payment pi_1 for o1 is paid: 2000 captured, 0 refunded, 2000 lost, ledger 0",
        &[
            "sent dispute.closed/dp_1",
            "sent dispute.closed/dp_1/lost",
            "sent dispute.funds_reinstated/dp_1",
            "sent dispute.funds_withdrawn/dp_1",
            "sent dispute.funds_withdrawn/dp_1/txn_3",
            "sent dispute.opened/dp_1",
        ],
    );
}

#[test]
fn a_second_dispute_after_the_first_was_won_is_lost() {
    let second = |status: &str| dispute("dp_2", "ch_1", 2000, status, &[("txn_3", -2000)]);
    let whole = paid()
        .then(CREATED, 200, of("needs_response", &[("txn_1", -2000)]))
        .then(CLOSED, 300, of("won", &[("txn_1", -2000), ("txn_2", 2000)]))
        .then(REINSTATED, 300, of("won", &[("txn_1", -2000), ("txn_2", 2000)]))
        .then(CREATED, 400, second("needs_response"))
        .then(CLOSED, 500, second("lost"));
    ends(
        &whole,
        "order o1 is charged_back: 2000 usd paid, 0 refunded, 2000 disputed",
        "payment pi_1 for o1 is paid: 2000 captured, 0 refunded, 2000 lost, ledger 0",
        &[
            "sent dispute.closed/dp_1",
            "sent dispute.closed/dp_2",
            "sent dispute.funds_reinstated/dp_1",
            "sent dispute.funds_withdrawn/dp_1",
            "sent dispute.funds_withdrawn/dp_2",
            "sent dispute.opened/dp_1",
            "sent dispute.opened/dp_2",
        ],
    );
}

#[test]
fn a_refund_that_fails_because_the_payment_is_disputed_leaves_the_dispute_alone() {
    let refunded = |status: &str| {
        let changes = json!({ "status": status, "failure_reason": "charge_for_pending_refund_disputed" });
        with(refund("re_1", "ch_1", Some("pi_1"), 2000, 150), changes)
    };
    let whole = paid()
        .then("refund.created", 150, refunded("pending"))
        .then(CREATED, 200, of("needs_response", &[("txn_1", -2000)]))
        .then("refund.failed", 210, refunded("failed"))
        .then(CLOSED, 300, of("lost", &[("txn_1", -2000)]));
    let mut end = vec![
        "order o1 is charged_back: 2000 usd paid, 0 refunded, 2000 disputed",
        "payment pi_1 for o1 is paid: 2000 captured, 0 refunded, 2000 lost, ledger 0",
        "sent dispute.closed/dp_1",
        "sent dispute.funds_withdrawn/dp_1",
        "sent dispute.opened/dp_1",
    ];
    end.extend(PAID);
    end.extend(["sent refund.created/re_1", "sent refund.failed/re_1"]);
    whole.ends_in(&end);
}

#[test]
fn an_inquiry_that_is_open_disputes_no_money() {
    for status in ["warning_needs_response", "warning_under_review"] {
        ends(
            &paid().then(CREATED, 200, of(status, &[])),
            "order o1 is paid: 2000 usd paid, 0 refunded, 0 disputed",
            "payment pi_1 for o1 is paid: 2000 captured, 0 refunded, 0 lost, ledger 2000",
            &["sent dispute.inquiry_opened/dp_1"],
        );
    }
}

#[test]
fn an_appeal_that_is_lost_leaves_the_money_lost() {
    let whole = paid()
        .then(CREATED, 200, of("needs_response", &[("txn_1", -2000)]))
        .then(CLOSED, 300, of("lost", &[("txn_1", -2000)]))
        .then(UPDATED, 400, of("appeal_lost", &[("txn_1", -2000)]))
        .was(json!({ "status": "lost" }));
    ends(
        &whole,
        "order o1 is charged_back: 2000 usd paid, 0 refunded, 2000 disputed",
        "payment pi_1 for o1 is paid: 2000 captured, 0 refunded, 2000 lost, ledger 0",
        &["sent dispute.closed/dp_1", "sent dispute.funds_withdrawn/dp_1", "sent dispute.opened/dp_1"],
    );
}
