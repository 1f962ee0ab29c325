//! Metadata that somebody edits after the payment: it cuts no payment off from its refunds and disputes.

use serde_json::{Value, json};

use super::Sequence;
use super::bodies::{charge, dispute, intent, refund, session, with};

const PAID: [&str; 2] = ["sent order.paid/o1", "sent order.payment_received/o1/pi_1"];

fn edited(order: Option<&str>, refunded: i64) -> Value {
    let changes = json!({ "amount_refunded": refunded, "refunded": refunded == 1000 });
    with(charge("ch_1", Some("pi_1"), 1000, order), changes)
}

fn paid_intent() -> Value {
    with(intent("pi_1", "succeeded", 1000, Some("o1")), json!({ "latest_charge": "ch_1" }))
}

#[test]
fn the_order_is_removed_from_a_charge_whose_dispute_names_nothing_else() {
    let lost = |status: &str| dispute("dp_1", "ch_1", 1000, status, &[("txn_1", -1000)]);
    let mut end = vec![
        "order o1 is charged_back: 1000 usd paid, 0 refunded, 1000 disputed",
        "payment pi_1 for o1 is paid: 1000 captured, 0 refunded, 1000 lost, ledger 0",
        "sent dispute.closed/dp_1",
        "sent dispute.funds_withdrawn/dp_1",
        "sent dispute.opened/dp_1",
    ];
    end.extend(PAID);
    Sequence::new()
        .then("payment_intent.succeeded", 100, paid_intent())
        .then("charge.succeeded", 100, edited(Some("o1"), 0))
        .then("charge.updated", 150, edited(None, 0))
        .was(json!({ "metadata": { "orderId": "o1" } }))
        .then("charge.dispute.created", 200, lost("needs_response"))
        .then("charge.dispute.closed", 300, lost("lost"))
        .ends_in(&end);
}

#[test]
fn an_edited_charge_is_refunded_in_two_parts_with_refund_objects() {
    let mut end = vec![
        "order o1 is refunded: 1000 usd paid, 1000 refunded, 0 disputed",
        "payment pi_1 for o1 is paid: 1000 captured, 1000 refunded, 0 lost, ledger 0",
    ];
    end.extend(PAID);
    end.extend(["sent refund.created/re_1", "sent refund.created/re_2"]);
    Sequence::new()
        .then("charge.succeeded", 100, edited(Some("o1"), 0))
        .then("payment_intent.succeeded", 100, paid_intent())
        .then("charge.updated", 150, edited(Some(" other "), 0))
        .was(json!({ "metadata": { "orderId": "o1" } }))
        .then("refund.created", 200, refund("re_1", "ch_1", Some("pi_1"), 400, 200))
        .then("charge.refunded", 200, edited(Some("other"), 400))
        .was(json!({ "amount_refunded": 0 }))
        .then("refund.created", 300, refund("re_2", "ch_1", Some("pi_1"), 600, 300))
        .then("charge.refunded", 300, edited(Some("other"), 1000))
        .was(json!({ "amount_refunded": 400, "refunded": false }))
        .ends_in(&end);
}

#[test]
fn a_session_names_the_order_of_a_charge_that_somebody_gave_another() {
    let mut end = vec![
        "order o1 is partially_refunded: 1000 usd paid, 300 refunded, 0 disputed",
        "payment pi_1 for o1 is paid: 1000 captured, 300 refunded, 0 lost, ledger 700",
    ];
    end.extend(PAID);
    Sequence::new()
        .then("charge.succeeded", 100, edited(None, 0))
        .then("payment_intent.succeeded", 100, intent("pi_1", "succeeded", 1000, None))
        .then("checkout.session.completed", 101, session("cs_1", Some("pi_1"), 1000, Some("o1")))
        .then("charge.updated", 150, edited(Some("other"), 0))
        .was(json!({ "metadata": { "orderId": null } }))
        .then("charge.refunded", 200, edited(Some("other"), 300))
        .was(json!({ "amount_refunded": 0 }))
        .ends_in(&end);
}

#[test]
fn a_direct_charge_of_a_connected_account_in_dinars_is_edited_and_refunded_in_part() {
    let of = |order: &str, refunded: i64| {
        let changes = json!({ "currency": "bhd", "amount_refunded": refunded });
        with(charge("ch_1", None, 12_345, Some(order)), changes)
    };
    Sequence::new()
        .then("charge.succeeded", 100, of("o1", 0))
        .of_account("acct_1")
        .then("charge.updated", 150, of("other", 0))
        .was(json!({ "metadata": { "orderId": "o1" } }))
        .of_account("acct_1")
        .then("charge.refunded", 200, of("other", 345))
        .was(json!({ "amount_refunded": 0 }))
        .of_account("acct_1")
        .ends_in(&[
            "order o1 of acct_1 is partially_refunded: 12345 bhd paid, 345 refunded, 0 disputed",
            "payment ch_1 for o1 is paid: 12345 captured, 345 refunded, 0 lost, ledger 12000",
            "sent acct_1 order.paid/o1",
            "sent acct_1 order.payment_received/o1/ch_1",
        ]);
}
