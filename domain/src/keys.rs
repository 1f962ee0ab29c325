//! The keys of the rows that a batch must lock.

use std::collections::{BTreeMap, BTreeSet};

use super::origin::OrderKey;

/// The ids that an event touches, known before anything is loaded; each loaded row adds what it is joined to
/// ([`Aggregate::joined`](super::aggregate::Aggregate::joined)).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Keys {
    /// Charges, to learn which payment they belong to; true where an event names no payment intent, so
    /// that the charge itself may have to stand for the payment.
    pub charges: BTreeMap<String, bool>,
    /// Payments, by payment intent id or what stands in for it.
    pub payments: BTreeSet<String>,
    /// Payments that are locked where they exist and not created: what a refund or dispute was kept under before
    /// its charge was known.
    pub payments_if_known: BTreeSet<String>,
    /// Refunds and disputes of events that name neither charge nor payment intent: the payment that other events have
    /// placed them in is looked up.
    pub unplaced: BTreeSet<String>,
    /// Orders that the event itself names.
    pub orders: BTreeSet<OrderKey>,
    /// Invoices.
    pub invoices: BTreeSet<String>,
    /// Subscriptions.
    pub subscriptions: BTreeSet<String>,
}

impl Keys {
    /// Adds the keys of another event.
    pub fn extend(&mut self, other: &Self) {
        for (charge, alone) in &other.charges {
            *self.charges.entry(charge.clone()).or_default() |= alone;
        }
        self.payments.extend(other.payments.iter().cloned());
        self.payments_if_known.extend(other.payments_if_known.iter().cloned());
        self.unplaced.extend(other.unplaced.iter().cloned());
        self.orders.extend(other.orders.iter().cloned());
        self.invoices.extend(other.invoices.iter().cloned());
        self.subscriptions.extend(other.subscriptions.iter().cloned());
    }
}
