//! Which lasting messages the expected state of a history calls for: the only place that knows the keys.

use super::expected_state::ExpectedState;

/// The keys of the lasting messages for this state, sorted.
pub(crate) fn lasting(expected_state: &ExpectedState) -> Vec<String> {
    let mut keys = Vec::new();
    let mut key = |when: bool, topic: &str, about: &str| {
        if when {
            keys.push(format!("{topic}/{about}"));
        }
    };
    for order in &expected_state.orders {
        key(order.was_paid, "order.paid", &order.id);
    }
    for payment in expected_state.payments.iter().filter(|payment| payment.amount_paid > 0) {
        if let Some(order) = &payment.order {
            key(true, "order.payment_received", &format!("{order}/{}", payment.id));
        }
    }
    for refund in &expected_state.refunds {
        key(refund.seen, "refund.created", &refund.id);
        key(refund.seen && refund.failed, "refund.failed", &refund.id);
        key(refund.seen && refund.status == "canceled", "refund.canceled", &refund.id);
    }
    for dispute in &expected_state.disputes {
        key(dispute.was_dispute, "dispute.opened", &dispute.id);
        key(dispute.was_inquiry, "dispute.inquiry_opened", &dispute.id);
        key(dispute.closed, "dispute.closed", &dispute.id);
        key(dispute.withdrawn, "dispute.funds_withdrawn", &dispute.id);
        key(dispute.reinstated, "dispute.funds_reinstated", &dispute.id);
    }
    for subscription in &expected_state.subscriptions {
        key(subscription.was_active, "subscription.activated", &subscription.id);
        key(subscription.ended, "subscription.canceled", &subscription.id);
    }
    for invoice in expected_state.invoices.iter().filter(|invoice| invoice.subscription.is_some()) {
        key(invoice.payment_succeeded, "subscription.payment_succeeded", &invoice.id);
        key(invoice.paid, "subscription.invoice_settled", &invoice.id);
    }
    keys.sort_unstable();
    keys
}
