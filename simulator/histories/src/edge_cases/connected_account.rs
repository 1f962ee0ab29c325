//! Two accounts use one order id: the company's own and a connected one.
//!
//! On Connect an event names the account that it belongs to (<https://docs.stripe.com/connect/webhooks>). Order ids are
//! each account's own, so a payment of one account never touches the other's order.

use super::DAY;
use crate::aftermath::refund;
use crate::company::Company;
use crate::purchase::{Cart, End, paid, pay};

pub(super) fn live(company: &mut Company) {
    let own = paid(company);
    own.ends(company, End::Paid);
    company.account = Some(company.ids.next("acct_1"));
    company.wait(600);
    let mut other = Cart::new(company).of_order(&own.order);
    pay(company, &mut other);
    let refunded = company.rng.chance(50);
    if let Some(charge) = other.charge.as_mut().filter(|_| refunded) {
        company.wait(DAY);
        drop(refund::give(company, charge, other.amount, "succeeded"));
    }
    other.ends(company, End::Paid);
}
