//! Which order a payment belongs to.

use domain::rules::{ClientReferenceId, Rules};
use serde_json::{Value, json};

use super::Sequence;
use super::bodies::{charge, intent, refund, session, with};

/// A payment of an order, made at a time.
fn made(id: &str, status: &str, amount: i64, order: &str, at: i64) -> Value {
    with(intent(id, status, amount, Some(order)), json!({ "created": at }))
}

const SUCCEEDED: &str = "payment_intent.succeeded";

#[test]
fn an_order_that_is_paid_is_announced_whatever_an_edited_charge_of_another_payment_says() {
    // Staff wrote o1 on the charge of another payment, whose own events the endpoint never had.
    let stray = with(charge("ch_2", Some("pi_2"), 700, Some("o1")), json!({ "amount_refunded": 0 }));
    Sequence::new()
        .register("o1", None, 1999, "usd")
        .then("charge.updated", 90, stray)
        .was(json!({ "metadata": { "orderId": "other" } }))
        .then(SUCCEEDED, 100, made("pi_1", "succeeded", 1999, "o1", 100))
        .ends_in(&[
            "order o1 is paid: 1999 usd paid, 0 refunded, 0 disputed",
            "payment pi_1 for o1 is paid: 1999 captured, 0 refunded, 0 lost, ledger 1999",
            "payment pi_2 for o1 is paid: 700 captured, 0 refunded, 0 lost, ledger 700, held: amount_mismatch",
            "sent order.paid/o1",
            "sent order.payment_received/o1/pi_1",
        ]);
    let stray = charge("ch_2", Some("pi_2"), 700, Some("o1"));
    Sequence::new()
        .then(SUCCEEDED, 100, made("pi_1", "succeeded", 1999, "o1", 100))
        .then("charge.updated", 190, with(stray, json!({ "created": 180 })))
        .was(json!({ "metadata": { "orderId": "other" } }))
        .ends_in(&[
            "order o1 is overpaid: 2699 usd paid, 0 refunded, 0 disputed",
            "payment pi_1 for o1 is paid: 1999 captured, 0 refunded, 0 lost, ledger 1999",
            "payment pi_2 for o1 is paid: 700 captured, 0 refunded, 0 lost, ledger 700",
            "sent order.paid/o1",
            "sent order.payment_received/o1/pi_1",
        ]);
}

#[test]
fn the_metadata_of_a_charge_without_a_payment_intent_is_edited_and_then_it_is_refunded() {
    let edited = |refunded: i64| {
        let changes = json!({ "amount_refunded": refunded, "refunded": refunded == 1000 });
        with(charge("ch_1", None, 1000, Some("edited")), changes)
    };
    Sequence::new()
        .then("charge.succeeded", 100, charge("ch_1", None, 1000, Some("o1")))
        .then("charge.updated", 150, edited(0))
        .was(json!({ "metadata": { "orderId": "o1" } }))
        .then("charge.refunded", 200, edited(1000))
        .was(json!({ "amount_refunded": 0, "refunded": false }))
        .ends_in(&[
            "order o1 is refunded: 1000 usd paid, 1000 refunded, 0 disputed",
            "payment ch_1 for o1 is paid: 1000 captured, 1000 refunded, 0 lost, ledger 0",
            "sent order.paid/o1",
            "sent order.payment_received/o1/ch_1",
        ]);
}

#[test]
fn the_payment_intent_names_the_order_and_the_session_the_user() {
    let of_user = |id: &str, intent: &str, amount: i64| {
        with(session(id, Some(intent), amount, None), json!({ "client_reference_id": "user_7" }))
    };
    Sequence::new()
        .then("checkout.session.completed", 100, of_user("cs_1", "pi_1", 1000))
        .then(SUCCEEDED, 100, made("pi_1", "succeeded", 1000, "o1", 100))
        .then("checkout.session.completed", 200, of_user("cs_2", "pi_2", 7000))
        .then(SUCCEEDED, 200, made("pi_2", "succeeded", 7000, "o2", 200))
        .rows_end_in(&[
            "order o1 is paid: 1000 usd paid, 0 refunded, 0 disputed",
            "order o2 is paid: 7000 usd paid, 0 refunded, 0 disputed",
            "payment pi_1 for o1 is paid: 1000 captured, 0 refunded, 0 lost, ledger 1000",
            "payment pi_2 for o2 is paid: 7000 captured, 0 refunded, 0 lost, ledger 7000",
        ]);
}

#[test]
fn a_client_reference_id_that_is_ignored_makes_no_order() {
    let rules = Rules { client_reference_id: ClientReferenceId::Ignore, ..Rules::default() };
    let of_user = with(session("cs_1", Some("pi_1"), 1000, None), json!({ "client_reference_id": "user_7" }));
    Sequence::new()
        .under(rules)
        .then("checkout.session.completed", 100, of_user)
        .then(SUCCEEDED, 100, intent("pi_1", "succeeded", 1000, None))
        .ends_in(&["payment pi_1 is paid: 1000 captured, 0 refunded, 0 lost, ledger 1000"]);
}

#[test]
fn a_payment_link_with_fixed_metadata_is_paid_twice() {
    let session = |id: &str, intent: &str| session(id, Some(intent), 3000, Some("link"));
    Sequence::new()
        .then("checkout.session.completed", 100, session("cs_1", "pi_1"))
        .then(SUCCEEDED, 100, with(intent("pi_1", "succeeded", 3000, None), json!({ "created": 100 })))
        .then("checkout.session.completed", 200, session("cs_2", "pi_2"))
        .then(SUCCEEDED, 200, with(intent("pi_2", "succeeded", 3000, None), json!({ "created": 200 })))
        .ends_with(
            &[
                "order link is overpaid: 6000 usd paid, 0 refunded, 0 disputed",
                "payment pi_1 for link is paid: 3000 captured, 0 refunded, 0 lost, ledger 3000",
                "payment pi_2 for link is paid: 3000 captured, 0 refunded, 0 lost, ledger 3000",
                "sent order.paid/link",
                "sent order.payment_received/link/pi_1",
                "sent order.payment_received/link/pi_2",
            ],
            &["order.overpaid/link"],
        );
}

