//! Which lasting outgoing messages the expected state of a history calls for: the only file that knows the keys.

use super::expected_state::{ExpectedPayment, ExpectedState};

/// The keys of the lasting messages for this expected state, sorted.
pub(crate) fn lasting(expected_state: &ExpectedState) -> Vec<String> {
    let mut keys = Vec::new();
    let mut key = |when: bool, topic: &str, about: &str| {
        if when {
            keys.push(format!("{topic}/{about}"));
        }
    };
    for order in &expected_state.orders {
        key(order.was_paid, &of_account(&order.account, "order.paid"), &order.id);
    }
    for payment in expected_state.payments.iter().filter(|payment| payment.amount_paid > 0) {
        if let Some(order) = &payment.order {
            let topic = of_account(&payment.account, "order.payment_received");
            key(true, &topic, &format!("{order}/{}", payment.id));
        }
    }
    for refund in &expected_state.refunds {
        let of_payment = |payment: &&ExpectedPayment| payment.id == refund.payment;
        let payment = expected_state.payments.iter().find(of_payment);
        let topic = |topic| of_account(payment.map_or("", |payment| &payment.account), topic);
        key(refund.seen, &topic("refund.created"), &refund.id);
        key(refund.seen && refund.failed, &topic("refund.failed"), &refund.id);
        key(refund.seen && refund.status == "canceled", &topic("refund.canceled"), &refund.id);
    }
    for dispute in &expected_state.disputes {
        key(dispute.was_dispute, "dispute.opened", &dispute.id);
        key(dispute.was_inquiry, "dispute.inquiry_opened", &dispute.id);
        key(dispute.closed, "dispute.closed", &dispute.id);
        if let Some(result) = dispute.appeal {
            key(true, "dispute.closed", &format!("{}/{result}", dispute.id));
        }
        key(dispute.withdrawn, "dispute.funds_withdrawn", &dispute.id);
        if let Some(transaction) = &dispute.withdrawn_again {
            key(true, "dispute.funds_withdrawn", &format!("{}/{transaction}", dispute.id));
        }
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
    // A key is unique within a mode, and here nothing stands before it: a live and a test order may have one id.
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// A key is unique within an account: a connected account's stands before its topic.
fn of_account(account: &str, topic: &str) -> String {
    if account.is_empty() { topic.to_owned() } else { format!("{account} {topic}") }
}
