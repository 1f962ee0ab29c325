//! Refunds of other kinds: in other API versions and currencies, of connected accounts, of payments that do not match,
//! of which only one event comes. <https://docs.stripe.com/refunds>

use domain::rules::{OrdersPolicy, Rules};
use serde_json::{Value, json};

use super::Sequence;
use super::bodies::{charge, dispute, intent, refund, with};
use super::refunds::{ends, of, paid, sum};

#[test]
fn three_steps_in_yen_on_a_connected_account_of_which_the_last_is_all() {
    let yen = |object: Value| with(object, json!({ "currency": "jpy" }));
    let mut whole = Sequence::new()
        .then("payment_intent.succeeded", 100, yen(intent("pi_1", "succeeded", 5000, Some("o1"))))
        .of_account("acct_1");
    for (from, to, at) in [(0, 1000, 200), (1000, 2500, 300), (2500, 5000, 400)] {
        let step = whole.then("charge.refunded", at, yen(sum(to)));
        whole = step.was(json!({ "amount_refunded": from, "refunded": false })).of_account("acct_1");
    }
    whole.ends_in(&[
        "order o1 of acct_1 is refunded: 5000 jpy paid, 5000 refunded, 0 disputed",
        "payment pi_1 for o1 is paid: 5000 captured, 5000 refunded, 0 lost, ledger 0",
        "sent acct_1 order.paid/o1",
        "sent acct_1 order.payment_received/o1/pi_1",
    ]);
}

