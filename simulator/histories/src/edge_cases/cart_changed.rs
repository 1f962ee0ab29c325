//! A cart changes between a declined card and the payment, and with it the order.
//!
//! Stripe copies a payment intent's metadata to a charge when the attempt is made and never again, and sends no event
//! when the intent's metadata changes (<https://docs.stripe.com/metadata#copying-metadata>). The declined charge names
//! the older order for ever; the payment intent says which order is paid.

use crate::company::Company;
use crate::purchase::{Cart, End, attempt};

pub(super) fn live(company: &mut Company) {
    let mut older = Cart::new(company);
    attempt::start(company, &mut older);
    attempt::decline(company, &mut older);
    company.wait(60);
    let mut newer = older.reordered(company);
    if company.rng.chance(50) {
        newer.amount += newer.amount / 10 * 5;
    }
    let metadata = newer.metadata();
    if let Some(intent) = &mut newer.intent {
        intent.set("metadata", metadata).set("amount", newer.amount);
    }
    if company.rng.chance(30) {
        attempt::decline(company, &mut newer);
        company.wait(30);
    }
    attempt::succeed(company, &mut newer);
    attempt::balance(company, &mut newer);
    company.expected_state.unpaid_orders.push(older.order);
    newer.ends(company, End::Paid);
}
