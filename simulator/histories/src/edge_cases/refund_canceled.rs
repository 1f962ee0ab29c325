//! A pending refund that is canceled: the money never left.

use super::DAY;
use crate::aftermath::refund;
use crate::company::Company;
use crate::purchase::{End, paid};

pub(super) fn live(company: &mut Company) {
    let mut cart = paid(company);
    let Some(mut charge) = cart.charge.take() else { return };
    company.wait(DAY);
    company.begin_burst();
    let amount = if company.rng.chance(30) { cart.amount } else { cart.amount / 3 };
    let mut given = refund::give(company, &mut charge, amount, "pending");
    company.wait(DAY);
    company.asked();
    refund::undone(company, &mut charge, &mut given, "canceled");
    cart.ends(company, End::Paid);
}