#[test]
fn only_the_third_step_is_received_and_it_is_the_last() {
    let whole = paid()
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
fn a_canceled_refund_before_2024_10_28_is_known_from_the_charges_own_event() {
    // The sum on the charge is not corrected.
    let whole = paid()
        .then("charge.refunded", 200, sum(1900))
        .was(json!({ "amount_refunded": 0 }))
        .then("charge.refund.updated", 300, of("re_1", 1900, 200, "canceled"))
        .was(json!({ "status": "pending" }));
    ends(
        &whole,
        "order o1 is paid: 5000 usd paid, 0 refunded, 0 disputed",
        "payment pi_1 for o1 is paid: 5000 captured, 0 refunded, 0 lost, ledger 5000",
        &["sent refund.canceled/re_1", "sent refund.created/re_1"],
    );
}

#[test]
fn a_failed_refund_of_which_only_the_failure_is_received() {
    let whole = paid().then("refund.failed", 300, of("re_1", 5000, 200, "failed"));
    ends(
        &whole,
        "order o1 is paid: 5000 usd paid, 0 refunded, 0 disputed",
        "payment pi_1 for o1 is paid: 5000 captured, 0 refunded, 0 lost, ledger 5000",
        &["sent refund.created/re_1", "sent refund.failed/re_1"],
    );
}

#[test]
fn two_equal_refunds_of_one_second_of_which_one_fails() {
    let whole = paid()
        .then("refund.created", 200, of("re_1", 1000, 200, "succeeded"))
        .then("refund.created", 200, of("re_2", 1000, 200, "succeeded"))
        .then("charge.refunded", 200, sum(1000))
        .was(json!({ "amount_refunded": 0 }))
        .then("charge.refunded", 200, sum(2000))
        .was(json!({ "amount_refunded": 1000 }))
        .then("refund.failed", 900, of("re_1", 1000, 200, "failed"));
    ends(
        &whole,
        "order o1 is partially_refunded: 5000 usd paid, 1000 refunded, 0 disputed",
        "payment pi_1 for o1 is paid: 5000 captured, 1000 refunded, 0 lost, ledger 4000",
        &["sent refund.created/re_1", "sent refund.created/re_2", "sent refund.failed/re_1"],
    );
}

#[test]
fn a_payment_in_the_wrong_currency_is_held_refunded_in_part_and_disputed() {
    let euro = |object: Value| with(object, json!({ "currency": "eur", "latest_charge": "ch_1" }));
    let rest = |status: &str| {
        let mut body = dispute("dp_1", "ch_1", 4000, status, &[("txn_1", -4000)]);
        body["balance_transactions"][0]["currency"] = json!("eur");
        with(body, json!({ "currency": "eur" }))
    };
    Sequence::new()
        .register("o1", None, 5000, "usd")
        .then("payment_intent.succeeded", 100, euro(intent("pi_1", "succeeded", 5000, Some("o1"))))
        .then("charge.refunded", 200, euro(sum(1000)))
        .was(json!({ "amount_refunded": 0 }))
        .then("charge.dispute.created", 300, rest("needs_response"))
        .then("charge.dispute.closed", 400, rest("lost"))
        .ends_in_with_any_notices(&[
            "order o1 is pending: 0 usd paid, 0 refunded, 0 disputed",
            "payment pi_1 for o1 is paid: 5000 captured, 1000 refunded, 4000 lost, ledger 0, held: currency_mismatch",
            "sent dispute.closed/dp_1",
            "sent dispute.funds_withdrawn/dp_1",
            "sent dispute.opened/dp_1",
            "sent order.payment_received/o1/pi_1",
        ]);
}

#[test]
fn a_payment_of_another_customer_is_held_and_its_refund_is_in_the_ledger_alone() {
    let named = json!({ "metadata": { "orderId": "o1", "customerId": "somebody" } });
    Sequence::new()
        .register("o1", Some("ida"), 5000, "usd")
        .then("payment_intent.succeeded", 100, with(intent("pi_1", "succeeded", 5000, None), named))
        .then("refund.created", 200, of("re_1", 5000, 200, "succeeded"))
        .ends_in_with_any_notices(&[
            "order o1 is pending: 0 usd paid, 0 refunded, 0 disputed",
            "payment pi_1 for o1 is paid: 5000 captured, 5000 refunded, 0 lost, ledger 0, held: customer_mismatch",
            "sent order.payment_received/o1/pi_1",
            "sent refund.created/re_1",
        ]);
}

#[test]
fn a_direct_charge_for_an_unregistered_order_of_a_connected_account_is_held_with_its_refund() {
    let refunded = json!({ "amount_refunded": 400 });
    Sequence::new()
        .under(Rules { orders: OrdersPolicy::Require, ..Rules::default() })
        .then("charge.succeeded", 100, charge("ch_1", None, 1000, Some("o1")))
        .of_account("acct_1")
        .then("charge.refunded", 200, with(charge("ch_1", None, 1000, Some("o1")), refunded))
        .was(json!({ "amount_refunded": 0 }))
        .of_account("acct_1")
        .ends_in_with_any_notices(&[
            "order o1 of acct_1 is pending: 0  paid, 0 refunded, 0 disputed",
            "payment ch_1 for o1 is paid: 1000 captured, 400 refunded, 0 lost, ledger 600, held: order_not_found",
            "sent acct_1 order.payment_received/o1/ch_1",
        ]);
}

#[test]
fn a_refund_in_dinars_that_is_pending_and_then_fails_is_made_again_in_two_parts() {
    let dinars = |object: Value| with(object, json!({ "currency": "kwd" }));
    let part = |id: &str, amount: i64, at: i64| dinars(refund(id, "ch_1", Some("pi_1"), amount, at));
    let mut whole = Sequence::new().then(
        "payment_intent.succeeded",
        100,
        dinars(intent("pi_1", "succeeded", 12_345, Some("o1"))),
    );
    for (kind, at, object) in [
        ("refund.created", 200, with(part("re_1", 12_345, 200), json!({ "status": "pending" }))),
        ("refund.failed", 300, with(part("re_1", 12_345, 200), json!({ "status": "failed" }))),
        ("refund.created", 400, part("re_2", 12_000, 400)),
        ("refund.created", 500, part("re_3", 345, 500)),
    ] {
        whole = whole.then(kind, at, object);
    }
    whole.ends_in(&[
        "order o1 is refunded: 12345 kwd paid, 12345 refunded, 0 disputed",
        "payment pi_1 for o1 is paid: 12345 captured, 12345 refunded, 0 lost, ledger 0",
        "sent order.paid/o1",
        "sent order.payment_received/o1/pi_1",
        "sent refund.created/re_1",
        "sent refund.created/re_2",
        "sent refund.created/re_3",
        "sent refund.failed/re_1",
    ]);
}
