//! A one-off invoice whose metadata names an order.
//!
//! Stripe does not copy an invoice's metadata to its payment intent. Before 2025-03-31 the invoice names the payment
//! intent; since then `invoice_payment.paid` alone joins the two.

use serde_json::json;

use super::register;
use crate::company::Company;
use crate::object::Object;
use crate::objects::{self, Line, Plan};
use crate::purchase::{Cart, End, attempt};

/// A draft over one item of this amount.
pub(super) fn draft(company: &mut Company, customer: &str, amount: i64) -> Object {
    let line = Line {
        plan: Plan::new(company, amount),
        item: 0,
        amount,
        quantity: 1,
        period: (company.now, company.now),
        proration: false,
        fee: false,
    };
    company.asked();
    objects::invoice(company, customer, None, &[line])
}

pub(super) fn live(company: &mut Company) {
    let cart = Cart::new(company);
    let subtotal = cart.amount;
    drop(pay(company, cart, subtotal));
}

/// The order is registered at the price before the invoice's discount and tax.
pub(super) fn live_discounted(company: &mut Company) {
    let mut cart = Cart::new(company);
    let price = cart.amount;
    let tax = if company.rng.chance(50) { price / 5 } else { 0 };
    cart.amount = price - price / 10 + tax;
    let cart = pay(company, cart, price);
    register(company, &cart, price, company.currency.code);
    for order in &mut company.expected_state.orders {
        order.amount = price;
    }
}

/// The customer's credit balance or a discount covers the invoice: Stripe pays it as it finalizes it, without a payment.
pub(super) fn live_free(company: &mut Company) {
    let mut cart = Cart::new(company);
    let customer = company.ids.next("cus_");
    cart.bill_to(&customer);
    let mut invoice = draft(company, &customer, cart.amount);
    invoice.set("metadata", cart.metadata());
    if company.rng.chance(50) {
        company.emit("invoice.created", &invoice);
    }
    company.wait(60);
    if company.rng.chance(50) {
        invoice.set("starting_balance", -2 * cart.amount).set("ending_balance", -cart.amount);
    } else {
        invoice.set("total", 0).set("total_excluding_tax", 0);
    }
    invoice.set("amount_due", 0).set("amount_remaining", 0).set("status", "open");
    invoice.set("status_transitions.finalized_at", company.now);
    company.emit("invoice.finalized", &invoice);
    company.tick();
    invoice.set("status", "paid").set("attempted", true).set("status_transitions.paid_at", company.now);
    if !company.version.basil() {
        invoice.set("paid", true);
    }
    company.emit("invoice.paid", &invoice);
    company.emit("invoice.payment_succeeded", &invoice);
    cart.amount = 0;
    cart.ends(company, End::Paid);
    for payment in &mut company.expected_state.payments {
        invoice.id().clone_into(&mut payment.id);
    }
}

fn pay(company: &mut Company, mut cart: Cart, subtotal: i64) -> Cart {
    let customer = company.ids.next("cus_");
    cart.bill_to(&customer);
    let mut invoice = draft(company, &customer, cart.amount);
    invoice
        .set("metadata", cart.metadata())
        .set("subtotal", subtotal)
        .set("subtotal_excluding_tax", subtotal);
    if company.rng.chance(50) {
        company.emit("invoice.created", &invoice);
    }
    let mut intent = objects::intent(company, cart.amount);
    intent.set("customer", customer.as_str());
    if !company.version.basil() {
        intent.set("invoice", invoice.id());
        invoice.set("payment_intent", intent.id());
    }
    let payment_intent = intent.id().to_owned();
    cart.intent = Some(intent);
    company.wait(60);
    invoice.set("status", "open").set("status_transitions.finalized_at", company.now);
    company.emit("invoice.finalized", &invoice);
    company.wait(3600);
    attempt::succeed(company, &mut cart);
    invoice
        .set("status", "paid")
        .set("attempted", true)
        .set("attempt_count", 1)
        .set("amount_paid", cart.amount)
        .set("amount_remaining", 0)
        .set(
            "status_transitions",
            json!({"finalized_at": company.now, "marked_uncollectible_at": null,
            "paid_at": company.now, "voided_at": null}),
        );
    company.tick();
    if company.version.basil() {
        let payment = objects::invoice_payment(company, &invoice, &payment_intent);
        company.emit("invoice_payment.paid", &payment);
    } else {
        invoice.set("paid", true);
    }
    company.emit("invoice.paid", &invoice);
    company.emit("invoice.payment_succeeded", &invoice);
    cart.ends(company, End::Paid);
    cart
}
