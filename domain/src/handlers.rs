//! What each event type does to the state: one file for each Stripe object.
//!
//! A new event type is one handler file and one line in [`HANDLERS`]. Handlers are pure: they read the
//! event's object, say what must be locked, and change the locked state. They must never do I/O.

mod charge;
mod checkout_session;
mod dispute;
mod invoice;
mod invoice_payment;
mod payment_intent;
mod refund;
mod subscription;

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::event::Event;
use crate::keys::Keys;
use crate::message::{self, Topic};
use crate::rejection::{Reason, Rejection};
use crate::rules::Rules;
use crate::state::State;

/// What an event asks for, its object having been read.
pub trait Change: Send + Sync {
    /// Names everything that [`Change::apply`] may touch.
    fn keys(&self, event: &Event, keys: &mut Keys);

    /// Changes the state.
    ///
    /// # Errors
    /// [`Rejection`] when the event must not take effect; the caller undoes what was changed.
    fn apply(&self, event: &Event, state: &mut State, rules: &Rules) -> Result<(), Rejection>;

    /// Itself, as what an event asks for.
    fn into_intent(self) -> Intent
    where
        Self: Sized + 'static,
    {
        Intent::Change(Box::new(self))
    }
}

/// What an event asks for.
pub enum Intent {
    /// A change of state.
    Change(Box<dyn Change>),
    /// The event is recorded as ignored, for this reason.
    Ignore(&'static str),
    /// Its object cannot be read.
    Reject(Rejection),
}

type Read = fn(&Event) -> Result<Intent, Rejection>;

/// The event types of one Stripe object.
pub struct Handler {
    /// The name of its file, without the ending.
    pub file: &'static str,
    /// The event types, and what each does, for the documentation.
    pub types: &'static [(&'static str, &'static str)],
    /// The messages that they may emit.
    emits: &'static [&'static [&'static Topic]],
    read: Read,
}

impl Handler {
    /// The messages that its events may emit.
    pub fn topics(&self) -> impl Iterator<Item = &'static Topic> {
        self.emits.iter().copied().flatten().copied()
    }
}

/// What an event of a payment may call for. Its objects arrive in any order, so that each may be the one that was
/// missing for any of these.
const OF_A_PAYMENT: &[&Topic] = &[
    &message::ORDER_PAID.topic,
    &message::ORDER_OVERPAID.topic,
    &message::ORDER_PAYMENT_RECEIVED.topic,
    &message::PAYMENT_HELD.topic,
    &message::PAYMENT_RELEASED.topic,
    &message::ORDER_PROCESSING.topic,
    &message::ORDER_PAYMENT_FAILED.topic,
    &message::ORDER_CANCELED.topic,
    &message::ORDER_EXPIRED.topic,
    &message::ORDER_PARTIALLY_REFUNDED.topic,
    &message::ORDER_REFUNDED.topic,
    &message::REFUND_CREATED.topic,
    &message::REFUND_FAILED.topic,
    &message::REFUND_CANCELED.topic,
    &message::DISPUTE_OPENED.topic,
    &message::DISPUTE_INQUIRY_OPENED.topic,
    &message::DISPUTE_CLOSED.topic,
    &message::DISPUTE_FUNDS_WITHDRAWN.topic,
    &message::DISPUTE_FUNDS_REINSTATED.topic,
];

/// The handlers of all Stripe objects; a type that two of them take refuses to start.
pub const HANDLERS: &[Handler] = &[
    charge::HANDLER,
    checkout_session::HANDLER,
    dispute::HANDLER,
    invoice::HANDLER,
    invoice_payment::HANDLER,
    payment_intent::HANDLER,
    refund::HANDLER,
    subscription::HANDLER,
];

static BY_TYPE: LazyLock<HashMap<&'static str, Read>> = LazyLock::new(|| {
    let mut by_type = HashMap::new();
    for handler in HANDLERS {
        for (kind, _) in handler.types {
            assert!(by_type.insert(*kind, handler.read).is_none(), "two handlers for {kind}");
        }
    }
    by_type
});

/// Refuses to start with two handlers for one type.
///
/// # Panics
/// When two handlers name the same type.
pub fn check() {
    LazyLock::force(&BY_TYPE);
}

/// Whether a handler takes events of this type.
#[must_use]
pub fn handles(kind: &str) -> bool {
    BY_TYPE.contains_key(kind)
}

/// Reads the object of an event. A type that no handler knows asks for nothing.
///
/// # Errors
/// [`Rejection`] when the object lacks what the type needs or is of another kind.
pub fn read(event: &Event) -> Result<Intent, Rejection> {
    if event.thin {
        return thin(event);
    }
    match BY_TYPE.get(event.kind.as_str()) {
        Some(read) => read(event),
        None => Ok(Intent::Ignore("unhandled_type")),
    }
}

/// A thin event carries no object: without an API key to fetch it with, one of a handled type must not pass unseen.
/// Types of API v1 are named `v1.charge.refunded` (<https://docs.stripe.com/event-destinations#thin-events>).
fn thin(event: &Event) -> Result<Intent, Rejection> {
    let kind = event.kind.strip_prefix("v1.").unwrap_or(&event.kind);
    if handles(kind) || kind == EVENTS_WERE_LOST {
        let detail =
            format!("{} is a thin event: its object must be fetched with STRIPE_API_KEY", event.kind);
        return Err(Rejection::permanent(Reason::NeedsApiKey, detail));
    }
    Ok(Intent::Ignore("unhandled_type"))
}

/// What the types of [`fetched`](crate::fetched) do.
const FETCHED: &str = "Sluicegate's own: the object as Stripe's API returned it";

/// Stripe failed to make events that no list will ever show.
pub const EVENTS_WERE_LOST: &str = "v2.core.health.event_generation_failure.resolved";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_handler_file_is_in_the_list_and_no_type_is_listed_twice() {
        check();
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/handlers");
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
            .collect();
        files.sort();
        let mut listed: Vec<&str> = HANDLERS.iter().map(|handler| handler.file).collect();
        listed.sort_unstable();
        assert_eq!(files, listed);
    }

    #[test]
    fn every_type_that_an_endpoint_must_send_is_handled() {
        for kind in crate::NEEDED.iter().flat_map(|(kinds, ..)| kinds.iter()) {
            assert!(BY_TYPE.contains_key(kind), "{kind}");
        }
    }

    #[test]
    fn the_page_of_events_says_what_the_code_does() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/EVENTS.md");
        let page = std::fs::read_to_string(path).unwrap();
        assert_eq!(page, crate::events_page(), "write it again: cargo run -p domain --example events-page");
    }
}
