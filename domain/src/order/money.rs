//! The money of an order: what the payments that count add up to.

use std::ops::Deref;

use super::Order;
use super::sums::Sums;
use crate::payment::{Status as PaymentStatus, Summary};

/// The money of an order, in minor units of its currency, over the payments that count.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Money {
    /// What the order costs, once that is known.
    pub(super) price: Option<i64>,
    /// What the payments add up to.
    sums: Sums,
}

impl Deref for Money {
    type Target = Sums;

    fn deref(&self) -> &Sums {
        &self.sums
    }
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
        let expected = self.expected.as_ref();
        let mut sums = self.counted_in_rows();
        for (id, payment) in self.counted() {
            sums += &Sums::of(&payment, expected, self.accepted.contains(id));
        }
        Money { price: expected.map(|expected| expected.amount).or_else(|| leading.and_then(price)), sums }
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
