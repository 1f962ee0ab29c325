//! The sums of an order.

use super::{Order, Status};
use crate::payment::Summary;

/// What an order's payments amount to: the columns of its row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Totals {
    /// The order's status, derived from its counted payments.
    pub status: Status,
    /// Registered, else of its first payment.
    pub customer: Option<String>,
    /// Minor units; registered, else what its first payment asks for.
    pub amount: Option<i64>,
    /// The currency as a lower-case ISO code.
    pub currency: Option<String>,
    /// The code it was registered or paid with.
    pub reference_code: Option<String>,
    /// What counted payments captured, in the currency's minor unit.
    pub paid: i64,
    /// What was refunded of it, in the currency's minor unit.
    pub refunded: i64,
    /// Minor units that open disputes ask for, and those that were lost.
    pub disputed: i64,
    /// The payment intent that paid it, else of its first payment.
    pub payment_intent: Option<String>,
    /// The products that its first payment names.
    pub products: Option<String>,
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
}
