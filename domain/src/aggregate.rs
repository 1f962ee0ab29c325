//! What payments, orders, invoices and subscriptions have in common.

use std::fmt::Display;

use serde_json::Value;

use super::message::Message;
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

    /// The messages that this state calls for: a function of the state alone.
    fn messages(&self, key: &Self::Key, rules: &Rules) -> Vec<Message>;

    /// The messages that the step from an earlier state to this one calls for.
    fn transitions(&self, _before: &Self, _key: &Self::Key, _rules: &Rules) -> Vec<Message> {
        Vec::new()
    }

    /// What people look at, as a flat JSON object; the differences are stored with the event.
    fn describe(&self, rules: &Rules) -> Value;
}
