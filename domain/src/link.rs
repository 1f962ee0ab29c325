//! What joins the aggregates: a charge to its payment, a payment to its order, an invoice to both.
//!
//! Every handler that changed a payment ends here, so that the order always shows what its payments amount to, and
//! which payments count is decided in one place.

use super::event::Event;
use super::keys::Keys;
use super::origin::OrderKey;
use super::payment::{Payment, Summary};
use super::rules::Rules;
use super::state::State;
use super::subscription::InvoiceRefund;

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
        if self.charge.as_ref() == Some(&self.own_id) || self.payment_intent.as_ref() == Some(&self.own_id) {
            return;
        }
        // No charge, but a row to lock: two workers with events of one refund must not miss each other.
        keys.charges.entry(self.own_id.clone()).or_default();
        if self.names_nothing() {
            keys.payments.insert(self.own_id.clone());
            keys.unplaced.insert(self.own_id.clone());
        } else {
            keys.payments_if_known.insert(self.own_id.clone());
        }
    }

    const fn names_nothing(&self) -> bool {
        self.payment_intent.is_none() && self.charge.is_none()
    }

    /// The id of the payment. Learning a charge's payment intent merges what was kept under the charge; learning
    /// either merges what was kept under the object's own id. An event that names neither belongs where the others of
    /// its object do.
    pub fn payment(&self, state: &mut State) -> String {
        if self.names_nothing() {
            return state.placed.get(&self.own_id).unwrap_or(&self.own_id).clone();
        }
        let payment = self.by_charge(state);
        state.placed.insert(self.own_id.clone(), payment.clone());
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
    // All parts of both must be known; where they are not, the batch is decided again.
    if !state.payments.touch(from).recall_all() || !state.payments.touch(to).recall_all() {
        return;
    }
    state.placed.values_mut().filter(|payment| *payment == from).for_each(|payment| to.clone_into(payment));
    let moved = std::mem::take(state.payments.touch(from));
    for subscription in moved.subscriptions() {
        state.subscriptions.touch(subscription).record_refund(from, None);
    }
    if let Some(order) = moved.order_key() {
        state.orders.touch(&order).remove(from);
    }
    state.payments.touch(to).merge(moved);
}

/// Joins a payment that has changed to its order, and decides which payments of the order count.
pub fn payment_changed(state: &mut State, id: &str, event: &Event, rules: &Rules) {
    let payment = state.payments.touch(id);
    payment.origin = event.origin();
    payment.move_to_rows(rules.kept_parts);
    let before = payment.order_key();
    let mut summary = payment.summary();
    let named = payment.named_order(rules.client_reference_id);
    if let Some(named) = &named {
        summary.provisional = named.provisional;
        summary.code = named.code.map(str::to_owned).or(summary.code);
    }
    let subscriptions: Vec<_> = refunds_of_subscriptions(payment, &summary).collect();
    let order = named.map(|named| OrderKey::new(&payment.origin, named.id));
    payment.linked = order.as_ref().map(|order| order.id.clone());
    payment.held = None;
    for (subscription, refund) in subscriptions {
        if state.subscriptions.get(&subscription).refund_of(id) != refund.as_ref() {
            state.subscriptions.touch(&subscription).record_refund(id, refund);
        }
    }
    if let Some(left) = before.filter(|before| Some(before) != order.as_ref()) {
        state.orders.touch(&left).remove(id);
        order_changed(state, &left, rules);
    }
    if let Some(order) = order {
        let touched = state.orders.touch(&order);
        touched.record(id, summary);
        touched.forget_idle_payments();
        order_changed(state, &order, rules);
    }
}

/// What was refunded of a payment, for each subscription whose invoice it pays.
fn refunds_of_subscriptions(
    payment: &Payment,
    summary: &Summary,
) -> impl Iterator<Item = (String, Option<InvoiceRefund>)> {
    let any = summary.refunded != 0 || summary.lost != 0;
    payment.invoices.iter().filter_map(move |(invoice, paid)| {
        let (invoice, refunded, lost) = (invoice.clone(), summary.refunded, summary.lost);
        Some((paid.subscription.clone()?, any.then_some(InvoiceRefund { invoice, refunded, lost })))
    })
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
    state.orders.touch(key).move_to_rows(&key.id, rules);
}

/// Joins an invoice that has changed to its subscription and to the payments that paid it.
pub fn invoice_changed(state: &mut State, id: &str, event: &Event, rules: &Rules) {
    let invoice = state.invoices.touch(id);
    invoice.origin = event.origin();
    let named = invoice.version().and_then(|version| version.subscription.clone());
    invoice.linked = named.or_else(|| invoice.linked.clone());
    let (subscription, summary) = (invoice.linked.clone(), invoice.summary());
    let paid = invoice.paid();
    let (mut payments, charges, free) =
        (invoice.payment_intents(), invoice.charges_alone(), invoice.is_free());
    let was_free = state.payments.has(id) && *state.payments.get(id) != Payment::default();
    if free || was_free {
        payments.insert(id.to_owned());
    }
    if let Some(subscription) = subscription {
        let touched = state.subscriptions.touch(&subscription);
        touched.origin = event.origin();
        touched.record_invoice(id, summary);
    }
    for charge in charges {
        if state.charges.has(&charge) {
            payments.insert(PaymentRef { charge: Some(charge), ..PaymentRef::default() }.by_charge(state));
        } else if *state.payments.get(&charge) != Payment::default() {
            // The event does not name the charge, so that it is not locked; a charge that turned out to have a payment
            // intent has left nothing here, and what it pays went with it.
            payments.insert(charge);
        }
    }
    for payment in payments {
        let known = &mut state.payments.touch(&payment).invoices;
        known.insert(id.to_owned(), paid.clone());
        payment_changed(state, &payment, event, rules);
    }
}
