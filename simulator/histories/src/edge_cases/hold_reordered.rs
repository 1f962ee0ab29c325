//! A payment that moves from one order to another: its metadata changes between the authorization and the capture.
//!
//! Stripe sends no event for that, and the charge keeps the copy of the authorization; the payment intent says which
//! order was paid.

use crate::company::Company;
use crate::purchase::{Cart, End, attempt};

pub(super) fn live(company: &mut Company) {
    let mut older = Cart::new(company);
    attempt::start(company, &mut older);
    attempt::authorize(company, &mut older);
    company.wait(3_600);
    let mut newer = older.reordered(company);
    let metadata = newer.metadata();
    if let Some(intent) = &mut newer.intent {
        intent.set("metadata", metadata);
    }
    attempt::capture(company, &mut newer);
    company.expected_state.unpaid_orders.push(older.order);
    newer.ends(company, End::Paid);
}
