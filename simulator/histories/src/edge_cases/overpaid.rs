//! An order that is paid twice: from two tabs, by a payment link with fixed metadata, or under an id that is used again.
//!
//! Both payments were taken, and both show. What was captured beyond the price is too much until it is refunded.

use super::DAY;
use crate::aftermath::refund;
use crate::company::Company;
use crate::purchase::{Cart, End, pay};

pub(super) fn live(company: &mut Company) {
    let mut first = Cart::new(company);
    let mut second = first.again();
    pay(company, &mut first);
    let seconds = company.rng.range(30, 9_000);
    company.wait(seconds);
    pay(company, &mut second);
    let is_refunded = company.rng.chance(50);
    if let Some(charge) = second.charge.as_mut().filter(|_| is_refunded) {
        company.wait(DAY);
        drop(refund::give(company, charge, second.amount, "succeeded"));
    }
    first.ends(company, End::Paid);
    let payment = second.payment_ends(company, End::Paid);
    for order in &mut company.expected_state.orders {
        order.amount_paid += payment.amount_paid;
        order.amount_refunded += payment.amount_refunded;
        order.status = if is_refunded { "paid" } else { "overpaid" };
    }
}
