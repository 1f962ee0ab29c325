//! What became of an event.

use crate::common::text_enum::text_enum;

text_enum! {
    /// What became of an event.
    pub(crate) enum EventOutcome {
        Processed = "processed",
        /// Its type or its content is not handled.
        Ignored = "ignored",
        /// It will be retried.
        Retrying = "retrying",
        /// It became a dead letter.
        Dead = "dead",
    }
}

impl EventOutcome {
    /// Whether no worker will touch the event again.
    pub(crate) fn is_final(self) -> bool {
        matches!(self, EventOutcome::Processed | EventOutcome::Ignored)
    }
}

text_enum! {
    /// What an event may change.
    #[derive(PartialOrd, Ord)]
    pub(crate) enum AggregateKind {
        Order = "order",
        Payment = "payment",
        Subscription = "subscription",
        Invoice = "invoice",
    }
}
