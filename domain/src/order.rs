//! The order: what the company expects, and what its payments come to.
//!
//! Owns the order's status and the messages about it. It must never mark an order paid by a payment that
//! does not match what was registered.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::payment::{Status as PaymentStatus, Summary};

mod check;
mod messages;
mod status;

pub use check::Claim;
pub use status::Status;

/// What the company registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// The company's customer id, or Stripe's.
    pub customer: Option<String>,
    /// Minor units.
    pub amount: i64,
    /// Lower-case ISO code.
    pub currency: String,
    /// The code that a payment of this order carries.
    pub reference_code: Option<String>,
}

/// An order and a short view of each of its payments.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Order {
    /// What was registered; kept in columns of its own, which only the console writes.
    #[serde(skip)]
    pub expected: Option<Expected>,
    /// Its payments by id.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub payments: BTreeMap<String, Summary>,
}

/// What an order's payments come to: the columns of its row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Totals {
    /// Where it stands.
    pub status: Status,
    /// Registered, else the first that a payment names.
    pub customer: Option<String>,
    /// Minor units; registered, else what its payment asks for.
    pub amount: Option<i64>,
    /// Lower-case ISO code.
    pub currency: Option<String>,
    /// The code it was registered or paid with.
    pub reference_code: Option<String>,
    /// Minor units.
    pub paid: i64,
    /// Minor units.
    pub refunded: i64,
    /// The payment intent that paid it, else the newest known.
    pub payment_intent: Option<String>,
}

impl Order {
    /// What its payments come to.
    #[must_use]
    pub fn totals(&self) -> Totals {
        let leading = self.leading();
        let amount = self.expected.as_ref().map(|e| e.amount).or_else(|| leading.and_then(Summary::price));
        let currency = self
            .expected
            .as_ref()
            .map(|e| e.currency.clone())
            .or_else(|| leading.and_then(|p| p.currency.clone()));
        let counted = || self.payments.values().filter(|p| p.currency.is_none() || p.currency == currency);
        let paid = counted().map(|p| p.paid).sum();
        let refunded = counted().map(|p| p.refunded).sum();
        Totals {
            status: self.status(amount, paid, refunded),
            customer: self
                .expected
                .as_ref()
                .and_then(|expected| expected.customer.clone())
                .or_else(|| leading.and_then(Summary::customer)),
            amount,
            currency,
            reference_code: self
                .expected
                .as_ref()
                .and_then(|expected| expected.reference_code.clone())
                .or_else(|| leading.and_then(|p| p.code.clone())),
            paid,
            refunded,
            payment_intent: leading.and_then(|p| p.intent.clone()),
        }
    }

    /// The payment that speaks for the order: one that was paid, else the last by id.
    fn leading(&self) -> Option<&Summary> {
        let mut payments = self.payments.values();
        payments.clone().find(|p| p.status == PaymentStatus::Paid).or_else(|| payments.next_back())
    }
}

impl Summary {
    /// What an order that nobody registered costs by this payment: what was taken, once it was. After a partial
    /// capture Stripe lets the rest go for good.
    fn price(&self) -> Option<i64> {
        if self.status == PaymentStatus::Paid { Some(self.paid) } else { self.amount }
    }

    /// The company's own customer id where one is named, else Stripe's.
    #[must_use]
    pub fn customer(&self) -> Option<String> {
        let own = self.customers.iter().find(|customer| !customer.starts_with("cus_"));
        own.or_else(|| self.customers.first()).cloned()
    }
}
