//! Drift that a test plants: events that never come, and columns that somebody changes by hand.

use std::collections::BTreeSet;

use e2e::System;
use serde_json::Value;
use simulator::histories::{self, History, Kind, SimEvent};

/// Rows of each kind that are planted in each way.
const EACH: usize = 25;

/// The kinds of rows, each with the kinds of history that have them, and what somebody does to it by hand.
const KINDS: [(&str, &[Kind], &[&str]); 5] = [
    (
        "payments",
        &[Kind::Card, Kind::Direct, Kind::Retries],
        &[
            "amount_paid = amount_paid + 7",
            "status = 'pending'",
            "customer = 'cus_other'",
            "amount = amount + 1",
        ],
    ),
    (
        "refunds",
        &[Kind::RefundPartial, Kind::RefundFull, Kind::RefundSeveral, Kind::RefundFailed],
        &["amount = amount + 1", "status = 'canceled'", "reason = 'other'", "charge = 'ch_other'"],
    ),
    (
        "disputes",
        &[Kind::DisputeOpen, Kind::DisputeWon, Kind::DisputeLost, Kind::DisputeAfterRefund],
        &["amount = amount + 1", "status = 'other'", "reason = 'other'", "due_by = now()"],
    ),
    (
        "subscriptions",
        &[Kind::Subscription, Kind::Trial, Kind::SentInvoice],
        &["customer = 'cus_other'", "status = 'paused'", "paid_through = now()", "items = '[]'"],
    ),
    (
        "invoices",
        &[Kind::Subscription, Kind::SentInvoice],
        &[
            "amount_paid = amount_paid + 1",
            "status = 'open', amount_due = 1",
            "customer = 'cus_other'",
            "currency = 'xxx'",
        ],
    ),
];

/// The rows beside them that somebody changes.
const ORDERS: (&str, &str) = ("orders", "amount_paid = amount_paid + 1");

/// Histories for every kind of row: one way of planting after the other.
pub(crate) fn drift_histories(seed: u64) -> Vec<History> {
    let of = |(at, (_, kinds, _)): (usize, &(&str, &[Kind], &[&str]))| -> Vec<History> {
        let number = |index: usize| u64::try_from(at * 1000 + index).unwrap();
        let written = (0..).map(|index| histories::write(seed, number(index), kinds));
        written.filter(|history| id(at, history).is_some()).take(2 * EACH).collect()
    };
    KINDS.iter().enumerate().flat_map(of).collect()
}

/// The row of a history that drift is planted in.
fn id(at: usize, history: &History) -> Option<String> {
    let expected = &history.expected_state;
    match at {
        0 => expected.payments.first().map(|payment| payment.id.clone()),
        1 => expected.refunds.iter().find(|refund| refund.seen).map(|refund| refund.id.clone()),
        2 => expected.disputes.first().map(|dispute| dispute.id.clone()),
        3 => expected.subscriptions.first().map(|subscription| subscription.id.clone()),
        _ => expected.invoices.iter().find(|i| i.subscription.is_some()).map(|invoice| invoice.id.clone()),
    }
}

/// What a test plants.
#[derive(Debug, Default)]
pub(crate) struct Planted {
    /// Rows that somebody changes, by table and id.
    pub(crate) by_hand: BTreeSet<(String, String)>,
    /// Objects of which events never come.
    pub(crate) never_came: Vec<String>,
    /// Those events, by id.
    lost: BTreeSet<String>,
}

impl Planted {
    /// Of the histories of each kind of row every other one is changed by hand; of the rest events never come.
    pub(crate) fn choose(histories: &[History]) -> Planted {
        let mut planted = Planted::default();
        for (number, history) in histories.iter().enumerate() {
            let at = number / (2 * EACH);
            let id = id(at, history).unwrap();
            if number % 2 == 0 {
                // What hangs on a payment is compared with it.
                let orders = history.expected_state.orders.iter().filter(|_| at == 0 && number % 10 == 0);
                planted.by_hand.extend(orders.map(|order| (ORDERS.0.to_owned(), order.id.clone())));
                planted.by_hand.insert((KINDS[at].0.to_owned(), id));
            } else {
                planted.lost.extend(lost(history, &id).map(|event| event.id.clone()));
                planted.never_came.push(id);
            }
        }
        planted
    }

    /// What is delivered.
    pub(crate) fn delivered(&self, histories: &[History]) -> Vec<Vec<u8>> {
        let events = histories.iter().flat_map(|history| &history.events);
        events.filter(|event| !self.lost.contains(&event.id)).map(|event| event.body.clone()).collect()
    }

    /// The events about an object: their type, its status, when, and whether they came.
    pub(crate) fn events(&self, histories: &[History], id: &str) -> Vec<String> {
        let all = histories.iter().flat_map(|history| about(history, id));
        let described = |event: &SimEvent| {
            let came = !self.lost.contains(&event.id);
            format!("{} {} {} came: {came}", event.kind, object(event)["status"], event.created)
        };
        all.map(described).collect()
    }

    /// The bodies of the histories of which events never come: they name all that may differ.
    pub(crate) fn bodies_of_lost(&self, histories: &[History]) -> String {
        let lost = histories.iter().filter(|h| h.events.iter().any(|event| self.lost.contains(&event.id)));
        lost.flat_map(|history| &history.events).map(|e| String::from_utf8_lossy(&e.body)).collect()
    }

    /// Changes one row after the other, each kind of row in several ways.
    pub(crate) async fn change_by_hand(&mut self, system: &System) {
        for (number, (table, id)) in self.by_hand.iter().enumerate() {
            let change = match KINDS.iter().find(|kind| kind.0 == table) {
                Some((_, _, changes)) => changes[number % changes.len()],
                None => ORDERS.1,
            };
            system.execute(&format!("UPDATE {table} SET {change} WHERE id = '{id}'")).await;
        }
    }
}

/// The events about an object and the payment's charges that never come: those that brought its last status, or all of
/// them where it never had another.
fn lost<'a>(history: &'a History, id: &str) -> impl Iterator<Item = &'a SimEvent> {
    let about = about(history, id);
    let statuses: Vec<Value> = about.iter().map(|event| object(event)["status"].clone()).collect();
    let last = statuses.last().cloned().unwrap_or_default();
    let is_payment = id.starts_with("pi_") || id.starts_with("ch_");
    let from = statuses.iter().rposition(|status| *status != last).filter(|_| !is_payment);
    about.into_iter().skip(from.map_or(0, |at| at + 1))
}

/// The events about an object or about what names it as its payment.
fn about<'a>(history: &'a History, id: &str) -> Vec<&'a SimEvent> {
    let names = |object: &Value| object["id"] == id || object["payment_intent"] == id;
    history.events.iter().filter(|event| names(&object(event))).collect()
}

fn object(event: &SimEvent) -> Value {
    let body: Value = serde_json::from_slice(&event.body).unwrap();
    body["data"]["object"].clone()
}
