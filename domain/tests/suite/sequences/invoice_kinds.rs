//! Orders that are paid by invoices of other kinds: Checkout's own, taxed and discounted ones, transfers, other currencies
//! and accounts. <https://docs.stripe.com/payments/checkout/receipts>, <https://docs.stripe.com/invoicing>

use serde_json::{Value, json};

use super::Sequence;
use super::bodies::{charge, intent, invoice, invoice_payment, session, with};

const SUCCEEDED: &str = "payment_intent.succeeded";

fn paid(object: Value) -> Value {
    let amount = object["amount_due"].clone();
    with(object, json!({ "status": "paid", "amount_paid": amount, "attempt_count": 1 }))
}

fn joined(amount: i64) -> Value {
    let payment = json!({ "type": "payment_intent", "payment_intent": "pi_1" });
    invoice_payment("inpay_1", "in_1", amount, payment)
}

const PAID_BY_5000: [&str; 5] = [
    "order o1 is paid: 5000 usd paid, 0 refunded, 0 disputed",
    "payment pi_1 for o1 is paid: 5000 captured, 0 refunded, 0 lost, ledger 5000",
    "invoice in_1 is paid",
    "sent order.paid/o1",
    "sent order.payment_received/o1/pi_1",
];

#[test]
fn the_invoice_that_checkout_makes_names_the_order_before_and_since_basil() {
    let bought = with(session("cs_1", Some("pi_1"), 5000, None), json!({ "invoice": "in_1" }));
    let old =
        with(paid(invoice("in_1", 5000, Some("o1"))), json!({ "payment_intent": "pi_1", "paid": true }));
    Sequence::new()
        .then(SUCCEEDED, 100, with(intent("pi_1", "succeeded", 5000, None), json!({ "invoice": "in_1" })))
        .then("checkout.session.completed", 101, bought.clone())
        .then("invoice.paid", 101, old.clone())
        .then("invoice.payment_succeeded", 101, old)
        .ends_in(&PAID_BY_5000);
    let new = paid(invoice("in_1", 5000, Some("o1")));
    Sequence::new()
        .then(SUCCEEDED, 100, intent("pi_1", "succeeded", 5000, None))
        .then("checkout.session.completed", 101, bought)
        .then("invoice_payment.paid", 101, joined(5000))
        .then("invoice.paid", 101, new.clone())
        .then("invoice.payment_succeeded", 101, new)
        .ends_in(&PAID_BY_5000);
}

#[test]
fn a_discount_and_a_tax_on_the_invoice_explain_what_was_paid() {
    // 5000 less 500 discount plus 855 tax.
    let explained =
        |object: Value| with(object, json!({ "subtotal": 5000, "total": 5355, "starting_balance": 0 }));
    let end = [
        "order o1 is paid: 5355 usd paid, 0 refunded, 0 disputed",
        "payment pi_1 for o1 is paid: 5355 captured, 0 refunded, 0 lost, ledger 5355",
        "invoice in_1 is paid",
        "sent order.paid/o1",
        "sent order.payment_received/o1/pi_1",
    ];
    let open = explained(invoice("in_1", 5355, Some("o1")));
    Sequence::new()
        .register("o1", None, 5000, "usd")
        .then("invoice.finalized", 90, open.clone())
        .then(SUCCEEDED, 100, intent("pi_1", "succeeded", 5355, None))
        .then("invoice_payment.paid", 100, joined(5355))
        .then("invoice.paid", 100, paid(open))
        .ends_in(&end);
    // A part of that invoice explains nothing.
    let open = explained(invoice("in_1", 5355, Some("o1")));
    Sequence::new()
        .register("o1", None, 5000, "usd")
        .then("invoice.finalized", 90, open.clone())
        .then(SUCCEEDED, 100, intent("pi_1", "succeeded", 2000, None))
        .then("invoice_payment.paid", 100, joined(2000))
        .then("invoice.updated", 100, with(open, json!({ "amount_paid": 2000 })))
        .was(json!({ "amount_paid": 0 }))
        .ends_in_with_any_notices(&[
            "order o1 is pending: 0 usd paid, 0 refunded, 0 disputed",
            "payment pi_1 for o1 is paid: 2000 captured, 0 refunded, 0 lost, ledger 2000, held: amount_mismatch",
            "invoice in_1 is open",
            "sent order.payment_received/o1/pi_1",
        ]);
}

#[test]
fn a_transfer_pays_an_invoice_of_a_connected_account_in_yen_and_is_refunded_in_part() {
    let yen = |object: Value| with(object, json!({ "currency": "jpy" }));
    let refunded = with(charge("py_1", Some("pi_1"), 5000, None), json!({ "amount_refunded": 1 }));
    let mut whole = Sequence::new();
    for (kind, at, object) in [
        ("invoice.finalized", 90, invoice("in_1", 5000, Some("o1"))),
        ("payment_intent.requires_action", 95, intent("pi_1", "requires_action", 5000, None)),
        (SUCCEEDED, 9000, intent("pi_1", "succeeded", 5000, None)),
        ("invoice_payment.paid", 9000, joined(5000)),
        ("invoice.paid", 9001, paid(invoice("in_1", 5000, Some("o1")))),
    ] {
        whole = whole.then(kind, at, yen(object)).of_account("acct_1");
    }
    whole
        .then("charge.refunded", 9900, yen(refunded))
        .was(json!({ "amount_refunded": 0 }))
        .of_account("acct_1")
        .ends_in(&[
            "order o1 of acct_1 is partially_refunded: 5000 jpy paid, 1 refunded, 0 disputed",
            "payment pi_1 for o1 is paid: 5000 captured, 1 refunded, 0 lost, ledger 4999",
            "invoice in_1 is paid",
            "sent acct_1 order.paid/o1",
            "sent acct_1 order.payment_received/o1/pi_1",
        ]);
}

#[test]
fn a_draft_that_is_deleted_leaves_no_order() {
    let draft = with(invoice("in_1", 5000, Some("o1")), json!({ "status": "draft" }));
    Sequence::new()
        .then("invoice.created", 90, draft.clone())
        .then("invoice.deleted", 100, draft)
        .ends_in(&["invoice in_1 is deleted"]);
}

#[test]
fn a_declined_card_and_then_another_pays_the_invoice() {
    let declined = json!({ "status": "failed", "paid": false, "captured": false, "amount_captured": 0 });
    let tried = with(invoice("in_1", 5000, Some("o1")), json!({ "attempt_count": 1 }));
    Sequence::new()
        .then("invoice.finalized", 90, invoice("in_1", 5000, Some("o1")))
        .then("charge.failed", 95, with(charge("ch_0", Some("pi_1"), 5000, None), declined))
        .then("payment_intent.payment_failed", 95, intent("pi_1", "requires_payment_method", 5000, None))
        .then("invoice.payment_failed", 95, tried)
        .then(SUCCEEDED, 100, intent("pi_1", "succeeded", 5000, None))
        .then("invoice_payment.paid", 100, joined(5000))
        .then(
            "invoice.paid",
            100,
            with(paid(invoice("in_1", 5000, Some("o1"))), json!({ "attempt_count": 2 })),
        )
        .ends_in_with_any_notices(&PAID_BY_5000);
}
