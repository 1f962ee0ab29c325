//! A registered order whose total differs from its price as Stripe explains it: discount, shipping and tax stand
//! between the session's `amount_subtotal` and `amount_total`
//! (<https://docs.stripe.com/api/checkout/sessions/object>).

use super::register;
use crate::company::Company;
use crate::purchase::{Cart, End, attempt};

pub(super) fn live(company: &mut Company) {
    let mut cart = Cart::new(company);
    let price = cart.amount;
    let discount = price / 10;
    let shipping = if company.rng.chance(30) { price / 20 } else { 0 };
    let tax = if company.rng.chance(30) { price / 5 } else { 0 };
    cart.amount = price - discount + shipping + tax;
    cart.open_session(company);
    if let Some(session) = &mut cart.session {
        session
            .set("amount_subtotal", price)
            .set("total_details.amount_discount", discount)
            .set("total_details.amount_shipping", shipping)
            .set("total_details.amount_tax", tax);
    }
    company.wait(40);
    attempt::start(company, &mut cart);
    attempt::succeed(company, &mut cart);
    cart.complete_session(company, "paid");
    cart.ends(company, End::Paid);
    register(company, &cart, price, company.currency.code);
    for order in &mut company.expected_state.orders {
        order.amount = price;
    }
}
