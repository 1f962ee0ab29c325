//! Messages to the company's own services.

use serde_json::Value;

/// A message that a state calls for. Its key makes it unique: it is sent at most once, ever.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// `<topic>/<what it is about>`.
    pub key: String,
    /// Routing key on `sluicegate.out`.
    pub topic: &'static str,
    /// True when the condition, once true, is true for ever: every order of arrival sends it. False for a
    /// notice, which is sent only if it is true at the commit that would send it.
    pub lasting: bool,
    /// The `data` of the message.
    pub data: Value,
}

impl Message {
    /// A message whose condition, once true, is true for ever.
    #[must_use]
    pub fn lasting(topic: &'static str, about: &str, data: Value) -> Self {
        Self { key: format!("{topic}/{about}"), topic, lasting: true, data }
    }

    /// A message that is true now.
    #[must_use]
    pub fn notice(topic: &'static str, about: &str, data: Value) -> Self {
        Self { key: format!("{topic}/{about}"), topic, lasting: false, data }
    }
}
