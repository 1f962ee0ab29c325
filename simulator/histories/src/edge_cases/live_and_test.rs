//! A live payment and a test payment name one order id: a copy of the shop's database makes such test payments.
//!
//! Every object is of one mode (<https://docs.stripe.com/keys#test-live-modes>), and an endpoint for connected accounts gets
//! the events of both (<https://docs.stripe.com/connect/webhooks>). Order ids are each mode's own.

use super::DAY;
use crate::aftermath::refund;
use crate::company::Company;
use crate::purchase::{Cart, End, pay};

pub(super) fn live(company: &mut Company) {
    let live_first = company.rng.chance(50);
    let mut first = Cart::new(company);
    let mut second = Cart::new(company).of_order(&first.order);
    for (cart, livemode) in [(&mut first, live_first), (&mut second, !live_first)] {
        company.livemode = livemode;
        company.wait(600);
        pay(company, cart);
    }
    for (cart, livemode) in [(&mut first, live_first), (&mut second, !live_first)] {
        company.livemode = livemode;
        let refunded = company.rng.chance(40);
        if let Some(charge) = cart.charge.as_mut().filter(|_| refunded) {
            company.wait(DAY);
            drop(refund::give(company, charge, cart.amount, "succeeded"));
        }
        cart.ends(company, End::Paid);
    }
}
