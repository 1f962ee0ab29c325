//! Applies events to the state, one by one, and says what each did.

use std::panic::{AssertUnwindSafe, catch_unwind};

use serde_json::{Map, Value, json};

use super::event::Event;
use super::order::Order;
use super::payment::Payment;
use super::rejection::{Reason, Rejection};
use super::rules::Rules;
use super::state::{Keys, State};
use crate::handlers::{self, Change};

/// An event that has been read and not yet applied.
pub struct Prepared {
    /// The event.
    pub event: Event,
    /// What it asks for, once its object has been read.
    pub intent: Intent,
}

/// What an event asks for.
pub enum Intent {
    /// A change of state.
    Change(Box<dyn Change>),
    /// Nothing; why in one word.
    Ignore(&'static str),
    /// Its object cannot be read.
    Reject(Rejection),
}

/// What became of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It took effect.
    Processed,
    /// It is nobody's business; why in one word.
    Ignored(&'static str),
    /// It did not take effect.
    Rejected(Rejection),
}

/// What an event did to one aggregate.
#[derive(Debug, Clone, PartialEq)]
pub struct Effect {
    /// `payment`, `order`, `invoice` or `subscription`.
    pub aggregate: &'static str,
    /// Its id.
    pub id: String,
    /// `{"from":{…},"to":{…},"messages":[…]}`, only what differs.
    pub change: Value,
}

impl Prepared {
    /// Reads the object of an event.
    #[must_use]
    pub fn new(event: Event) -> Self {
        let intent = match handlers::read(&event) {
            Ok(Some(change)) => Intent::Change(change),
            Ok(None) if event.thin => Intent::Ignore("thin_event_without_api_key"),
            Ok(None) => Intent::Ignore("unhandled_type"),
            Err(rejection) => Intent::Reject(rejection),
        };
        Self { event, intent }
    }

    /// What must be locked before it can be applied.
    #[must_use]
    pub fn keys(&self) -> Keys {
        let mut keys = Keys::default();
        if let Intent::Change(change) = &self.intent {
            change.keys(&mut keys);
        }
        keys
    }
}

/// Applies one event. A rejected event, and one whose handler panics, leaves the state as it was.
pub fn decide(prepared: &Prepared, state: &mut State, rules: &Rules) -> (Outcome, Vec<Effect>) {
    let change = match &prepared.intent {
        Intent::Ignore(why) => return (Outcome::Ignored(why), Vec::new()),
        Intent::Reject(rejection) => return (Outcome::Rejected(rejection.clone()), Vec::new()),
        Intent::Change(change) => change,
    };
    state.begin();
    let applied = catch_unwind(AssertUnwindSafe(|| {
        change.apply(&prepared.event, state, rules).map(|()| effects(state))
    }));
    match applied {
        Ok(Ok(effects)) => (Outcome::Processed, effects),
        Ok(Err(rejection)) => {
            state.rollback();
            (Outcome::Rejected(rejection), Vec::new())
        }
        Err(_) => {
            state.rollback();
            let words =
                format!("the handler of {} failed; the log of the worker says where", prepared.event.kind);
            (Outcome::Rejected(Rejection::permanent(Reason::HandlerPanic, words)), Vec::new())
        }
    }
}

fn effects(state: &State) -> Vec<Effect> {
    let payments = state.payments.touched().map(|(id, before, now)| {
        effect("payment", id, describe_payment(before), describe_payment(now), Vec::new())
    });
    let orders = state.orders.touched().map(|(id, before, now)| {
        let known: Vec<_> = before.messages(id).into_iter().map(|message| message.key).collect();
        let new = now.messages(id).into_iter().map(|message| message.key).filter(|key| !known.contains(key));
        effect("order", id, describe_order(before), describe_order(now), new.collect())
    });
    payments.chain(orders).collect()
}

fn effect(aggregate: &'static str, id: &str, before: Value, now: Value, messages: Vec<String>) -> Effect {
    let (Value::Object(mut from), Value::Object(mut to)) = (before, now) else {
        return Effect { aggregate, id: id.to_owned(), change: json!({}) };
    };
    let same: Vec<_> = to.keys().filter(|key| from.get(*key) == to.get(*key)).cloned().collect();
    for key in same {
        from.remove(&key);
        to.remove(&key);
    }
    let mut change = Map::new();
    if !to.is_empty() {
        change.insert("from".to_owned(), Value::Object(from));
        change.insert("to".to_owned(), Value::Object(to));
    }
    if !messages.is_empty() {
        change.insert("messages".to_owned(), json!(messages));
    }
    Effect { aggregate, id: id.to_owned(), change: Value::Object(change) }
}

fn describe_payment(payment: &Payment) -> Value {
    let summary = payment.summary();
    json!({
        "status": summary.status, "order": payment.linked, "amount": summary.amount,
        "currency": summary.currency, "amount_paid": summary.paid, "amount_refunded": summary.refunded,
        "dispute": summary.dispute, "ambiguous": payment.ambiguous(),
    })
}

fn describe_order(order: &Order) -> Value {
    let totals = order.totals();
    json!({
        "status": totals.status, "amount": totals.amount, "currency": totals.currency,
        "amount_paid": totals.paid, "amount_refunded": totals.refunded,
    })
}
