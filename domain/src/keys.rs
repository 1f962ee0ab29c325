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
    /// Refunds, which may be in rows of their own.
    pub refunds: BTreeSet<String>,
    /// Disputes, which may be in rows of their own.
    pub disputes: BTreeSet<String>,
    /// Payments of which every refund and dispute is needed.
    pub whole_payments: BTreeSet<String>,
    /// Orders of which every payment is needed.
    pub whole_orders: BTreeSet<OrderKey>,
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
        self.refunds.extend(other.refunds.iter().cloned());
        self.disputes.extend(other.disputes.iter().cloned());
        self.whole_payments.extend(other.whole_payments.iter().cloned());
        self.whole_orders.extend(other.whole_orders.iter().cloned());
    }

    /// Whether everything is wanted whole that another wants whole.
    #[must_use]
    pub fn wants_whole(&self, other: &Self) -> bool {
        self.whole_payments.is_superset(&other.whole_payments)
            && self.whole_orders.is_superset(&other.whole_orders)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> Keys {
        let id = || name.to_owned();
        let order = || OrderKey { id: id(), ..OrderKey::default() };
        Keys {
            charges: [(id(), false)].into(),
            payments: [id()].into(),
            payments_if_known: [id()].into(),
            unplaced: [id()].into(),
            orders: [order()].into(),
            invoices: [id()].into(),
            subscriptions: [id()].into(),
            refunds: [id()].into(),
            disputes: [id()].into(),
            whole_payments: [id()].into(),
            whole_orders: [order()].into(),
        }
    }

    #[test]
    fn the_keys_of_two_events_hold_those_of_both() {
        let mut both = named("a");
        both.extend(&named("b"));
        let ids: BTreeSet<String> = ["a".to_owned(), "b".to_owned()].into();
        let orders: BTreeSet<OrderKey> = named("a").orders.into_iter().chain(named("b").orders).collect();
        for set in [
            &both.charges.keys().cloned().collect(),
            &both.payments,
            &both.payments_if_known,
            &both.unplaced,
            &both.invoices,
            &both.subscriptions,
            &both.refunds,
            &both.disputes,
            &both.whole_payments,
        ] {
            assert_eq!(*set, ids);
        }
        assert_eq!((&both.orders, &both.whole_orders), (&orders, &orders));
    }

    #[test]
    fn a_charge_may_stand_for_its_payment_where_one_event_needs_that() {
        let of = |alone: bool| Keys { charges: [("ch_1".to_owned(), alone)].into(), ..Keys::default() };
        for (one, other) in [(true, false), (false, true), (true, true)] {
            let mut both = of(one);
            both.extend(&of(other));
            assert_eq!(both, of(true));
        }
        let mut neither = of(false);
        neither.extend(&of(false));
        assert_eq!(neither, of(false));
    }

    #[test]
    fn what_is_wanted_whole_covers_payments_and_orders() {
        assert!(named("a").wants_whole(&named("a")) && named("a").wants_whole(&Keys::default()));
        let payments = Keys { whole_orders: BTreeSet::new(), ..named("a") };
        let orders = Keys { whole_payments: BTreeSet::new(), ..named("a") };
        assert!(!payments.wants_whole(&named("a")) && !orders.wants_whole(&named("a")));
    }
}
