//! The money of an order: what its payments add up to.

use super::Order;
use crate::payment::{Status as PaymentStatus, Summary};

/// The money of an order, in minor units of its currency, over the payments that count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Money {
    /// What the order costs, once that is known.
    pub(super) price: Option<i64>,
    /// What was captured, in the currency's minor unit.
    pub(super) paid: i64,
    /// What discounts took off the price, less what tax and shipping added, by Stripe's own explanation.
    pub(super) explained: i64,
    /// What was refunded, in the currency's minor unit.
    pub(super) refunded: i64,
    /// Asked for by open disputes.
    pub(super) disputed: i64,
    /// What disputes took for good, in the currency's minor unit.
    pub(super) lost: i64,
}

impl Money {
    /// Captured, with what the price and the amount asked for differ by where Stripe explains it.
    pub(super) fn covered(&self) -> i64 {
        self.paid + self.explained
    }

    pub(super) fn price_or_paid(&self) -> i64 {
        self.price.unwrap_or_else(|| self.covered())
    }

    pub(super) fn is_covered_without(&self, missing: i64) -> bool {
        self.paid > missing && self.covered() - missing >= self.price_or_paid()
    }
}

impl Order {
    /// Adds up the payments that count.
    pub(super) fn money(&self, leading: Option<&Summary>) -> Money {
        let expected = self.expected.as_ref().map(|expected| expected.amount);
        let mut money = Money { price: expected.or_else(|| leading.and_then(price)), ..Money::default() };
        let currency = self.expected.as_ref().map(|expected| &expected.currency);
        for (id, payment) in self.counted() {
            let accepted = self.accepted.contains(id) && payment.status == PaymentStatus::Paid;
            if accepted && currency.is_some() && currency != payment.currency.as_ref() {
                // Accepted as it is: it covers the order, and two currencies are never added.
                money.explained += expected.unwrap_or(0);
                continue;
            }
            money.paid += payment.paid;
            money.refunded += payment.refunded;
            money.disputed += payment.disputed;
            money.lost += payment.lost;
            if accepted {
                money.explained += expected.map_or(0, |price| (price - payment.paid).max(0));
            } else if payment.status == PaymentStatus::Paid {
                money.explained += expected.map_or(0, |price| explained(price, &payment));
            }
        }
        money
    }
}

/// What an order that nobody registered costs by its first payment: what was captured, once it was, unless there is
/// more to come. After a partial capture Stripe releases the rest for good.
fn price(payment: &Summary) -> Option<i64> {
    if payment.price.is_some() {
        return payment.price;
    }
    if payment.status == PaymentStatus::Paid { Some(payment.paid) } else { payment.amount }
}

/// The difference between a price and what was asked for, where the session's subtotal explains it.
fn explained(price: i64, payment: &Summary) -> i64 {
    match payment.amount {
        Some(amount) if amount != price && payment.subtotal == Some(price) => price - amount,
        _ => 0,
    }
}
