//! A charge without a payment intent (<https://docs.stripe.com/payments/charges-api>): taken at once, or held and then
//! captured, in full or in part.

use serde_json::Value;

use super::DAY;
use crate::aftermath::refund;
use crate::company::Company;
use crate::objects;
use crate::purchase::{Cart, End};

pub(super) fn live(company: &mut Company) {
    let mut cart = Cart::new(company);
    let mut intent = objects::intent(company, cart.amount);
    intent.set("metadata", cart.metadata()).set("customer", cart.customer());
    let mut charge = objects::charge(company, &intent);
    charge.set("payment_intent", Value::Null).set("status", "succeeded").set("paid", true);
    if company.rng.chance(50) {
        charge.set("captured", true).set("amount_captured", cart.amount);
        company.emit("charge.succeeded", &charge);
    } else {
        company.emit("charge.succeeded", &charge);
        company.wait(DAY);
        let captured = if company.rng.chance(50) { cart.amount } else { cart.amount - cart.amount / 4 };
        cart.captured = (captured < cart.amount).then_some(captured);
        let changes = vec![("captured", true.into()), ("amount_captured", captured.into())];
        company.update("charge.captured", &mut charge, changes);
    }
    if company.rng.chance(50) {
        company.wait(DAY);
        drop(refund::give(company, &mut charge, cart.amount / 3, "succeeded"));
    }
    cart.charge = Some(charge);
    cart.ends(company, End::Paid);
}
