//! The parts of aggregates that are in rows of their own, in memory.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::keys::Keys;
use domain::order::{Order, PaymentRow};
use domain::origin::OrderKey;
use domain::payment::{Dispute, Payment};
use domain::state::State;
use domain::version::Versioned;
use stripe::objects::Refund;

/// Rows of parts, each with what it belongs to.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Parts {
    pub(crate) order_payments: BTreeMap<String, (OrderKey, PaymentRow)>,
    pub(crate) refunds: BTreeMap<String, (String, Versioned<Refund>)>,
    pub(crate) disputes: BTreeMap<String, (String, Dispute)>,
}

impl Parts {
    /// The payment of a refund or dispute that is in a row.
    pub(crate) fn payment_of(&self, id: &str) -> Option<&String> {
        let refund = self.refunds.get(id).map(|(payment, _)| payment);
        refund.or_else(|| self.disputes.get(id).map(|(payment, _)| payment))
    }

    pub(crate) fn load_refunds_and_disputes(&self, state: &mut State, keys: &Keys) {
        let wanted = |named: bool, of: &String| named || keys.whole_payments.contains(of);
        for (id, (of, part)) in &self.refunds {
            if wanted(keys.refunds.contains(id), of) {
                let part = Arc::new(part.clone());
                state.payments.load_part(of, |payment| payment.refunds.load(id, &part));
            }
        }
        for (id, (of, part)) in &self.disputes {
            if wanted(keys.disputes.contains(id), of) {
                let part = Arc::new(part.clone());
                state.payments.load_part(of, |payment| payment.disputes.load(id, &part));
            }
        }
        for id in &keys.whole_payments {
            state.payments.load_part(id, |payment| {
                payment.refunds.loaded_all();
                payment.disputes.loaded_all();
            });
        }
    }

    pub(crate) fn load_order_payments(&self, state: &mut State, keys: &Keys) {
        for (id, (of, part)) in &self.order_payments {
            if state.payments.has(id) || keys.whole_orders.contains(of) {
                let part = Arc::new(part.clone());
                state.orders.load_part(of, |order| order.payments.load(id, &part));
            }
        }
        for key in &keys.whole_orders {
            state.orders.load_part(key, |order| order.payments.loaded_all());
        }
    }

    /// Returns how many rows were written or deleted.
    pub(crate) fn save(&mut self, state: &State) -> usize {
        self.save_order_payments(state) + self.save_refunds_and_disputes(state)
    }

    fn save_order_payments(&mut self, state: &State) -> usize {
        let unknown = Order::default();
        let mut written = 0;
        for (_, row) in state.orders.changed() {
            let before = &row.loaded.as_ref().unwrap_or(&unknown).payments;
            for id in row.now.payments.dropped_rows(before) {
                self.order_payments.remove(id);
                written += 1;
            }
        }
        for (key, row) in state.orders.changed() {
            let before = &row.loaded.as_ref().unwrap_or(&unknown).payments;
            for (id, part) in row.now.payments.new_rows(before) {
                self.order_payments.insert(id.to_owned(), (key.clone(), part.clone()));
                written += 1;
            }
        }
        written
    }

    fn save_refunds_and_disputes(&mut self, state: &State) -> usize {
        let unknown = Payment::default();
        let mut written = 0;
        for (_, row) in state.payments.changed() {
            let before = row.loaded.as_ref().unwrap_or(&unknown);
            for id in row.now.refunds.dropped_rows(&before.refunds) {
                self.refunds.remove(id);
                written += 1;
            }
            for id in row.now.disputes.dropped_rows(&before.disputes) {
                self.disputes.remove(id);
                written += 1;
            }
        }
        for (of, row) in state.payments.changed() {
            let before = row.loaded.as_ref().unwrap_or(&unknown);
            for (id, part) in row.now.refunds.new_rows(&before.refunds) {
                self.refunds.insert(id.to_owned(), (of.clone(), part.clone()));
                written += 1;
            }
            for (id, part) in row.now.disputes.new_rows(&before.disputes) {
                self.disputes.insert(id.to_owned(), (of.clone(), part.clone()));
                written += 1;
            }
        }
        written
    }
}
