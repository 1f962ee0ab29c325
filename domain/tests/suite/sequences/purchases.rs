//! Several purchases under one reference: tabs, links, users, currencies, subscriptions beside them.

use serde_json::{Value, json};

use super::Sequence;
use super::bodies::{charge, intent, session, with};

const SUCCEEDED: &str = "payment_intent.succeeded";
const COMPLETED: &str = "checkout.session.completed";

fn made(id: &str, amount: i64, at: i64) -> Value {
    with(intent(id, "succeeded", amount, None), json!({ "created": at }))
}

fn of_user(id: &str, intent: &str, amount: i64) -> Value {
    with(session(id, Some(intent), amount, None), json!({ "client_reference_id": " user_7 " }))
}

#[test]
fn two_purchases_of_one_user_in_dinars_of_which_the_second_is_refunded() {
    let dinars = |object: Value| with(object, json!({ "currency": "kwd" }));
    let refunded = json!({ "amount_refunded": 7000, "refunded": true });
    Sequence::new()
        .then(COMPLETED, 100, dinars(of_user("cs_1", "pi_1", 1000)))
        .then(SUCCEEDED, 100, dinars(made("pi_1", 1000, 100)))
        .then(COMPLETED, 200, dinars(of_user("cs_2", "pi_2", 7000)))
        .then(SUCCEEDED, 200, dinars(made("pi_2", 7000, 200)))
        .then("charge.refunded", 300, dinars(with(charge("ch_2", Some("pi_2"), 7000, None), refunded)))
        .was(json!({ "amount_refunded": 0, "refunded": false }))
        .ends_in_with_any_notices(&[
            "order user_7 is paid: 8000 kwd paid, 7000 refunded, 0 disputed",
            "payment pi_1 for user_7 is paid: 1000 captured, 0 refunded, 0 lost, ledger 1000",
            "payment pi_2 for user_7 is paid: 7000 captured, 7000 refunded, 0 lost, ledger 0",
            "sent order.paid/user_7",
            "sent order.payment_received/user_7/pi_1",
            "sent order.payment_received/user_7/pi_2",
        ]);
}

#[test]
fn a_subscription_that_the_user_buys_beside_makes_no_order() {
    let bought = json!({
        "id": "cs_2", "object": "checkout.session", "mode": "subscription", "status": "complete",
        "payment_status": "paid", "subscription": "sub_1", "client_reference_id": "user_8", "customer": "cus_1",
        "amount_total": 900, "currency": "usd", "metadata": { "orderId": "o9" },
    });
    let card = json!({
        "id": "cs_3", "object": "checkout.session", "mode": "setup", "status": "complete",
        "payment_status": "no_payment_required", "client_reference_id": "user_8", "metadata": {},
    });
    Sequence::new()
        .then(COMPLETED, 100, of_user("cs_1", "pi_1", 1000))
        .then(COMPLETED, 110, bought)
        .then(COMPLETED, 120, card)
        .ends_in(&[
            "order user_7 is paid: 1000 usd paid, 0 refunded, 0 disputed",
            "payment pi_1 for user_7 is paid: 1000 captured, 0 refunded, 0 lost, ledger 1000",
            "subscription sub_1 is unknown: no access, paid through never",
            "sent order.paid/user_7",
            "sent order.payment_received/user_7/pi_1",
        ]);
}

#[test]
fn an_order_that_is_paid_from_two_tabs_is_overpaid_whether_or_not_it_is_registered() {
    let end = [
        "order o1 is overpaid: 6000 usd paid, 0 refunded, 0 disputed",
        "payment pi_1 for o1 is paid: 3000 captured, 0 refunded, 0 lost, ledger 3000",
        "payment pi_2 for o1 is paid: 3000 captured, 0 refunded, 0 lost, ledger 3000",
        "sent order.paid/o1",
        "sent order.payment_received/o1/pi_1",
        "sent order.payment_received/o1/pi_2",
    ];
    let tab = |n: i64| session(&format!("cs_{n}"), Some(&format!("pi_{n}")), 3000, Some("o1"));
    let twice = || {
        Sequence::new()
            .then(COMPLETED, 100, tab(1))
            .then(SUCCEEDED, 100, made("pi_1", 3000, 100))
            .then(COMPLETED, 130, tab(2))
            .then(SUCCEEDED, 130, made("pi_2", 3000, 130))
    };
    twice().ends_with(&end, &["order.overpaid/o1"]);
    twice().register("o1", None, 3000, "usd").ends_with(&end, &["order.overpaid/o1"]);
}

#[test]
fn an_order_id_that_is_used_again_in_another_currency_is_held() {
    let yen = |object: Value| with(object, json!({ "currency": "jpy" }));
    Sequence::new()
        .then(COMPLETED, 100, of_user("cs_1", "pi_1", 1000))
        .then(SUCCEEDED, 100, made("pi_1", 1000, 100))
        .then(COMPLETED, 200, yen(of_user("cs_2", "pi_2", 7000)))
        .then(SUCCEEDED, 200, yen(made("pi_2", 7000, 200)))
        .ends_in_with_any_notices(&[
            "order user_7 is paid: 1000 usd paid, 0 refunded, 0 disputed",
            "payment pi_1 for user_7 is paid: 1000 captured, 0 refunded, 0 lost, ledger 1000",
            "payment pi_2 for user_7 is paid: 7000 captured, 0 refunded, 0 lost, ledger 7000, held: currency_mismatch",
            "sent order.paid/user_7",
            "sent order.payment_received/user_7/pi_1",
            "sent order.payment_received/user_7/pi_2",
        ]);
}

#[test]
fn the_metadata_of_the_sessions_distinguishes_purchases_of_one_user() {
    let named = |id: &str, intent: &str, amount: i64, order: &str| {
        with(of_user(id, intent, amount), json!({ "metadata": { "order_id": order } }))
    };
    Sequence::new()
        .then(COMPLETED, 100, named("cs_1", "pi_1", 1000, "o1"))
        .then(COMPLETED, 200, named("cs_2", "pi_2", 7000, "o2"))
        .ends_with(
            &[
                "order o1 is paid: 1000 usd paid, 0 refunded, 0 disputed",
                "order o2 is paid: 7000 usd paid, 0 refunded, 0 disputed",
                "payment pi_1 for o1 is paid: 1000 captured, 0 refunded, 0 lost, ledger 1000",
                "payment pi_2 for o2 is paid: 7000 captured, 0 refunded, 0 lost, ledger 7000",
                "sent order.paid/o1",
                "sent order.paid/o2",
                "sent order.payment_received/o1/pi_1",
                "sent order.payment_received/o2/pi_2",
            ],
            &[],
        );
}
