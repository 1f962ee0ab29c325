//! The sums of an order.

use super::{Order, Status};
use crate::payment::{Status as PaymentStatus, Summary};

/// What an order's payments amount to: the columns of its row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Totals {
    /// Where it stands.
    pub status: Status,
    /// Registered, else of its first payment.
    pub customer: Option<String>,
    /// Minor units; registered, else what its first payment asks for.
    pub amount: Option<i64>,
    /// Lower-case ISO code.
    pub currency: Option<String>,
    /// The code it was registered or paid with.
    pub reference_code: Option<String>,
    /// Minor units captured.
    pub paid: i64,
    /// Minor units refunded.
    pub refunded: i64,
    /// Minor units that open disputes ask for, and those that were lost.
    pub disputed: i64,
    /// The payment intent that paid it, else of its first payment.
    pub payment_intent: Option<String>,
    /// The products that its first payment names.
    pub products: Option<String>,
}

/// The money of an order, in minor units of its currency, over the payments that count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Money {
    /// What the order costs, once that is known.
    pub(super) price: Option<i64>,
    /// Captured.
    pub(super) paid: i64,
    /// What discounts took off the price, less what tax and shipping added, by Stripe's own explanation.
    pub(super) explained: i64,
    /// Refunded.
    pub(super) refunded: i64,
    /// Asked for by open disputes.
    pub(super) disputed: i64,
    /// Lost to disputes.
    pub(super) lost: i64,
}

impl Order {
    /// What its payments amount to.
    #[must_use]
    pub fn totals(&self) -> Totals {
        let leading = self.leading();
        let money = self.money(leading.as_ref());
        let expected = self.expected.as_ref();
        let of_leading = |read: fn(&Summary) -> Option<String>| leading.as_ref().and_then(read);
        Totals {
            status: self.status(&money),
            customer: expected.and_then(|e| e.customer.clone()).or_else(|| of_leading(Summary::customer)),
            amount: money.price,
            currency: expected.map(|e| e.currency.clone()).or_else(|| of_leading(|p| p.currency.clone())),
            reference_code: expected
                .and_then(|e| e.reference_code.clone())
                .or_else(|| of_leading(|p| p.code.clone())),
            paid: money.paid,
            refunded: money.refunded,
            disputed: money.disputed + money.lost,
            payment_intent: of_leading(|p| p.intent.clone()),
            products: of_leading(|p| p.products.clone()),
        }
    }

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

/// What an order that nobody registered costs by its first payment: what was captured, once it was. After a partial
/// capture Stripe releases the rest for good.
fn price(payment: &Summary) -> Option<i64> {
    if payment.status == PaymentStatus::Paid { Some(payment.paid) } else { payment.amount }
}

/// The difference between a price and what was asked for, where the session's subtotal explains it.
fn explained(price: i64, payment: &Summary) -> i64 {
    match payment.amount {
        Some(amount) if amount != price && payment.subtotal == Some(price) => price - amount,
        _ => 0,
    }
}
