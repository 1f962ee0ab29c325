//! An outgoing message, as the outbox has it.

use serde_json::Value;

/// A row of `outbox`.
#[derive(Debug, Clone, PartialEq)]
pub struct Outgoing {
    /// The topic.
    pub topic: String,
    /// The connected account; empty for the company's own.
    pub account: String,
    /// Whether it is about real money.
    pub livemode: bool,
    /// The data of the message.
    pub data: Value,
}
