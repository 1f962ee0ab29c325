//! Orders that are paid by one-off invoices: <https://docs.stripe.com/api/invoices/object>,
//! <https://docs.stripe.com/api/invoice-payment/object>.

use serde_json::{Value, json};

use super::Sequence;
use super::bodies::{charge, intent, invoice, invoice_payment, refund, with};

const SUCCEEDED: &str = "payment_intent.succeeded";

fn paid(object: Value) -> Value {
    let amount = object["amount_due"].clone();
    with(object, json!({ "status": "paid", "amount_paid": amount, "attempt_count": 1 }))
}

#[test]
fn an_invoice_of_before_payment_intents_is_paid_by_its_charge() {
    // 2018: the invoice names its charge, the charge its invoice, and there is no payment intent.
    let old = json!({ "charge": "ch_1", "paid": true, "closed": true, "subscription": null });
    let of_invoice = with(charge("ch_1", None, 5000, None), json!({ "invoice": "in_1" }));
    let whole = Sequence::new()
        .then(
            "invoice.created",
            90,
            with(invoice("in_1", 5000, Some("o1")), json!({ "charge": null, "paid": false })),
        )
        .then("charge.succeeded", 100, of_invoice.clone())
        .then("invoice.payment_succeeded", 100, with(paid(invoice("in_1", 5000, Some("o1"))), old));
    let end = [
        "order o1 is paid: 5000 usd paid, 0 refunded, 0 disputed",
        "payment ch_1 for o1 is paid: 5000 captured, 0 refunded, 0 lost, ledger 5000",
        "invoice in_1 is paid",
        "sent order.paid/o1",
        "sent order.payment_received/o1/ch_1",
    ];
    whole.ends_in(&end);
    whole.without_first(1).ends_in(&end);
    let refunded = with(of_invoice, json!({ "amount_refunded": 2000 }));
    whole.then("charge.refunded", 200, refunded).was(json!({ "amount_refunded": 0 })).ends_in(&[
        "order o1 is partially_refunded: 5000 usd paid, 2000 refunded, 0 disputed",
        "payment ch_1 for o1 is paid: 5000 captured, 2000 refunded, 0 lost, ledger 3000",
        "invoice in_1 is paid",
        "sent order.paid/o1",
        "sent order.payment_received/o1/ch_1",
    ]);
}

#[test]
fn an_invoice_payment_may_name_a_charge() {
    // `payment.type` is `charge` where the charge has no payment intent.
    let by_charge = json!({ "type": "charge", "charge": "ch_1" });
    Sequence::new()
        .then("invoice.finalized", 90, invoice("in_1", 5000, Some("o1")))
        .then("charge.succeeded", 100, charge("ch_1", None, 5000, None))
        .then("invoice_payment.paid", 100, invoice_payment("inpay_1", "in_1", 5000, by_charge))
        .then("invoice.paid", 100, paid(invoice("in_1", 5000, Some("o1"))))
        .ends_in(&[
            "order o1 is paid: 5000 usd paid, 0 refunded, 0 disputed",
            "payment ch_1 for o1 is paid: 5000 captured, 0 refunded, 0 lost, ledger 5000",
            "invoice in_1 is paid",
            "sent order.paid/o1",
            "sent order.payment_received/o1/ch_1",
        ]);
}

/// Since basil an invoice may be paid by several payments.
fn by_halves() -> Sequence {
    let half = |id: &str, at: i64| with(intent(id, "succeeded", 2500, None), json!({ "created": at }));
    let joined = |id: &str, intent: &str| {
        invoice_payment(id, "in_1", 2500, json!({ "type": "payment_intent", "payment_intent": intent }))
    };
    Sequence::new()
        .then("invoice.finalized", 90, invoice("in_1", 5000, Some("o1")))
        .then(SUCCEEDED, 100, half("pi_1", 100))
        .then("invoice_payment.paid", 100, joined("inpay_1", "pi_1"))
        .then(SUCCEEDED, 200, half("pi_2", 200))
        .then("invoice_payment.paid", 200, joined("inpay_2", "pi_2"))
        .then("invoice.paid", 200, paid(invoice("in_1", 5000, Some("o1"))))
}

