//! The order: what the company expects, and what its payments amount to.
//!
//! Owns the order's status, which of its payments count, and the messages about it. It must never count a payment
//! that does not match what was registered.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::parts::Parts;
use crate::payment::{HeldReason, Summary};

mod matching;
mod messages;
mod money;
mod rows;
mod status;
mod sums;
mod totals;

pub use crate::order_status::Status;
pub use sums::{PaymentRow, Rest};
pub use totals::Totals;

use sums::rank;

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

/// An order and a short view of each of its payments: of the first few in its document, of the others in rows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Order {
    /// What was registered; kept in columns of its own, which only the console writes.
    #[serde(skip)]
    pub expected: Option<Expected>,
    /// Its payments by id.
    #[serde(skip_serializing_if = "Parts::is_empty")]
    pub payments: Parts<Summary, Rest>,
    /// Those in the document that do not count, and why: see [`Order::decide_held`].
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub held: BTreeMap<String, HeldReason>,
    /// The payments that staff accepted as they are.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub accepted: BTreeSet<String>,
}

impl Order {
    /// The payments in the document that count, in the order's currency.
    fn counted(&self) -> impl Iterator<Item = (&str, Cow<'_, Summary>)> {
        let counted = self.payments.iter().filter(|(id, _)| !self.held.contains_key(*id));
        counted.map(|(id, payment)| (id.as_str(), self.in_own_currency(payment)))
    }

    /// A payment as it counts for this order: in the company's currency, unless the buyer's was registered.
    fn in_own_currency<'a>(&self, payment: &'a Summary) -> Cow<'a, Summary> {
        let registered = self.expected.as_ref().map(|expected| expected.currency.as_str());
        if registered.is_some() && registered == payment.currency.as_deref() {
            Cow::Borrowed(payment)
        } else {
            payment.converted()
        }
    }

    /// The payment that speaks for the order, of those that count: one that was paid before one that was not, and of
    /// these the first by Stripe's time.
    fn leading(&self) -> Option<Cow<'_, Summary>> {
        self.counted().min_by_key(|(id, payment)| rank(id, payment)).map(|(_, payment)| payment)
    }
}
