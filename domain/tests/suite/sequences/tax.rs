//! Tax and shipping that Stripe adds to a price from which the company has already taken its discount.
//! <https://docs.stripe.com/tax/checkout>, <https://docs.stripe.com/api/checkout/sessions/object#checkout_session_object-total_details>

use serde_json::json;

use super::Sequence;
use super::bodies::{intent, invoice, invoice_payment, session, with};

const SUCCEEDED: &str = "payment_intent.succeeded";

/// 1000 less 200, and 500 for shipping and 80 tax.
fn bought() -> Sequence {
    let details = json!({
        "amount_subtotal": 1000,
        "total_details": { "amount_discount": 200, "amount_shipping": 500, "amount_tax": 80 },
    });
    Sequence::new().then(SUCCEEDED, 100, intent("pi_1", "succeeded", 1380, None)).then(
        "checkout.session.completed",
        101,
        with(session("cs_1", Some("pi_1"), 1380, Some("o1")), details),
    )
}

#[test]
fn tax_and_shipping_of_a_session_explain_a_price_before_or_after_its_discount() {
    for price in [800, 880, 1000, 1300, 1380] {
        bought().register("o1", None, price, "usd").ends_in_with_any_notices(&[
            "order o1 is paid: 1380 usd paid, 0 refunded, 0 disputed",
            "payment pi_1 for o1 is paid: 1380 captured, 0 refunded, 0 lost, ledger 1380",
            "sent order.paid/o1",
            "sent order.payment_received/o1/pi_1",
        ]);
    }
    for price in [200, 900, 1400] {
        bought().register("o1", None, price, "usd").ends_in_with_any_notices(&[
            "order o1 is pending: 0 usd paid, 0 refunded, 0 disputed",
            "payment pi_1 for o1 is paid: 1380 captured, 0 refunded, 0 lost, ledger 1380, held: amount_mismatch",
            "sent order.payment_received/o1/pi_1",
        ]);
    }
}

#[test]
fn the_tax_of_an_invoice_explains_a_price_after_its_discount() {
    // 5000 less 500, and 855 tax.
    let figures = json!({ "subtotal": 5000, "total": 5355, "total_excluding_tax": 4500 });
    let open = with(invoice("in_1", 5355, Some("o1")), figures);
    let paid = with(open.clone(), json!({ "status": "paid", "amount_paid": 5355, "attempt_count": 1 }));
    let payment = json!({ "type": "payment_intent", "payment_intent": "pi_1" });
    Sequence::new()
        .register("o1", None, 4500, "usd")
        .then("invoice.finalized", 90, open)
        .then(SUCCEEDED, 100, intent("pi_1", "succeeded", 5355, None))
        .then("invoice_payment.paid", 100, invoice_payment("inpay_1", "in_1", 5355, payment))
        .then("invoice.paid", 101, paid)
        .ends_in_with_any_notices(&[
            "order o1 is paid: 5355 usd paid, 0 refunded, 0 disputed",
            "payment pi_1 for o1 is paid: 5355 captured, 0 refunded, 0 lost, ledger 5355",
            "invoice in_1 is paid",
            "sent order.paid/o1",
            "sent order.payment_received/o1/pi_1",
        ]);
}
