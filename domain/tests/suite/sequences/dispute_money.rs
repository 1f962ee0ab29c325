//! The money of disputes: without balance transactions, in other currencies, beside refunds and other disputes.

use serde_json::json;

use super::Sequence;
use super::bodies::{charge, dispute, intent, with};
use super::disputes::{CLOSED, CREATED, REINSTATED, UPDATED, WITHDRAWN, of, paid};

#[test]
fn a_dispute_that_names_only_its_charge_is_of_the_charge_where_there_is_no_payment_intent() {
    Sequence::new()
        .then("charge.succeeded", 100, charge("ch_1", None, 2000, Some("o1")))
        .then(CREATED, 200, of("needs_response", &[("txn_1", -2000)]))
        .then(CLOSED, 300, of("won", &[("txn_1", -2000), ("txn_2", 2000)]))
        .ends_in(&[
            "order o1 is paid: 2000 usd paid, 0 refunded, 0 disputed",
            "payment ch_1 for o1 is paid: 2000 captured, 0 refunded, 0 lost, ledger 2000",
            "sent dispute.closed/dp_1",
            "sent dispute.funds_reinstated/dp_1",
            "sent dispute.funds_withdrawn/dp_1",
            "sent dispute.opened/dp_1",
            "sent order.paid/o1",
            "sent order.payment_received/o1/ch_1",
        ]);
}

#[test]
fn a_dispute_of_a_payment_that_did_not_match_is_in_the_ledger_and_not_in_the_order() {
    let short = with(intent("pi_1", "succeeded", 999, Some("o1")), json!({ "latest_charge": "ch_1" }));
    let of = |status: &str| dispute("dp_1", "ch_1", 999, status, &[("txn_1", -999)]);
    Sequence::new()
        .register("o1", None, 2000, "usd")
        .then("payment_intent.succeeded", 100, short)
        .then(CREATED, 200, of("needs_response"))
        .then(CLOSED, 300, of("lost"))
        .ends_in(&[
            "order o1 is pending: 0 usd paid, 0 refunded, 0 disputed",
            "payment pi_1 for o1 is paid: 999 captured, 0 refunded, 999 lost, ledger 0, held: amount_mismatch",
            "sent dispute.closed/dp_1",
            "sent dispute.funds_withdrawn/dp_1",
            "sent dispute.opened/dp_1",
            "sent order.payment_received/o1/pi_1",
        ]);
}

#[test]
fn a_dispute_after_a_partial_refund_of_what_was_left() {
    let rest = |status: &str| dispute("dp_1", "ch_1", 1500, status, &[("txn_1", -1500)]);
    let refunded = with(charge("ch_1", Some("pi_1"), 2000, Some("o1")), json!({ "amount_refunded": 500 }));
    paid()
        .then("charge.refunded", 150, refunded)
        .was(json!({ "amount_refunded": 0 }))
        .then(CREATED, 200, rest("needs_response"))
        .then(CLOSED, 300, rest("lost"))
        .ends_in(&[
            "order o1 is charged_back: 2000 usd paid, 500 refunded, 1500 disputed",
            "payment pi_1 for o1 is paid: 2000 captured, 500 refunded, 1500 lost, ledger 0",
            "sent dispute.closed/dp_1",
            "sent dispute.funds_withdrawn/dp_1",
            "sent dispute.opened/dp_1",
            "sent order.paid/o1",
            "sent order.payment_received/o1/pi_1",
        ]);
}

#[test]
fn a_dispute_whose_balance_is_kept_in_another_currency_moves_its_own_amount() {
    let moved = |entries: &[(&str, i64)]| {
        let mut body = dispute("dp_1", "ch_1", 2000, "won", entries);
        for entry in body["balance_transactions"].as_array_mut().unwrap() {
            entry["currency"] = json!("eur");
        }
        body
    };
    paid()
        .then(CREATED, 200, with(moved(&[("txn_1", -1840)]), json!({ "status": "needs_response" })))
        .then(CLOSED, 300, moved(&[("txn_1", -1840)]))
        .then(REINSTATED, 301, moved(&[("txn_1", -1840), ("txn_2", 1861)]))
        .ends_in(&[
            "order o1 is paid: 2000 usd paid, 0 refunded, 0 disputed",
            "payment pi_1 for o1 is paid: 2000 captured, 0 refunded, 0 lost, ledger 2000",
            "sent dispute.closed/dp_1",
            "sent dispute.funds_reinstated/dp_1",
            "sent dispute.funds_withdrawn/dp_1",
            "sent dispute.opened/dp_1",
            "sent order.paid/o1",
            "sent order.payment_received/o1/pi_1",
        ]);
}

