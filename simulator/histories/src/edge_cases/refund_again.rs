//! A refund that fails and is made again for the same amount.

use super::DAY;
use crate::aftermath::refund;
use crate::company::Company;
use crate::purchase::{End, paid};

pub(super) fn live(company: &mut Company) {
    let mut cart = paid(company);
    let Some(mut charge) = cart.charge.take() else { return };
    company.wait(DAY);
    let amount = if company.rng.chance(50) { cart.amount } else { cart.amount / 3 };
    let status = *company.rng.pick(&["succeeded", "pending"]);
    let mut given = refund::give(company, &mut charge, amount, status);
    company.wait(2 * DAY);
    company.by_itself();
    refund::undone(company, &mut charge, &mut given, "failed");
    company.wait(DAY);
    drop(refund::give(company, &mut charge, amount, "succeeded"));
    cart.ends(company, End::Paid);
}
