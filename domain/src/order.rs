//! The order: what the company expects, and what its payments amount to.
//!
//! Owns the order's status, which of its payments count, and the messages about it. It must never count a payment
//! that does not match what was registered.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::payment::{HeldReason, Status as PaymentStatus, Summary};

mod matching;
mod messages;
mod money;
mod status;
mod totals;

pub use status::Status;
pub use totals::Totals;

/// What the company registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// The company's customer id, or Stripe's.
    pub customer: Option<String>,
    /// What the order costs, in the currency's minor unit.
    pub amount: i64,
    /// The currency as a lower-case ISO code.
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
    /// The payments that do not count, and why: see [`Order::decide_held`].
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub held: BTreeMap<String, HeldReason>,
    /// The payments that staff accepted as they are.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub accepted: BTreeSet<String>,
}

impl Order {
    /// The payments that count, in the order's currency.
    fn counted(&self) -> impl Iterator<Item = (&str, Summary)> {
        let counted = self.payments.iter().filter(|(id, _)| !self.held.contains_key(*id));
        counted.map(|(id, payment)| (id.as_str(), self.in_own_currency(payment)))
    }

    /// A payment as it counts for this order: in the company's currency, unless the buyer's was registered.
    fn in_own_currency(&self, payment: &Summary) -> Summary {
        let registered = self.expected.as_ref().map(|expected| expected.currency.as_str());
        if registered.is_some() && registered == payment.currency.as_deref() {
            payment.clone()
        } else {
            payment.converted()
        }
    }

    /// The payment that speaks for the order, of those that count or, where none does, of all: one that was paid
    /// before one that was not, and of these the first by Stripe's time.
    fn leading(&self) -> Option<Summary> {
        let rank = |id: &str, payment: &Summary| {
            let made = payment.created.unwrap_or(i64::MAX);
            (payment.status != PaymentStatus::Paid, made, id.to_owned())
        };
        let counted = self.counted().min_by_key(|(id, payment)| rank(id, payment));
        counted.map(|(_, payment)| payment)
    }
}
