//! A dispute that names its charge and no payment intent, as those of charges without one and of old API versions do.

use serde_json::Value;

use super::DAY;
use crate::aftermath::dispute;
use crate::company::Company;
use crate::object::Object;
use crate::purchase::{End, paid};

pub(super) fn live(company: &mut Company) {
    let mut cart = paid(company);
    let Some(mut charge) = cart.charge.take() else { return };
    company.wait(DAY);
    charge.set("payment_intent", Value::Null);
    let mut case = dispute::open(company, &charge, cart.amount, false);
    if company.rng.chance(50) {
        dispute::answer(company, &mut case);
    }
    let result = *company.rng.pick(&["won", "lost"]);
    dispute::close(company, &mut case, result);
    let payment = cart.intent.as_ref().map(Object::id).unwrap_or_default();
    payment.clone_into(&mut company.expected_state.disputes[case.at].payment);
    cart.ends(company, End::Paid);
}
