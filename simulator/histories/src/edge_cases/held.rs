//! A payment that does not match what was registered: its money is recorded and does not count for the order.

use super::{DAY, register};
use crate::aftermath::{dispute, refund};
use crate::company::Company;
use crate::purchase::{End, paid};

pub(super) fn live(company: &mut Company) {
    let mut cart = paid(company);
    if let Some(charge) = &mut cart.charge {
        company.wait(DAY);
        match company.rng.below(4) {
            0 => drop(refund::give(company, charge, cart.amount, "succeeded")),
            1 => drop(refund::give(company, charge, cart.amount / 3, "succeeded")),
            2 => {
                let mut case = dispute::open(company, charge, cart.amount, false);
                dispute::close(company, &mut case, "lost");
            }
            _ => {}
        }
    }
    cart.ends(company, End::Paid);
    let (price, currency) = match company.rng.below(2) {
        0 => (cart.amount * 2, company.currency.code),
        // No history is in this currency.
        _ => (cart.amount, "sek"),
    };
    register(company, &cart, price, currency);
    for order in &mut company.expected_state.orders {
        (order.status, order.amount, order.currency) = ("pending", price, currency);
        (order.amount_paid, order.amount_refunded, order.was_paid) = (0, 0, false);
    }
}
