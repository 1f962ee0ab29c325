//! What joins the aggregates: a charge to its payment, a payment to its order.
//!
//! Every handler that changed a payment ends here, so that the order always shows what its payments come
//! to, and a payment that does not match its order is refused in one place.

use super::order::Claim;
use super::rejection::{Reason, Rejection};
use super::rules::Rules;
use super::state::{Keys, State};

/// Where a refund, dispute or charge belongs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// Its payment intent, if it says.
    pub payment_intent: Option<String>,
    /// Its charge, if it says.
    pub charge: Option<String>,
    /// What stands in for both where neither is known.
    pub own_id: String,
}

impl Place {
    /// Adds what must be locked to find the payment.
    pub fn keys(&self, keys: &mut Keys) {
        keys.payments.extend(self.payment_intent.clone());
        if let Some(charge) = &self.charge {
            *keys.charges.entry(charge.clone()).or_default() |= self.payment_intent.is_none();
        }
        if self.payment_intent.is_none() && self.charge.is_none() {
            keys.payments.insert(self.own_id.clone());
        }
    }

    /// The id of the payment. Learning a charge's payment intent merges what was kept under the charge.
    pub fn payment(&self, state: &mut State) -> String {
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
    if let Some(order) = &moved.linked {
        state.orders.touch(order).payments.remove(from);
    }
    state.payments.touch(to).merge(moved);
}

/// Joins a payment that has changed to its order.
///
/// # Errors
/// [`Rejection`] when two of its objects name different orders, or when it does not match its order.
pub fn payment_changed(state: &mut State, id: &str, claim: &Claim, rules: &Rules) -> Result<(), Rejection> {
    let payment = state.payments.get(id);
    let named = payment.orders_named();
    if named.len() > 1 {
        let orders = named.into_iter().collect::<Vec<_>>().join(", ");
        return Err(Rejection::permanent(
            Reason::OrderMismatch,
            format!("the objects of payment {id} name different orders: {orders}"),
        ));
    }
    let order = payment.order().map(str::to_owned);
    let before = payment.linked.clone();
    let summary = payment.summary();
    if let Some(left) = before.as_ref().filter(|before| Some(*before) != order.as_ref()) {
        state.orders.touch(left).payments.remove(id);
    }
    if let Some(order) = &order {
        state.orders.get(order).check(order, &summary, claim, rules)?;
        state.orders.touch(order).payments.insert(id.to_owned(), summary);
    }
    state.payments.touch(id).linked = order;
    Ok(())
}

/// Joins an invoice that has changed to its subscription.
pub fn invoice_changed(state: &mut State, id: &str) {
    let invoice = state.invoices.touch(id);
    let named = invoice.version().and_then(|version| version.subscription.clone());
    invoice.linked = named.or_else(|| invoice.linked.clone());
    let (subscription, summary) = (invoice.linked.clone(), invoice.summary());
    if let Some(subscription) = subscription {
        state.subscriptions.touch(&subscription).invoices.insert(id.to_owned(), summary);
    }
}
