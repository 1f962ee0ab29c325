//! Applies events to the state, one by one, and says what each did.

use std::panic::{AssertUnwindSafe, catch_unwind};

use serde_json::{Map, Value, json};

use super::aggregate::Aggregate;
use super::event::Event;
use super::rejection::{Reason, Rejection};
use super::rules::Rules;
use super::state::{Keys, State, Table, new_messages};
use crate::handlers::{self, Intent};

/// An event that has been read and not yet applied.
pub struct Prepared {
    /// The event that the decision is about.
    pub event: Event,
    /// What it asks for, once its object has been read.
    pub intent: Intent,
}

/// What the domain makes of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Its handler applied it; what that changed is in the effects.
    Processed,
    /// It is not handled; the reason.
    Ignored(&'static str),
    /// It did not take effect.
    Rejected(Rejection),
}

/// What an event did to one aggregate.
#[derive(Debug, Clone, PartialEq)]
pub struct Effect {
    /// `payment`, `order`, `invoice` or `subscription`.
    pub aggregate: &'static str,
    /// The aggregate's id.
    pub id: String,
    /// `{"from":{…},"to":{…},"messages":[…]}`, only what differs.
    pub change: Value,
}

impl Prepared {
    /// Reads the object of an event.
    #[must_use]
    pub fn new(event: Event) -> Self {
        let intent = match handlers::read(&event) {
            Ok(intent) => intent,
            Err(rejection) => Intent::Reject(rejection),
        };
        Self { event, intent }
    }

    /// Reads the object of an event that these rules let in.
    #[must_use]
    pub fn under(rules: &Rules, event: Event) -> Self {
        match rules.livemode {
            Some(mode) if mode != event.livemode => Self { event, intent: Intent::Ignore("other_mode") },
            _ => Self::new(event),
        }
    }

    /// What must be locked before it can be applied.
    #[must_use]
    pub fn keys(&self) -> Keys {
        let mut keys = Keys::default();
        if let Intent::Change(change) = &self.intent {
            change.keys(&self.event, &mut keys);
        }
        keys
    }
}

/// Applies one event. A rejected event, and one whose handler panics, leaves the state as it was.
pub fn decide(prepared: &Prepared, state: &mut State, rules: &Rules) -> (Decision, Vec<Effect>) {
    let change = match &prepared.intent {
        Intent::Ignore(why) => return (Decision::Ignored(why), Vec::new()),
        Intent::Reject(rejection) => return (Decision::Rejected(rejection.clone()), Vec::new()),
        Intent::Change(change) => change,
    };
    state.begin();
    let applied = catch_unwind(AssertUnwindSafe(|| {
        change.apply(&prepared.event, state, rules).map(|()| effects(state, rules))
    }));
    match applied {
        Ok(Ok(effects)) => (Decision::Processed, effects),
        Ok(Err(rejection)) => {
            state.rollback();
            (Decision::Rejected(rejection), Vec::new())
        }
        Err(_) => {
            state.rollback();
            let detail =
                format!("the handler of {} panicked; the log of the worker says where", prepared.event.kind);
            (Decision::Rejected(Rejection::permanent(Reason::HandlerPanic, detail)), Vec::new())
        }
    }
}

fn effects(state: &State, rules: &Rules) -> Vec<Effect> {
    let mut effects = effects_on(&state.payments, rules);
    effects.extend(effects_on(&state.orders, rules));
    effects.extend(effects_on(&state.invoices, rules));
    effects.extend(effects_on(&state.subscriptions, rules));
    effects
}

fn effects_on<T: Aggregate>(table: &Table<T, T::Key>, rules: &Rules) -> Vec<Effect> {
    let effect_on = |(id, before, now): (&T::Key, &T, &T)| {
        let messages = new_messages(id, before, now, rules).into_iter().map(|message| message.key).collect();
        effect(T::NAME, &id.to_string(), before.describe(rules), now.describe(rules), messages)
    };
    table.touched().map(effect_on).collect()
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
