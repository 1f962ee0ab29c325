//! What joins the aggregates: a charge to its payment, a payment to its order, an invoice to both.
//!
//! Every handler that changed a payment ends here, so that the order always shows what its payments amount to, and
//! which payments count is decided in one place.

use super::event::Event;
use super::keys::Keys;
use super::origin::OrderKey;
use super::payment::PaidInvoice;
use super::rules::Rules;
use super::state::State;

/// Where a refund, dispute or charge belongs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PaymentRef {
    /// Its payment intent, if it says.
    pub payment_intent: Option<String>,
    /// Its charge, if it says.
    pub charge: Option<String>,
    /// What stands in for both where neither is known.
    pub own_id: String,
}

impl PaymentRef {
    /// Adds what must be locked to find the payment.
    pub fn keys(&self, keys: &mut Keys) {
        keys.payments.extend(self.payment_intent.clone());
        if let Some(charge) = &self.charge {
            *keys.charges.entry(charge.clone()).or_default() |= self.payment_intent.is_none();
        }
        if self.payment_intent.is_none() && self.charge.is_none() {
            keys.payments.insert(self.own_id.clone());
        } else {
            keys.payments_if_known.insert(self.own_id.clone());
        }
    }

    /// The id of the payment. Learning a charge's payment intent merges what was kept under the charge; learning
    /// either merges what was kept under the object's own id.
    pub fn payment(&self, state: &mut State) -> String {
        let payment = self.by_charge(state);
        if payment != self.own_id && state.payments.has(&self.own_id) {
            move_payment(state, &self.own_id, &payment);
        }
        payment
    }

    fn by_charge(&self, state: &mut State) -> String {
        let Some(charge) = &self.charge else {
            return self.payment_intent.as_ref().unwrap_or(&self.own_id).clone();
        };
        let known = state.charges.get(charge).payment.clone();
        let payment = match (&self.payment_intent, known.as_ref()) {
            (Some(intent), _) => intent.clone(),
            (None, Some(known)) => known.clone(),
            (None, None) => charge.clone(),
        };
        if known.as_ref() != Some(&payment) {
            state.charges.touch(charge).payment = Some(payment.clone());
            if known.as_ref() == Some(charge) {
                move_payment(state, charge, &payment);
            }
        }
        payment
    }
}

fn move_payment(state: &mut State, from: &str, to: &str) {
    let moved = std::mem::take(state.payments.touch(from));
    if let Some(order) = moved.order_key() {
        state.orders.touch(&order).payments.remove(from);
    }
    state.payments.touch(to).merge(moved);
}

/// Joins a payment that has changed to its order, and decides which payments of the order count.
pub fn payment_changed(state: &mut State, id: &str, event: &Event, rules: &Rules) {
    let payment = state.payments.touch(id);
    payment.origin = event.origin();
    let before = payment.order_key();
    let mut summary = payment.summary();
    let named = payment.named_order(rules.client_reference_id);
    if let Some(named) = &named {
        summary.provisional = named.provisional;
        summary.code = named.code.map(str::to_owned).or(summary.code);
    }
    let order = named.map(|named| OrderKey::new(&payment.origin, named.id));
    payment.linked = order.as_ref().map(|order| order.id.clone());
    payment.held = None;
    if let Some(left) = before.filter(|before| Some(before) != order.as_ref()) {
        state.orders.touch(&left).payments.remove(id);
        order_changed(state, &left, rules);
    }
    if let Some(order) = order {
        let touched = state.orders.touch(&order);
        touched.payments.insert(id.to_owned(), summary);
        touched.forget_idle_payments();
        order_changed(state, &order, rules);
    }
}

/// Decides anew which payments of an order count.
pub fn order_changed(state: &mut State, key: &OrderKey, rules: &Rules) {
    let order = state.orders.touch(key);
    order.decide_held(&key.id, rules);
    let held: Vec<_> = order.payments.keys().map(|id| (id.clone(), order.held.get(id).copied())).collect();
    for (id, reason) in held {
        // The others' rows are updated when the order is saved.
        if state.payments.has(&id) && state.payments.get(&id).held != reason {
            state.payments.touch(&id).held = reason;
        }
    }
}

/// Joins an invoice that has changed to its subscription and to the payments that paid it.
pub fn invoice_changed(state: &mut State, id: &str, event: &Event, rules: &Rules) {
    let invoice = state.invoices.touch(id);
    invoice.origin = event.origin();
    let named = invoice.version().and_then(|version| version.subscription.clone());
    invoice.linked = named.or_else(|| invoice.linked.clone());
    let (subscription, summary) = (invoice.linked.clone(), invoice.summary());
    let paid = PaidInvoice {
        reference: invoice.version().map(|version| version.reference.clone()).unwrap_or_default(),
        subscription: subscription.clone(),
        customer: summary.customer.clone(),
    };
    let payments = invoice.payment_intents();
    if let Some(subscription) = subscription {
        let touched = state.subscriptions.touch(&subscription);
        touched.origin = event.origin();
        touched.record_invoice(id, summary);
    }
    for payment in payments {
        let known = &mut state.payments.touch(&payment).invoices;
        known.insert(id.to_owned(), paid.clone());
        payment_changed(state, &payment, event, rules);
    }
}
