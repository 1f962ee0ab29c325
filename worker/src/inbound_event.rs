//! A delivery from the broker with the event in it.

use amqp::message::EventHeaders;
use domain::decide::Prepared;
use domain::rejection::Rejection;
use domain::rules::Rules;

use crate::isolation;

/// A delivery as the broker handed it over, its event read as far as it can be.
pub struct InboundEvent {
    pub headers: EventHeaders,
    /// The bytes as they were received.
    pub body: Vec<u8>,
    /// The event, or why the body is none.
    pub event: Result<Prepared, Rejection>,
}

impl InboundEvent {
    #[must_use]
    pub fn new(headers: EventHeaders, body: Vec<u8>, rules: &Rules) -> Self {
        let event = isolation::prepare(&body, rules);
        Self { headers, body, event }
    }

    /// The event's type, where the body has one.
    #[must_use]
    pub fn kind(&self) -> Option<&str> {
        self.event.as_ref().ok().map(|prepared| prepared.event.kind.as_str())
    }

    /// The event's id, where the body has one.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.event.as_ref().ok().map(|prepared| prepared.event.id.as_str())
    }
}
