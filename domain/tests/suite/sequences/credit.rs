//! One-off invoices that the customer's credit balance, a discount or a credit note changes or covers.
//! <https://docs.stripe.com/billing/customer/balance>, <https://docs.stripe.com/invoicing/integration/programmatic-credit-notes>

use serde_json::{Value, json};

use super::Sequence;
use super::bodies::{intent, invoice, invoice_payment, with};

/// An invoice of 5000 and 355 tax, of which so much is due.
fn of(status: &str, due: i64, changes: Value) -> Value {
    let figures = json!({
        "status": status, "amount_due": due, "amount_remaining": due, "subtotal": 5000, "total": 5355,
        "starting_balance": 0, "pre_payment_credit_notes_amount": 0,
    });
    with(with(invoice("in_1", due, Some("o1")), figures), changes)
}

fn paid_by(due: i64, changes: &Value) -> Sequence {
    let payment = json!({ "type": "payment_intent", "payment_intent": "pi_1" });
    let paid = with(of("paid", due, changes.clone()), json!({ "amount_paid": due, "attempt_count": 1 }));
    Sequence::new()
        .then("invoice.finalized", 90, of("open", due, changes.clone()))
        .then("payment_intent.succeeded", 100, intent("pi_1", "succeeded", due, None))
        .then("invoice_payment.paid", 100, invoice_payment("inpay_1", "in_1", due, payment))
        .then("invoice.paid", 101, paid.clone())
        .then("invoice.payment_succeeded", 101, paid)
}

/// Finalizing an invoice of which nothing is due pays it, without a payment.
fn free(changes: &Value) -> Sequence {
    let paid = of("paid", 0, changes.clone());
    Sequence::new()
        .then("invoice.created", 90, of("draft", 5355, changes.clone()))
        .then("invoice.finalized", 100, of("open", 0, changes.clone()))
        .then("invoice.paid", 100, paid.clone())
        .then("invoice.payment_succeeded", 101, paid)
}

#[test]
fn the_customers_credit_explains_what_is_due_of_an_invoice() {
    for price in [5000, 5355] {
        let whole = paid_by(3355, &json!({ "starting_balance": -2000 }));
        whole.register("o1", None, price, "usd").ends_in_with_any_notices(&[
            "order o1 is paid: 3355 usd paid, 0 refunded, 0 disputed",
            "payment pi_1 for o1 is paid: 3355 captured, 0 refunded, 0 lost, ledger 3355",
            "invoice in_1 is paid",
            "sent order.paid/o1",
            "sent order.payment_received/o1/pi_1",
        ]);
    }
}

#[test]
fn a_credit_note_before_the_payment_explains_what_is_left_due() {
    let whole = paid_by(4355, &json!({ "pre_payment_credit_notes_amount": 1000 }));
    whole.register("o1", None, 5355, "usd").ends_in_with_any_notices(&[
        "order o1 is paid: 4355 usd paid, 0 refunded, 0 disputed",
        "payment pi_1 for o1 is paid: 4355 captured, 0 refunded, 0 lost, ledger 4355",
        "invoice in_1 is paid",
        "sent order.paid/o1",
        "sent order.payment_received/o1/pi_1",
    ]);
}

#[test]
fn an_invoice_that_credit_or_a_discount_covers_pays_its_order_without_money() {
    let end = [
        "order o1 is paid: 0 usd paid, 0 refunded, 0 disputed",
        "payment in_1 for o1 is paid: 0 captured, 0 refunded, 0 lost, ledger 0",
        "invoice in_1 is paid",
        "sent order.paid/o1",
    ];
    let by_credit = json!({ "starting_balance": -9000, "ending_balance": -3645 });
    free(&by_credit).register("o1", None, 5000, "usd").ends_in(&end);
    free(&by_credit).register("o1", None, 5355, "usd").ends_in(&end);
    free(&by_credit).ends_in(&end);
    free(&by_credit).without_first(3).ends_in(&end);
    free(&json!({ "total": 0 })).register("o1", None, 5000, "usd").ends_in(&end);
}

#[test]
fn an_invoice_of_another_amount_that_credit_covers_is_held() {
    free(&json!({ "starting_balance": -9000 })).register("o1", None, 7000, "usd").ends_in_with_any_notices(
        &[
            "order o1 is pending: 0 usd paid, 0 refunded, 0 disputed",
            "payment in_1 for o1 is paid: 0 captured, 0 refunded, 0 lost, ledger 0, held: amount_mismatch",
            "invoice in_1 is paid",
        ],
    );
}

#[test]
fn an_invoice_that_credit_notes_bring_to_nothing_pays_no_order() {
    free(&json!({ "pre_payment_credit_notes_amount": 5355 })).ends_in(&["invoice in_1 is paid"]);
    free(&json!({ "subtotal": -5000, "total": -5000 })).ends_in(&["invoice in_1 is paid"]);
}