#[test]
fn an_invoice_that_is_paid_by_halves_is_paid_and_not_overpaid() {
    let end = [
        "order o1 is paid: 5000 usd paid, 0 refunded, 0 disputed",
        "payment pi_1 for o1 is paid: 2500 captured, 0 refunded, 0 lost, ledger 2500",
        "payment pi_2 for o1 is paid: 2500 captured, 0 refunded, 0 lost, ledger 2500",
        "invoice in_1 is paid",
        "sent order.paid/o1",
        "sent order.payment_received/o1/pi_1",
        "sent order.payment_received/o1/pi_2",
    ];
    by_halves().ends_with(&end, &[]);
    by_halves().register("o1", None, 5000, "usd").ends_in(&end);
}

#[test]
fn half_of_an_invoice_does_not_pay_its_order() {
    let half = intent("pi_1", "succeeded", 2500, None);
    let joined = json!({ "type": "payment_intent", "payment_intent": "pi_1" });
    Sequence::new()
        .then("invoice.finalized", 90, invoice("in_1", 5000, Some("o1")))
        .then(SUCCEEDED, 100, half)
        .then("invoice_payment.paid", 100, invoice_payment("inpay_1", "in_1", 2500, joined))
        .then("invoice.updated", 100, with(invoice("in_1", 5000, Some("o1")), json!({ "amount_paid": 2500 })))
        .was(json!({ "amount_paid": 0 }))
        .ends_in(&[
            "order o1 is processing: 2500 usd paid, 0 refunded, 0 disputed",
            "payment pi_1 for o1 is paid: 2500 captured, 0 refunded, 0 lost, ledger 2500",
            "invoice in_1 is open",
            "sent order.payment_received/o1/pi_1",
        ]);
}

#[test]
fn an_uncollectible_invoice_that_is_paid_after_all_pays_its_order() {
    let uncollectible = with(invoice("in_1", 5000, Some("o1")), json!({ "status": "uncollectible" }));
    let named = json!({ "payment_intent": "pi_1", "paid": true });
    Sequence::new()
        .then(
            "invoice.finalized",
            90,
            with(invoice("in_1", 5000, Some("o1")), json!({ "payment_intent": "pi_1" })),
        )
        .then("invoice.marked_uncollectible", 100, with(uncollectible, json!({ "payment_intent": "pi_1" })))
        .then(SUCCEEDED, 200, with(intent("pi_1", "succeeded", 5000, None), json!({ "invoice": "in_1" })))
        .then("invoice.paid", 200, with(paid(invoice("in_1", 5000, Some("o1"))), named.clone()))
        .then("invoice.payment_succeeded", 200, with(paid(invoice("in_1", 5000, Some("o1"))), named))
        .ends_in(&[
            "order o1 is paid: 5000 usd paid, 0 refunded, 0 disputed",
            "payment pi_1 for o1 is paid: 5000 captured, 0 refunded, 0 lost, ledger 5000",
            "invoice in_1 is paid",
            "sent order.paid/o1",
            "sent order.payment_received/o1/pi_1",
        ]);
}

#[test]
fn an_invoice_that_is_voided_after_its_payment_intent_was_canceled_pays_nothing() {
    Sequence::new()
        .then(
            "invoice.finalized",
            90,
            with(invoice("in_1", 5000, Some("o1")), json!({ "payment_intent": "pi_1" })),
        )
        .then("payment_intent.created", 90, intent("pi_1", "requires_payment_method", 5000, None))
        .then("payment_intent.canceled", 100, intent("pi_1", "canceled", 5000, None))
        .then(
            "invoice.voided",
            100,
            with(invoice("in_1", 5000, Some("o1")), json!({ "status": "void", "payment_intent": "pi_1" })),
        )
        .ends_in(&[
            "order o1 is canceled: 0 usd paid, 0 refunded, 0 disputed",
            "payment pi_1 for o1 is canceled: 0 captured, 0 refunded, 0 lost, ledger 0",
            "invoice in_1 is void",
        ]);
}

