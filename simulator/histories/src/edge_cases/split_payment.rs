//! A registered order that two payments pay together: a gift card's rest, a deposit and the remainder.

use super::{DAY, register};
use crate::aftermath::refund;
use crate::company::Company;
use crate::purchase::{Cart, End, pay};

pub(super) fn live(company: &mut Company) {
    let mut deposit = Cart::new(company);
    let mut rest = deposit.again();
    rest.amount += rest.amount / 3;
    pay(company, &mut deposit);
    company.wait(DAY);
    pay(company, &mut rest);
    let is_refunded = company.rng.chance(30);
    if let Some(charge) = rest.charge.as_mut().filter(|_| is_refunded) {
        company.wait(DAY);
        drop(refund::give(company, charge, rest.amount / 4, "succeeded"));
    }
    deposit.ends(company, End::Paid);
    let price = deposit.amount + rest.amount;
    let payment = rest.payment_ends(company, End::Paid);
    register(company, &deposit, price, company.currency.code);
    for order in &mut company.expected_state.orders {
        (order.amount, order.amount_paid, order.amount_refunded) = (price, price, payment.amount_refunded);
        order.status = if is_refunded { "partially_refunded" } else { "paid" };
    }
}
