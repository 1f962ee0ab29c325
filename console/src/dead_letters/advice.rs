//! What a reason means to support staff, and what they can do about it. Pure.

use serde::Serialize;

use super::reason::DeadLetterReason;
use crate::common::text_enum::TextEnum;

/// What a reason means to people who do not read logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub(crate) struct Advice {
    /// What happened.
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
        DeadLetterReason::OrderNotFound => (
            "The payment names an order that nobody has registered, and orders are not adopted from payments here.",
            "Register the order (sluicegate orders create, or the shop's backend), then replay.",
        ),
        DeadLetterReason::AmountMismatch => (
            "The customer paid another amount than the order says. The order was not marked paid.",
            "Compare the order with the payment in Stripe. If the order is wrong, correct it (sluicegate orders correct, or the shop's backend) and replay; if the payment is wrong, refund it in Stripe and discard.",
        ),
        DeadLetterReason::CurrencyMismatch => (
            "The customer paid in another currency than the order says. The order was not marked paid.",
            "Compare the order with the payment in Stripe. Refund the payment in Stripe and discard, or correct the order (sluicegate orders correct) and replay.",
        ),
        DeadLetterReason::CustomerMismatch => (
            "The payment was made by another Stripe customer than the order was registered for.",
            "Find out whose payment it is before anything is shipped. Correct the order's customer (sluicegate orders correct) and replay, or refund and discard.",
        ),
        DeadLetterReason::ReferenceCodeMismatch => (
            "The payment's reference code is missing or is not the order's. The payment may have been made by hand or tampered with.",
            "Check in Stripe how the payment was made. Do not replay before you know; the code must be the one that the order shows.",
        ),
        DeadLetterReason::OrderMismatch => (
            "Two parts of one payment name different orders.",
            "Look at the payment in Stripe: the metadata of its session and its payment intent must name the same order. Correct it there, have Stripe send the event again, and discard this one.",
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
