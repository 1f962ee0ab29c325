//! Compares the result of a history with its expected state.

use std::collections::BTreeSet;

use domain::order::Order;
use domain::origin::{OrderKey, Origin};
use domain::payment::DisputeState;
use domain::rules::Rules;
use domain::subscription::Access;
use histories::{ExpectedDispute, History};
use serde_json::{Value, json};

use crate::memory::Memory;

/// Checks every row that the history speaks of, and its lasting messages. A row that is marked ambiguous
/// may differ; a row that is not must be right. Returns how many rows are right and how many are ambiguous.
pub(crate) fn check(history: &History, memory: &Memory) -> Tally {
    let mut tally = Tally::default();
    orders(history, memory);
    payments(history, memory, &mut tally);
    ledger(history, memory);
    subscriptions(history, memory, &mut tally);
    // The key of a change ends in a hash of the state that it led to.
    let is_change = |key: &&String| key.starts_with("subscription.changed/");
    let lasting: Vec<_> = memory.lasting.iter().filter(|key| !is_change(key)).cloned().collect();
    assert_eq!(lasting, history.expected_state.lasting, "{}: lasting messages", history.name);
    let changes = memory.lasting.iter().filter(is_change).count();
    assert_eq!(changes, visible_changes(history), "{}: changes of subscriptions", history.name);
    tally
}

/// How many changes of subscriptions that people see the events report, one that two events report once.
fn visible_changes(history: &History) -> usize {
    let bodies = history.events.iter().map(|event| serde_json::from_slice::<Value>(&event.body).unwrap());
    let changes = bodies.filter_map(|body| {
        let (object, previous) = (&body["data"]["object"], body["data"]["previous_attributes"].as_object()?);
        let mut before = object.clone();
        for (field, old) in previous {
            before[field] = old.clone();
        }
        let is_change = object["object"] == "subscription" && visible(&before) != visible(object);
        is_change.then(|| (body["created"].as_i64(), object.to_string()))
    });
    changes.collect::<BTreeSet<_>>().len()
}

fn visible(subscription: &Value) -> Vec<Value> {
    let items = subscription["items"]["data"].as_array().into_iter().flatten();
    let mut seen: Vec<Value> = items.map(|item| json!([item["price"]["id"], item["quantity"]])).collect();
    let fields = ["status", "cancel_at_period_end", "cancel_at", "trial_end"];
    seen.extend(fields.map(|field| subscription[field].clone()));
    seen.push(subscription["pause_collection"].is_object().into());
    seen
}

/// How many objects ended as expected and how many are marked ambiguous.
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

    /// Counts an object; true when it must be as the expected state has it.
    fn is_certain(&mut self, ambiguous: bool) -> bool {
        *(if ambiguous { &mut self.ambiguous } else { &mut self.certain }) += 1;
        !ambiguous
    }
}

/// The trial balance: the movements of each payment add up to what was captured, less what was refunded and what
/// disputes took and did not give back.
pub(crate) fn ledger(history: &History, memory: &Memory) {
    for expected_state in &history.expected_state.payments {
        let payment = memory.whole_payment(&expected_state.id);
        if payment.ambiguous() {
            continue;
        }
        let of_payment = |dispute: &&ExpectedDispute| dispute.payment == expected_state.id;
        let withheld: i64 =
            history.expected_state.disputes.iter().filter(of_payment).map(ExpectedDispute::withheld).sum();
        let movements = payment.movements(&expected_state.id);
        assert_eq!(
            movements.iter().map(|movement| movement.amount).sum::<i64>(),
            expected_state.amount_paid - expected_state.amount_refunded - withheld,
            "{}: ledger of payment {}: {movements:?}",
            history.name,
            expected_state.id
        );
        let keys: BTreeSet<_> = movements.iter().map(|movement| &movement.key).collect();
        assert_eq!(keys.len(), movements.len(), "{}: a movement is there twice: {movements:?}", history.name);
    }
}

fn orders(history: &History, memory: &Memory) {
    for expected_state in &history.expected_state.orders {
        let origin = Origin { account: expected_state.account.clone(), livemode: expected_state.livemode };
        let totals = memory.rows.orders[&OrderKey::new(&origin, &expected_state.id)].totals();
        if memory.rows.payments.values().any(|payment| payment.ambiguous()) {
            continue;
        }
        let found = (
            totals.status.as_str(),
            totals.amount,
            totals.paid,
            totals.refunded,
            totals.currency.as_deref(),
            totals.customer,
        );
        let expected = (
            expected_state.status,
            Some(expected_state.amount),
            expected_state.amount_paid,
            expected_state.amount_refunded,
            Some(expected_state.currency),
            expected_state.customer.clone(),
        );
        assert_eq!(found, expected, "{}: order {}", history.name, expected_state.id);
    }
    for unpaid in &history.expected_state.unpaid_orders {
        let totals = memory.order("", unpaid).map(Order::totals).unwrap_or_default();
        assert_eq!((totals.paid, totals.refunded), (0, 0), "{}: order {unpaid} was not paid", history.name);
    }
    for absent in &history.expected_state.absent_orders {
        assert!(memory.order("", absent).is_none(), "{}: order {absent}", history.name);
    }
}

