//! Compares what a history came to with what its writer knows to be true.

use domain::payment::DisputeState;
use domain::rules::Rules;
use domain::subscription::Access;
use simulator::histories::History;

use crate::memory::Memory;

/// Checks every row that the history speaks of, and its lasting messages. A row that is marked ambiguous
/// may be a guess; a row that is not must be true. Returns how many rows are true and how many are guesses.
pub(crate) fn check(history: &History, memory: &Memory) -> Tally {
    let mut tally = Tally::default();
    orders(history, memory);
    payments(history, memory, &mut tally);
    subscriptions(history, memory, &mut tally);
    let lasting: Vec<_> = memory.lasting.iter().cloned().collect();
    assert_eq!(lasting, history.truth.lasting, "{}: lasting messages", history.name);
    tally
}

/// How many objects ended true and how many are marked as guesses.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) certain: u64,
    pub(crate) ambiguous: u64,
}

impl Tally {
    /// Adds the counts of another history.
    pub(crate) fn add(&mut self, other: &Self) {
        self.certain += other.certain;
        self.ambiguous += other.ambiguous;
    }

    /// Counts an object; true when it must be as the truth has it.
    fn is_certain(&mut self, ambiguous: bool) -> bool {
        *(if ambiguous { &mut self.ambiguous } else { &mut self.certain }) += 1;
        !ambiguous
    }
}

fn orders(history: &History, memory: &Memory) {
    for truth in &history.truth.orders {
        let totals = memory.rows.orders[&truth.id].totals();
        if memory.rows.payments.values().any(|payment| payment.ambiguous()) {
            continue;
        }
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

fn payments(history: &History, memory: &Memory, tally: &mut Tally) {
    let name = history.name;
    for truth in &history.truth.payments {
        let payment = &memory.rows.payments[&truth.id];
        if !tally.is_certain(payment.ambiguous()) {
            continue;
        }
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
    }
    for truth in history.truth.refunds.iter().filter(|refund| refund.seen) {
        let payment = &memory.rows.payments[&truth.payment];
        let refund = payment.refunds[&truth.id].view();
        if payment.ambiguous() {
            continue;
        }
        assert_eq!((refund.status.as_str(), refund.amount), (truth.status, truth.amount), "{name}: refund");
    }
    for truth in &history.truth.disputes {
        let payment = &memory.rows.payments[&truth.payment];
        let file = &payment.disputes[&truth.id];
        if payment.ambiguous() {
            continue;
        }
        let dispute = file.fact.view();
        let found =
            (dispute.status.as_str(), dispute.amount, dispute.due_by, file.withdrawn, file.reinstated);
        let expected = (truth.status, truth.amount, truth.due_by, truth.withdrawn, truth.reinstated);
        assert_eq!(found, expected, "{name}: dispute {}", truth.id);
    }
}

fn subscriptions(history: &History, memory: &Memory, tally: &mut Tally) {
    let name = history.name;
    for truth in &history.truth.subscriptions {
        let subscription = &memory.rows.subscriptions[&truth.id];
        assert_eq!(subscription.paid_through(), truth.paid_through, "{name}: paid through of {}", truth.id);
        if !tally.is_certain(subscription.ambiguous()) {
            continue;
        }
        let version = subscription.version().unwrap();
        let items: Vec<_> =
            version.items.iter().map(|i| (i.price.clone(), i.product.clone(), i.quantity)).collect();
        let true_items: Vec<_> = truth
            .items
            .iter()
            .map(|i| (Some(i.price.clone()), Some(i.product.clone()), Some(i.quantity)))
            .collect();
        let access = subscription.access(&Rules::default()) == Access::Granted;
        let found = (version.status.as_str(), access, version.cancel_at_period_end);
        let expected = (truth.status, truth.access(), truth.cancel_at_period_end);
        assert_eq!(found, expected, "{name}: subscription {}", truth.id);
        assert_eq!(items, true_items, "{name}: items of subscription {}", truth.id);
        assert_eq!(subscription.customer(), Some(truth.customer.as_str()), "{name}: customer");
    }
    for truth in history.truth.invoices.iter().filter(|invoice| invoice.subscription.is_some()) {
        let invoice = &memory.rows.invoices[&truth.id];
        assert_eq!(invoice.linked, truth.subscription, "{name}: subscription of invoice {}", truth.id);
        if !tally.is_certain(invoice.fact.as_ref().is_some_and(|fact| fact.ambiguous())) {
            continue;
        }
        let version = invoice.version().unwrap();
        let found = (invoice.status(), version.amount_due, version.amount_paid, version.attempt_count);
        let expected = (Some(truth.status), truth.amount_due, truth.amount_paid, truth.attempt_count);
        assert_eq!(found, expected, "{name}: invoice {}", truth.id);
    }
}
