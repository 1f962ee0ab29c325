//! What an event did to one aggregate, in short: what support staff read later, and what a preview shows.

use serde_json::{Map, Value, json};

use super::aggregate::{Aggregate, new_messages};
use super::rules::Rules;

/// What an event did to one aggregate.
#[derive(Debug, Clone, PartialEq)]
pub struct Effect {
    /// `payment`, `order`, `invoice` or `subscription`.
    pub aggregate: &'static str,
    /// Its id.
    pub id: String,
    /// `{"from":{…},"to":{…},"messages":[…]}`, only what differs.
    pub change: Value,
    /// The keys of the messages that it called for.
    pub messages: Vec<String>,
}

impl Effect {
    /// What lies between two states of an aggregate; `None` where nobody looks at it.
    pub(crate) fn on<T: Aggregate>(key: &T::Key, before: &T, now: &T, rules: &Rules) -> Option<Self> {
        let (Value::Object(from), Value::Object(to)) = (before.describe(rules), now.describe(rules)) else {
            return None;
        };
        let messages: Vec<String> =
            new_messages(key, before, now, rules).into_iter().map(|message| message.key).collect();
        let change = change(from, to, &messages);
        Some(Self { aggregate: T::NAME, id: key.to_string(), change, messages })
    }

    /// Leaves the messages out of what people see: they are not sent.
    pub(crate) fn be_quiet(&mut self) {
        if let Value::Object(change) = &mut self.change {
            change.remove("messages");
        }
    }
}

fn change(mut from: Map<String, Value>, mut to: Map<String, Value>, messages: &[String]) -> Value {
    to.retain(|field, value| from.get(field) != Some(value));
    from.retain(|field, _| to.contains_key(field));
    let mut change = Map::new();
    if !to.is_empty() {
        change.insert("from".to_owned(), Value::Object(from));
        change.insert("to".to_owned(), Value::Object(to));
    }
    if !messages.is_empty() {
        change.insert("messages".to_owned(), json!(messages));
    }
    Value::Object(change)
}