fn payments(history: &History, memory: &Memory, tally: &mut Tally) {
    let name = history.name;
    for expected_state in &history.expected_state.payments {
        let payment = &memory.rows.payments[&expected_state.id];
        if !tally.is_certain(payment.ambiguous()) {
            continue;
        }
        let summary = payment.summary();
        let found = (
            summary.status.as_str(),
            summary.amount,
            summary.paid,
            summary.refunded,
            summary.dispute.map(DisputeState::as_str),
            payment.linked.as_deref(),
        );
        let expected = (
            expected_state.status,
            Some(expected_state.amount),
            expected_state.amount_paid,
            expected_state.amount_refunded,
            expected_state.dispute,
            expected_state.order.as_deref(),
        );
        assert_eq!(found, expected, "{name}: payment {}", expected_state.id);
    }
    for expected_state in history.expected_state.refunds.iter().filter(|refund| refund.seen) {
        let payment = memory.whole_payment(&expected_state.payment);
        let refund = payment.refunds.known_part(&expected_state.id).unwrap().latest();
        if payment.ambiguous() {
            continue;
        }
        assert_eq!(
            (refund.status.as_str(), refund.amount),
            (expected_state.status, expected_state.amount),
            "{name}: refund"
        );
    }
    for expected_state in &history.expected_state.disputes {
        let payment = memory.whole_payment(&expected_state.payment);
        let file = payment.disputes.known_part(&expected_state.id).unwrap();
        if payment.ambiguous() {
            continue;
        }
        let dispute = file.versions.latest();
        let moved = |sign: i64| file.movements().iter().any(|(_, amount, _)| amount.signum() == sign);
        let found = (dispute.status.as_str(), dispute.amount, dispute.due_by, moved(-1), moved(1));
        let expected = (
            expected_state.status,
            expected_state.amount,
            expected_state.due_by,
            expected_state.withdrawn,
            expected_state.reinstated,
        );
        assert_eq!(found, expected, "{name}: dispute {}", expected_state.id);
    }
}

fn subscriptions(history: &History, memory: &Memory, tally: &mut Tally) {
    let name = history.name;
    for expected_state in &history.expected_state.subscriptions {
        let subscription = &memory.rows.subscriptions[&expected_state.id];
        assert_eq!(
            subscription.paid_through(),
            expected_state.paid_through,
            "{name}: paid through of {}",
            expected_state.id
        );
        if !tally.is_certain(subscription.ambiguous()) {
            continue;
        }
        let version = subscription.version().unwrap();
        let items: Vec<_> =
            version.items.iter().map(|i| (i.price.clone(), i.product.clone(), i.quantity)).collect();
        let true_items: Vec<_> = expected_state
            .items
            .iter()
            .map(|i| (Some(i.price.clone()), Some(i.product.clone()), i.quantity))
            .collect();
        let access = subscription.access(&Rules::default()) == Access::Granted;
        let found = (version.status.as_str(), access, version.cancel_at_period_end);
        let expected = (expected_state.status, expected_state.access(), expected_state.cancel_at_period_end);
        assert_eq!(found, expected, "{name}: subscription {}", expected_state.id);
        assert_eq!(items, true_items, "{name}: items of subscription {}", expected_state.id);
        assert_eq!(subscription.customer(), Some(expected_state.customer.as_str()), "{name}: customer");
    }
    for expected_state in
        history.expected_state.invoices.iter().filter(|invoice| invoice.subscription.is_some())
    {
        let invoice = &memory.rows.invoices[&expected_state.id];
        assert_eq!(
            invoice.linked, expected_state.subscription,
            "{name}: subscription of invoice {}",
            expected_state.id
        );
        if !tally.is_certain(invoice.versions.as_ref().is_some_and(|versions| versions.ambiguous())) {
            continue;
        }
        let version = invoice.version().unwrap();
        let found = (invoice.status(), version.amount_due, version.amount_paid, version.attempt_count);
        let expected = (
            Some(expected_state.status),
            expected_state.amount_due,
            expected_state.amount_paid,
            expected_state.attempt_count,
        );
        assert_eq!(found, expected, "{name}: invoice {}", expected_state.id);
        if !expected_state.hides_lines {
            let end = invoice.summary().period.map(|period| period.end);
            assert_eq!(end, expected_state.period_end, "{name}: period of invoice {}", expected_state.id);
        }
    }
}
