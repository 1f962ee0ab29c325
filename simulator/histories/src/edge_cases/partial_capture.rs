//! A part of a hold is captured, and the rest released: no money came for it, so none goes back.
//!
//! Before 2022-11-15 Stripe lists the released rest as a refund inside the charge
//! (<https://docs.stripe.com/payments/place-a-hold-on-a-payment-method>).

use serde_json::json;

use crate::company::Company;
use crate::object::Object;
use crate::objects;
use crate::purchase::{Cart, End, attempt};
use crate::version::Version;

pub(super) fn live(company: &mut Company) {
    let old = company.rng.chance(50);
    if old {
        company.version = Version::WITH_CHARGE_REFUNDS;
    }
    let mut cart = Cart::new(company);
    attempt::start(company, &mut cart);
    attempt::authorize(company, &mut cart);
    let hours = company.rng.range(1, 48);
    company.wait(hours * 3600);
    let released = cart.amount / 5;
    cart.captured = Some(cart.amount - released);
    if let Some(charge) = cart.charge.as_mut().filter(|_| old) {
        release(company, charge, released);
    }
    attempt::capture(company, &mut cart);
    cart.ends(company, End::Paid);
}

/// As a charge of before 2022-11-15 shows it.
fn release(company: &mut Company, charge: &mut Object, amount: i64) {
    let refund = objects::refund(company, charge, amount, "succeeded");
    let url = format!("/v1/charges/{}/refunds", charge.id());
    let refunds =
        json!({"object": "list", "data": [refund.value()], "has_more": false, "total_count": 1, "url": url});
    charge.set("amount_refunded", amount).set("refunds", refunds);
}
