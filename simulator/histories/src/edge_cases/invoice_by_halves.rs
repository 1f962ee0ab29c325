//! A one-off invoice that two payments pay, since 2025-03-31 (<https://docs.stripe.com/invoicing/partial-payments>).

use serde_json::Value;

use crate::company::Company;
use crate::objects;
use crate::purchase::{Cart, End, attempt};
use crate::version::Version;

pub(super) fn live(company: &mut Company) {
    company.version = *company.rng.pick(&[Version("2025-03-31.basil"), Version("2026-07-29.dahlia")]);
    let mut first = Cart::new(company);
    let customer = company.ids.next("cus_");
    first.bill_to(&customer);
    let mut second = first.again();
    let whole = first.amount;
    first.amount = whole / 2;
    second.amount = whole - first.amount;
    let mut invoice = super::order_invoice::draft(company, &customer, whole);
    invoice.set("metadata", first.metadata()).set("status", "open");
    company.emit("invoice.finalized", &invoice);
    let mut paid = 0;
    for half in [&mut first, &mut second] {
        company.wait(3_600);
        let mut intent = objects::intent(company, half.amount);
        intent.set("customer", customer.as_str());
        let id = intent.id().to_owned();
        half.intent = Some(intent);
        attempt::succeed(company, half);
        paid += half.amount;
        let mut payment = objects::invoice_payment(company, &invoice, &id);
        payment.set("amount_paid", half.amount).set("amount_requested", half.amount);
        company.emit("invoice_payment.paid", &payment);
        if paid < whole {
            let changes = vec![("amount_paid", paid.into()), ("amount_remaining", (whole - paid).into())];
            company.update("invoice.updated", &mut invoice, changes);
        }
    }
    invoice.set("amount_paid", whole).set("amount_remaining", 0).set("attempt_count", 1);
    invoice.set("status", "paid").set("next_payment_attempt", Value::Null);
    company.emit("invoice.paid", &invoice);
    company.emit("invoice.payment_succeeded", &invoice);
    first.ends(company, End::Paid);
    drop(second.payment_ends(company, End::Paid));
    for order in &mut company.expected_state.orders {
        (order.amount, order.amount_paid) = (whole, whole);
    }
}