#[test]
fn two_disputes_on_one_charge_of_which_one_is_lost() {
    let other = |status: &str, moved: &[(&str, i64)]| dispute("dp_2", "ch_1", 700, status, moved);
    let first = |status: &str, moved: &[(&str, i64)]| dispute("dp_1", "ch_1", 1300, status, moved);
    paid()
        .then(CREATED, 200, first("needs_response", &[("txn_1", -1300)]))
        .then(CREATED, 201, other("needs_response", &[("txn_a", -700)]))
        .then(CLOSED, 300, first("won", &[("txn_1", -1300), ("txn_2", 1300)]))
        .then(REINSTATED, 300, first("won", &[("txn_1", -1300), ("txn_2", 1300)]))
        .then(CLOSED, 301, other("lost", &[("txn_a", -700)]))
        .ends_in(&[
            "order o1 is charged_back: 2000 usd paid, 0 refunded, 700 disputed",
            "payment pi_1 for o1 is paid: 2000 captured, 0 refunded, 700 lost, ledger 1300",
            "sent dispute.closed/dp_1",
            "sent dispute.closed/dp_2",
            "sent dispute.funds_reinstated/dp_1",
            "sent dispute.funds_withdrawn/dp_1",
            "sent dispute.funds_withdrawn/dp_2",
            "sent dispute.opened/dp_1",
            "sent dispute.opened/dp_2",
            "sent order.paid/o1",
            "sent order.payment_received/o1/pi_1",
        ]);
}

#[test]
fn money_that_moves_three_times_without_balance_transactions_is_three_movements() {
    let whole = paid()
        .then(CREATED, 200, of("needs_response", &[]))
        .then(WITHDRAWN, 201, of("needs_response", &[]))
        .then(CLOSED, 300, of("won", &[]))
        .then(REINSTATED, 301, of("won", &[]))
        .then(WITHDRAWN, 400, of("lost", &[]))
        .then(UPDATED, 400, of("lost", &[]))
        .was(json!({ "status": "won" }));
    whole.ends_in(&[
        "order o1 is charged_back: 2000 usd paid, 0 refunded, 2000 disputed",
        "payment pi_1 for o1 is paid: 2000 captured, 0 refunded, 2000 lost, ledger 0",
        "sent dispute.closed/dp_1",
        "sent dispute.closed/dp_1/lost",
        "sent dispute.funds_reinstated/dp_1",
        "sent dispute.funds_withdrawn/dp_1",
        "sent dispute.funds_withdrawn/dp_1/2",
        "sent dispute.opened/dp_1",
        "sent order.paid/o1",
        "sent order.payment_received/o1/pi_1",
    ]);
}

#[test]
fn a_dispute_of_which_only_the_last_event_comes_has_moved_what_its_state_says() {
    paid().then(CLOSED, 300, of("lost", &[])).ends_in(&[
        "order o1 is charged_back: 2000 usd paid, 0 refunded, 2000 disputed",
        "payment pi_1 for o1 is paid: 2000 captured, 0 refunded, 2000 lost, ledger 0",
        "sent dispute.closed/dp_1",
        "sent dispute.funds_withdrawn/dp_1",
        "sent dispute.opened/dp_1",
        "sent order.paid/o1",
        "sent order.payment_received/o1/pi_1",
    ]);
    paid().then(REINSTATED, 300, of("won", &[])).ends_in(&[
        "order o1 is paid: 2000 usd paid, 0 refunded, 0 disputed",
        "payment pi_1 for o1 is paid: 2000 captured, 0 refunded, 0 lost, ledger 2000",
        "sent dispute.closed/dp_1",
        "sent dispute.funds_reinstated/dp_1",
        "sent dispute.funds_withdrawn/dp_1",
        "sent dispute.opened/dp_1",
        "sent order.paid/o1",
        "sent order.payment_received/o1/pi_1",
    ]);
}
