//! Compares what a history came to with what its writer knows to be true.

use simulator::histories::History;
use worker::domain::payment::DisputeState;
use worker::domain::rules::Rules;
use worker::domain::subscription::Access;

use crate::memory::Memory;

/// Checks every row that the history speaks of, and its lasting messages.
pub(crate) fn check(history: &History, memory: &Memory) {
    orders(history, memory);
    payments(history, memory);
    subscriptions(history, memory);
    let lasting: Vec<_> = memory.lasting.iter().cloned().collect();
    assert_eq!(lasting, history.truth.lasting, "{}: lasting messages", history.name);
}

fn orders(history: &History, memory: &Memory) {
    for truth in &history.truth.orders {
        let totals = memory.rows.orders[&truth.id].totals();
        let found = (
            totals.status.word(),
            totals.amount,
            totals.paid,
            totals.refunded,
            totals.currency.as_deref(),
            totals.customer,
        );
        let expected = (
            truth.status,
            Some(truth.amount),
            truth.amount_paid,
            truth.amount_refunded,
            Some(truth.currency),
            truth.customer.clone(),
        );
        assert_eq!(found, expected, "{}: order {}", history.name, truth.id);
    }
}

fn payments(history: &History, memory: &Memory) {
    let name = history.name;
    for truth in &history.truth.payments {
        let payment = &memory.rows.payments[&truth.id];
        let summary = payment.summary();
        let found = (
            summary.status.word(),
            summary.amount,
            summary.paid,
            summary.refunded,
            summary.dispute.map(DisputeState::word),
            payment.linked.as_deref(),
        );
        let expected = (
            truth.status,
            Some(truth.amount),
            truth.amount_paid,
            truth.amount_refunded,
            truth.dispute,
            truth.order.as_deref(),
        );
        assert_eq!(found, expected, "{name}: payment {}", truth.id);
        assert!(!payment.ambiguous(), "{name}: payment {} is a guess", truth.id);
    }
    for truth in history.truth.refunds.iter().filter(|refund| refund.seen) {
        let refund = memory.rows.payments[&truth.payment].refunds[&truth.id].view();
        assert_eq!((refund.status.as_str(), refund.amount), (truth.status, truth.amount), "{name}: refund");
    }
    for truth in &history.truth.disputes {
        let file = &memory.rows.payments[&truth.payment].disputes[&truth.id];
        let dispute = file.fact.view();
        let found =
            (dispute.status.as_str(), dispute.amount, dispute.due_by, file.withdrawn, file.reinstated);
        let expected = (truth.status, truth.amount, truth.due_by, truth.withdrawn, truth.reinstated);
        assert_eq!(found, expected, "{name}: dispute {}", truth.id);
    }
}

fn subscriptions(history: &History, memory: &Memory) {
    let name = history.name;
    for truth in &history.truth.subscriptions {
        let subscription = &memory.rows.subscriptions[&truth.id];
        let version = subscription.version().unwrap();
        let items: Vec<_> =
            version.items.iter().map(|i| (i.price.clone(), i.product.clone(), i.quantity)).collect();
        let true_items: Vec<_> = truth
            .items
            .iter()
            .map(|i| (Some(i.price.clone()), Some(i.product.clone()), Some(i.quantity)))
            .collect();
        let access = subscription.access(&Rules::default()) == Access::Granted;
        let found =
            (version.status.as_str(), access, subscription.paid_through(), version.cancel_at_period_end);
        let expected = (truth.status, truth.access(), truth.paid_through, truth.cancel_at_period_end);
        assert_eq!(found, expected, "{name}: subscription {}", truth.id);
        assert_eq!(items, true_items, "{name}: items of subscription {}", truth.id);
        assert_eq!(subscription.customer(), Some(truth.customer.as_str()), "{name}: customer");
    }
    for truth in history.truth.invoices.iter().filter(|invoice| invoice.subscription.is_some()) {
        let invoice = &memory.rows.invoices[&truth.id];
        let version = invoice.version().unwrap();
        let found = (invoice.status(), version.amount_due, version.amount_paid, version.attempt_count);
        let expected = (Some(truth.status), truth.amount_due, truth.amount_paid, truth.attempt_count);
        assert_eq!(found, expected, "{name}: invoice {}", truth.id);
        assert_eq!(invoice.linked, truth.subscription, "{name}: subscription of invoice {}", truth.id);
    }
}
