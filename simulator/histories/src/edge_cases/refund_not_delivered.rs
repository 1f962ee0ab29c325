//! The first of several refunds is not delivered.
//!
//! A charge's `amount_refunded` is cumulative and counts as it stands, also when an earlier step was never received:
//! the endpoint is newer than that refund, or listened to other events then.

use super::DAY;
use crate::aftermath::refund;
use crate::company::Company;
use crate::purchase::{End, paid};

pub(super) fn live(company: &mut Company) {
    let mut cart = paid(company);
    let Some(mut charge) = cart.charge.take() else { return };
    let paid = company.count();
    company.wait(DAY);
    drop(refund::give(company, &mut charge, cart.amount / 4, "succeeded"));
    let refunded = company.count();
    company.leave_out(paid..refunded);
    // Without a session the payment intent alone names the order: nothing before its success is needed.
    if cart.session.is_none() && company.rng.chance(50) {
        company.leave_out_before("payment_intent.succeeded");
    }
    if let Some(refund) = company.expected_state.refunds.last_mut() {
        refund.seen = false;
    }
    let count = company.rng.range(1, 2);
    for _ in 0..count {
        company.wait(DAY);
        drop(refund::give(company, &mut charge, cart.amount / 5, "succeeded"));
    }
    cart.ends(company, End::Paid);
}
