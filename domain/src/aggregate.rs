//! What charges, payments, orders, invoices and subscriptions have in common.

use std::fmt::Display;

use serde_json::Value;

use super::doubt::Doubt;
use super::keys::Keys;
use super::message::{Message, retain_unsent};
use super::origin::Origin;
use super::rules::Rules;

/// State that belongs together under one key, is locked together and derived from its object versions.
pub trait Aggregate: Clone + Default + PartialEq {
    /// What it is known by.
    type Key: Ord + Clone + Display;

    /// The word in `effects.aggregate`.
    const NAME: &'static str;

    /// The account and mode that it belongs to.
    fn origin(&self, key: &Self::Key) -> Origin;

    /// The keys of the rows of this kind among all that a batch must lock.
    fn wanted(keys: &Keys) -> Vec<Self::Key>;

    /// Adds the keys of what it is joined to, as it was loaded: that must be locked with it.
    fn joined(&self, _key: &Self::Key, _keys: &mut Keys) {}

    /// Adds itself where a decision needs parts of it that are in rows and were not loaded.
    fn missing(&self, _key: &Self::Key, _keys: &mut Keys) {}

    /// Whether nothing is known of it, so that its row can go: it was created for an event that was then rejected,
    /// or was emptied because a charge's payment became known.
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The messages that this state calls for: a function of the state alone. Not asked of an aggregate that says itself
    /// what [`Aggregate::messages_since`] does.
    fn messages(&self, _key: &Self::Key, _rules: &Rules) -> Vec<Message> {
        Vec::new()
    }

    /// The messages that this state calls for and an earlier one did not: what was called for before has been sent.
    fn messages_since(&self, before: &Self, key: &Self::Key, rules: &Rules) -> Vec<Message> {
        let mut messages = self.messages(key, rules);
        if !messages.is_empty() {
            retain_unsent(&mut messages, &before.messages(key, rules));
        }
        messages
    }

    /// The messages that the step from an earlier state to this one calls for.
    fn transitions(&self, _before: &Self, _key: &Self::Key, _rules: &Rules) -> Vec<Message> {
        Vec::new()
    }

    /// Its objects of which the events do not say enough.
    fn doubts(&self, _key: &Self::Key) -> Vec<Doubt> {
        Vec::new()
    }

    /// What people look at, as a flat JSON object; the differences are stored with the event. Null where nobody
    /// looks at it.
    fn describe(&self, _rules: &Rules) -> Value {
        Value::Null
    }
}

/// The messages that `now` calls for and `before` did not.
pub fn new_messages<T: Aggregate>(key: &T::Key, before: &T, now: &T, rules: &Rules) -> Vec<Message> {
    let mut messages = now.messages_since(before, key, rules);
    messages.extend(now.transitions(before, key, rules));
    let origin = now.origin(key);
    messages.into_iter().map(|message| message.of(origin.clone())).collect()
}