#[test]
fn an_invoice_settled_out_of_band_brings_no_money() {
    let settled = with(paid(invoice("in_1", 5000, Some("o1"))), json!({ "paid_out_of_band": true }));
    Sequence::new()
        .register("o1", None, 5000, "usd")
        .then("invoice.finalized", 90, invoice("in_1", 5000, Some("o1")))
        .then("invoice.paid", 200, settled)
        .ends_in(&["order o1 is pending: 0 usd paid, 0 refunded, 0 disputed", "invoice in_1 is paid"]);
}

#[test]
fn the_metadata_of_an_invoice_is_edited_before_it_is_paid() {
    let joined = json!({ "type": "payment_intent", "payment_intent": "pi_1" });
    let whole = Sequence::new()
        .then("invoice.finalized", 90, invoice("in_1", 5000, Some("older")))
        .then("invoice.updated", 95, invoice("in_1", 5000, Some("o1")))
        .was(json!({ "metadata": { "orderId": "older" } }))
        .then(SUCCEEDED, 100, intent("pi_1", "succeeded", 5000, None))
        .then("invoice_payment.paid", 100, invoice_payment("inpay_1", "in_1", 5000, joined))
        .then("invoice.paid", 100, paid(invoice("in_1", 5000, Some("o1"))))
        .then("refund.created", 200, refund("re_1", "ch_1", Some("pi_1"), 5000, 200));
    whole.ends_in(&[
        "order o1 is refunded: 5000 usd paid, 5000 refunded, 0 disputed",
        "payment pi_1 for o1 is paid: 5000 captured, 5000 refunded, 0 lost, ledger 0",
        "invoice in_1 is paid",
        "sent order.paid/o1",
        "sent order.payment_received/o1/pi_1",
        "sent refund.created/re_1",
    ]);
}

#[test]
fn the_metadata_of_an_invoice_is_edited_after_it_was_paid() {
    let joined = json!({ "type": "payment_intent", "payment_intent": "pi_1" });
    let edited = paid(invoice("in_1", 5000, Some("later")));
    let whole = Sequence::new()
        .then(SUCCEEDED, 100, intent("pi_1", "succeeded", 5000, None))
        .then("invoice_payment.paid", 100, invoice_payment("inpay_1", "in_1", 5000, joined))
        .then("invoice.paid", 100, paid(invoice("in_1", 5000, Some("o1"))))
        .then("invoice.payment_succeeded", 100, paid(invoice("in_1", 5000, Some("o1"))))
        .then("invoice.updated", 300, edited)
        .was(json!({ "metadata": { "orderId": "o1" } }));
    whole.ends_in(&[
        "order o1 is paid: 5000 usd paid, 0 refunded, 0 disputed",
        "payment pi_1 for o1 is paid: 5000 captured, 0 refunded, 0 lost, ledger 5000",
        "invoice in_1 is paid",
        "sent order.paid/o1",
        "sent order.payment_received/o1/pi_1",
    ]);
}

#[test]
fn the_rest_of_an_invoice_is_settled_out_of_band() {
    let joined = json!({ "type": "payment_intent", "payment_intent": "pi_1" });
    let record = json!({ "type": "payment_record", "payment_record": "pr_1" });
    Sequence::new()
        .then("invoice.finalized", 90, invoice("in_1", 5000, Some("o1")))
        .then(SUCCEEDED, 100, intent("pi_1", "succeeded", 3000, None))
        .then("invoice_payment.paid", 100, invoice_payment("inpay_1", "in_1", 3000, joined))
        .then("invoice_payment.paid", 200, invoice_payment("inpay_2", "in_1", 2000, record))
        .then("invoice.paid", 200, paid(invoice("in_1", 5000, Some("o1"))))
        .ends_in(&[
            "order o1 is paid: 3000 usd paid, 0 refunded, 0 disputed",
            "payment pi_1 for o1 is paid: 3000 captured, 0 refunded, 0 lost, ledger 3000",
            "invoice in_1 is paid",
            "sent order.paid/o1",
            "sent order.payment_received/o1/pi_1",
        ]);
}
