//! What payments, orders, invoices and subscriptions have in common.

use serde_json::Value;

use super::message::Message;
use super::rules::Rules;

/// State that belongs together under one id, is locked together and derived from its facts.
pub trait Aggregate: Clone + Default + PartialEq {
    /// The word in `effects.aggregate`.
    const NAME: &'static str;

    /// The messages that this state calls for: a function of the state alone.
    fn messages(&self, id: &str, rules: &Rules) -> Vec<Message>;

    /// What people look at, as a flat JSON object; the differences are stored with the event.
    fn describe(&self, rules: &Rules) -> Value;
}
