//! Sequences of Stripe events with the rows, the ledger and the messages that they must end in, written by hand from
//! Stripe's documentation. Each is played in the true order, reversed, doubled and in random orders with batches cut
//! anywhere.

mod access;
mod after_the_end;
mod amount_details;
mod arrivals;
mod attempts;
mod bodies;
mod captures;
mod conversions;
mod credit;
mod debits;
mod described;
mod dispute_kinds;
mod dispute_money;
mod dispute_results;
mod disputes;
mod edited_later;
mod hidden_lines;
mod holds;
mod invoice_kinds;
mod invoices;
mod ledger;
mod old_lines;
mod open_payments;
mod order_names;
mod orders;
mod paid_through;
mod prices;
mod purchases;
mod refund_kinds;
mod refunds;
mod refunds_listed;
mod releases;
mod sums;
mod tax;
mod unknown_captures;
mod usage;

use std::collections::BTreeSet;

use domain::decide::Prepared;
use domain::event::Event;
use domain::order::Expected;
use domain::rules::Rules;
use serde_json::{Value, json};

use crate::memory::Memory;

use arrivals::{Arrival, arrivals};
use described::described;

/// Events in the order in which things happened, and the store that they arrive at.
pub(super) struct Sequence {
    start: Memory,
    bodies: Vec<Value>,
}

impl Sequence {
    /// No events yet, and nothing registered.
    pub(super) fn new() -> Self {
        Self { start: Memory::default(), bodies: Vec::new() }
    }

    /// With other rules than the default ones.
    pub(super) fn under(mut self, rules: Rules) -> Self {
        self.start.rules = rules;
        self
    }

    /// Registers an order of the company's own account.
    pub(super) fn register(mut self, id: &str, customer: Option<&str>, amount: i64, currency: &str) -> Self {
        let customer = customer.map(str::to_owned);
        let expected = Expected { customer, amount, currency: currency.into(), reference_code: None };
        self.start.expected.insert(id.to_owned(), expected);
        self
    }

    /// The next event: its type, `created` and object.
    pub(super) fn then(mut self, kind: &str, at: i64, object: Value) -> Self {
        let id = format!("evt_{:02}", self.bodies.len());
        self.bodies.push(json!({
            "id": id, "object": "event", "type": kind, "created": at, "livemode": true, "data": { "object": object },
        }));
        self
    }

    /// What the object of the last event was before.
    pub(super) fn was(mut self, previous: Value) -> Self {
        self.bodies.last_mut().unwrap()["data"]["previous_attributes"] = previous;
        self
    }

    /// The last event belongs to a connected account.
    pub(super) fn of_account(mut self, account: &str) -> Self {
        self.bodies.last_mut().unwrap()["account"] = account.into();
        self
    }

    /// The last event belongs to test mode.
    pub(super) fn in_test_mode(mut self) -> Self {
        self.bodies.last_mut().unwrap()["livemode"] = false.into();
        self
    }

    /// The same sequence for an endpoint that was made after its first events.
    pub(super) fn without_first(&self, count: usize) -> Self {
        Self { start: self.start.clone(), bodies: self.bodies[count..].to_vec() }
    }

    /// Plays the sequence in every way. The lines are the rows, the ledger and the lasting messages.
    pub(super) fn ends_in(&self, expected: &[&str]) {
        self.ends_with_notices(expected, None);
    }

    /// As [`Sequence::ends_in`], but for notices: one that another order of arrival sends was true when it was sent.
    pub(super) fn ends_in_with_any_notices(&self, expected: &[&str]) {
        let expected: Vec<String> = expected.iter().map(|line| (*line).to_owned()).collect();
        assert_eq!(self.each_end(described), expected);
    }

    /// As [`Sequence::ends_in`], without messages.
    pub(super) fn rows_end_in(&self, expected: &[&str]) {
        let rows = |memory: &Memory| {
            described(memory).into_iter().filter(|line| !line.starts_with("sent ")).collect::<Vec<_>>()
        };
        assert_eq!(self.each_end(rows), expected);
    }

    /// As [`Sequence::ends_in`], and the notices of the true order are exactly these.
    pub(super) fn ends_with(&self, expected: &[&str], notices: &[&str]) {
        self.ends_with_notices(expected, Some(notices));
    }

    /// The notices of the true order.
    pub(super) fn notices(&self) -> Vec<String> {
        let events = self.events();
        let order: Vec<usize> = (0..events.len()).collect();
        self.deliver(&events, &Arrival::of(order)).notices.into_iter().collect()
    }

    /// What every order of arrival ends in.
    pub(super) fn each_end<T: PartialEq + std::fmt::Debug>(&self, read: impl Fn(&Memory) -> T) -> T {
        let events = self.events();
        let order: Vec<usize> = (0..events.len()).collect();
        let end = read(&self.deliver(&events, &Arrival::of(order)));
        for arrival in arrivals(events.len()) {
            assert_eq!(read(&self.deliver(&events, &arrival)), end, "{arrival:?}");
        }
        end
    }

    fn events(&self) -> Vec<Prepared> {
        let rules = &self.start.rules;
        let read = |body: &Value| Event::parse(body.to_string().as_bytes()).unwrap();
        self.bodies.iter().map(|body| Prepared::under(rules, read(body))).collect()
    }

    fn ends_with_notices(&self, expected: &[&str], notices: Option<&[&str]>) {
        let events = self.events();
        let true_order: Vec<usize> = (0..events.len()).collect();
        let end = self.deliver(&events, &Arrival::of(true_order));
        assert_eq!(described(&end), expected, "true order");
        if let Some(notices) = notices {
            assert_eq!(end.notices.iter().map(String::as_str).collect::<Vec<_>>(), notices);
        }
        for arrival in arrivals(events.len()) {
            let memory = self.deliver(&events, &arrival);
            let what = || {
                let kinds = arrival.order.iter().map(|&at| events[at].event.kind.as_str());
                format!("{arrival:?}: {:?}", kinds.collect::<Vec<_>>())
            };
            assert_eq!(described(&memory), expected, "{}", what());
            let extra: BTreeSet<_> = memory.notices.difference(&end.notices).collect();
            let extra: Vec<_> = extra.iter().filter(|key| !is_partial_sum(key)).collect();
            assert!(extra.is_empty(), "notices {extra:?} that the true order does not send: {}", what());
        }
    }

    fn deliver(&self, events: &[Prepared], arrival: &Arrival) -> Memory {
        let mut memory = self.start.clone();
        memory.rules.kept_parts = arrival.kept;
        for batch in arrival.order.chunks(arrival.largest.max(1)) {
            memory.deliver(&batch.iter().map(|&at| &events[at]).collect::<Vec<_>>());
        }
        assert!(memory.rejected.is_empty(), "{:?}", memory.rejected);
        memory.check_documents();
        memory
    }
}

/// A sum that a charge showed on the way is true to the charge, whichever refunds are known by then.
fn is_partial_sum(key: &str) -> bool {
    key.starts_with("order.partially_refunded/")
}