#[test]
fn a_cart_changes_twice_between_declined_cards() {
    let declined = |at: i64, order: &str| {
        with(
            intent("pi_1", "requires_payment_method", 1500, Some(order)),
            json!({ "latest_charge": format!("ch_{at}") }),
        )
    };
    let failed = |at: i64, order: &str| {
        let changes = json!({ "status": "failed", "paid": false, "captured": false, "amount_captured": 0, "created": at });
        with(charge(&format!("ch_{at}"), Some("pi_1"), 1500, Some(order)), changes)
    };
    Sequence::new()
        .then("payment_intent.created", 100, intent("pi_1", "requires_payment_method", 1500, Some("cart_1")))
        .then("charge.failed", 110, failed(110, "cart_1"))
        .then("payment_intent.payment_failed", 110, declined(110, "cart_1"))
        .then("charge.failed", 120, failed(120, "cart_2"))
        .then("payment_intent.payment_failed", 120, declined(120, "cart_2"))
        .then(
            "charge.succeeded",
            130,
            with(charge("ch_130", Some("pi_1"), 1500, Some("cart_3")), json!({ "created": 130 })),
        )
        .then(SUCCEEDED, 130, intent("pi_1", "succeeded", 1500, Some("cart_3")))
        .ends_in(&[
            "order cart_3 is paid: 1500 usd paid, 0 refunded, 0 disputed",
            "payment pi_1 for cart_3 is paid: 1500 captured, 0 refunded, 0 lost, ledger 1500",
            "sent order.paid/cart_3",
            "sent order.payment_received/cart_3/pi_1",
        ]);
}

#[test]
fn one_order_id_of_two_accounts_and_two_modes_is_four_orders() {
    let of = |id: &str, amount: i64| intent(id, "succeeded", amount, Some("o1"));
    Sequence::new()
        .then(SUCCEEDED, 100, of("pi_1", 1000))
        .then(SUCCEEDED, 101, of("pi_2", 2000))
        .in_test_mode()
        .then(SUCCEEDED, 102, of("pi_3", 3000))
        .of_account("acct_1")
        .then(SUCCEEDED, 103, of("pi_4", 4000))
        .of_account("acct_1")
        .in_test_mode()
        .then("refund.created", 200, refund("re_1", "ch_4", Some("pi_4"), 4000, 200))
        .of_account("acct_1")
        .in_test_mode()
        .ends_in(&[
            "order o1 in test mode is paid: 2000 usd paid, 0 refunded, 0 disputed",
            "order o1 is paid: 1000 usd paid, 0 refunded, 0 disputed",
            "order o1 of acct_1 in test mode is refunded: 4000 usd paid, 4000 refunded, 0 disputed",
            "order o1 of acct_1 is paid: 3000 usd paid, 0 refunded, 0 disputed",
            "payment pi_1 for o1 is paid: 1000 captured, 0 refunded, 0 lost, ledger 1000",
            "payment pi_2 for o1 is paid: 2000 captured, 0 refunded, 0 lost, ledger 2000",
            "payment pi_3 for o1 is paid: 3000 captured, 0 refunded, 0 lost, ledger 3000",
            "payment pi_4 for o1 is paid: 4000 captured, 4000 refunded, 0 lost, ledger 0",
            "sent acct_1 order.paid/o1",
            "sent acct_1 order.payment_received/o1/pi_3",
            "sent acct_1 order.payment_received/o1/pi_4",
            "sent acct_1 refund.created/re_1",
            "sent order.paid/o1",
            "sent order.payment_received/o1/pi_1",
            "sent order.payment_received/o1/pi_2",
        ]);
}

#[test]
fn a_voucher_expires_and_another_session_is_paid() {
    let unpaid = json!({ "payment_status": "unpaid" });
    let unpaid = |object: Value| with(object, unpaid.clone());
    let second = with(session("cs_2", Some("pi_2"), 2000, Some("o1")), json!({ "created": 300 }));
    Sequence::new()
        .then("payment_intent.requires_action", 100, intent("pi_1", "requires_action", 2000, None))
        .then("checkout.session.completed", 101, unpaid(session("cs_1", Some("pi_1"), 2000, Some("o1"))))
        .then("payment_intent.payment_failed", 200, intent("pi_1", "requires_payment_method", 2000, None))
        .then(
            "checkout.session.async_payment_failed",
            200,
            unpaid(session("cs_1", Some("pi_1"), 2000, Some("o1"))),
        )
        .then(SUCCEEDED, 300, with(intent("pi_2", "succeeded", 2000, None), json!({ "created": 300 })))
        .then("checkout.session.completed", 301, second)
        .ends_with(
            &[
                "order o1 is paid: 2000 usd paid, 0 refunded, 0 disputed",
                "payment pi_1 for o1 is failed: 0 captured, 0 refunded, 0 lost, ledger 0",
                "payment pi_2 for o1 is paid: 2000 captured, 0 refunded, 0 lost, ledger 2000",
                "sent order.paid/o1",
                "sent order.payment_received/o1/pi_2",
            ],
            &["order.payment_failed/o1/pi_1", "order.processing/o1/pi_1"],
        );
}
