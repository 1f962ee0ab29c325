//! What a reason means to support staff, and what they can do about it. Pure.

use serde::Serialize;

use super::reason::DeadLetterReason;
use crate::common::text_enum::TextEnum;

/// What a reason means to people who do not read logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub(crate) struct Advice {
    /// What the reason means.
    pub(crate) meaning: &'static str,
    /// What to do about it.
    pub(crate) remedy: &'static str,
}

const UNKNOWN: Advice = Advice {
    meaning: "A reason that this version of the console does not know.",
    remedy: "Read the error; report it to the developers when it does not help.",
};

/// What a stored reason means and what to do about it.
pub(crate) fn of(reason: &str) -> Advice {
    let Some(reason) = DeadLetterReason::parse(reason) else { return UNKNOWN };
    let (meaning, remedy) = match reason {
        DeadLetterReason::NeedsApiKey => (
            "A thin event: it names an object that must be fetched from Stripe, and no API key is set.",
            "Set STRIPE_API_KEY and replay, or have the endpoint send snapshot events.",
        ),
        DeadLetterReason::FetchFailed => (
            "A thin event: the object that it names could not be fetched from Stripe.",
            "The error says why. Replay when Stripe answers again; discard it when the object is gone there.",
        ),
        DeadLetterReason::MissingField => (
            "The event lacks something that its type needs, as events of very old API versions do.",
            "Look at the object in Stripe's dashboard and do by hand what the event would have done. Then discard.",
        ),
        DeadLetterReason::UnexpectedObject => (
            "The event holds another kind of object than its type says.",
            "Real events from Stripe never do: find out who sent it. Discard it when it was a test.",
        ),
        DeadLetterReason::MalformedEvent => (
            "What was received is not a Stripe event.",
            "Nothing can be processed. Find out who sent it, then discard.",
        ),
        DeadLetterReason::InvalidData => (
            "The event holds a value that the database cannot store.",
            "Report it to the developers, with this page's address. Replay when it is fixed.",
        ),
        DeadLetterReason::HandlerPanic => (
            "The program panicked while it handled the event: a bug.",
            "Report it to the developers, with this page's address. Replay when a fixed version runs.",
        ),
        DeadLetterReason::DeliveryLimit => (
            "The event was delivered again and again and never settled: it probably crashes the worker.",
            "Report it to the developers before you replay it: a replay may crash workers again.",
        ),
        DeadLetterReason::DatabaseError => (
            "The database refused the event's changes again and again.",
            "Look at the health of the database. When it is healthy, replay.",
        ),
    };
    Advice { meaning, remedy }
}
