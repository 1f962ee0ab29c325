//! A reason in plain words, and what support staff can do about it. Pure.

use serde::Serialize;

/// What a reason means to people who do not read logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub(crate) struct Advice {
    pub(crate) meaning: &'static str,
    /// What to do about it.
    pub(crate) remedy: &'static str,
}

const KNOWN: &[(&str, Advice)] = &[
    (
        "order_not_found",
        Advice {
            meaning: "The payment names an order that nobody has registered, and orders are not taken over from payments here.",
            remedy: "Register the order (sluicegate orders create, or the shop's backend), then replay.",
        },
    ),
    (
        "amount_mismatch",
        Advice {
            meaning: "The customer paid another amount than the order says. The order was not marked paid.",
            remedy: "Compare the order with the payment in Stripe. If the order is wrong, correct it (sluicegate orders correct, or the shop's backend) and replay; if the payment is wrong, refund it in Stripe and discard.",
        },
    ),
    (
        "currency_mismatch",
        Advice {
            meaning: "The customer paid in another currency than the order says. The order was not marked paid.",
            remedy: "Compare the order with the payment in Stripe. Refund the payment in Stripe and discard, or correct the order (sluicegate orders correct) and replay.",
        },
    ),
    (
        "customer_mismatch",
        Advice {
            meaning: "The payment was made by another Stripe customer than the order was registered for.",
            remedy: "Find out whose payment it is before anything is shipped. Correct the order's customer (sluicegate orders correct) and replay, or refund and discard.",
        },
    ),
    (
        "reference_code_mismatch",
        Advice {
            meaning: "The payment's reference code is missing or is not the order's. Somebody may have made a payment by hand, or tampered with one.",
            remedy: "Check in Stripe how the payment was made. Do not replay before you know; the code must be the one that the order shows.",
        },
    ),
    (
        "order_mismatch",
        Advice {
            meaning: "Two parts of one payment name different orders.",
            remedy: "Look at the payment in Stripe: the metadata of its session and its payment intent must name the same order. Correct it there, have Stripe send the event again, and discard this one.",
        },
    ),
    (
        "missing_field",
        Advice {
            meaning: "The event lacks something that its type needs, as events of very old API versions do.",
            remedy: "Look at the object in Stripe's dashboard and do by hand what the event would have done. Then discard.",
        },
    ),
    (
        "unexpected_object",
        Advice {
            meaning: "The event holds another kind of object than its type says.",
            remedy: "Real events from Stripe do not: find out who sent it. Discard it when it was a test.",
        },
    ),
    (
        "malformed_event",
        Advice {
            meaning: "What was received is not a Stripe event.",
            remedy: "Nothing can be processed. Find out who sent it, then discard.",
        },
    ),
    (
        "invalid_data",
        Advice {
            meaning: "The event holds a value that the database cannot store.",
            remedy: "Tell the developers, with this page's address. Replay when they have mended it.",
        },
    ),
    (
        "handler_panic",
        Advice {
            meaning: "The program failed while it worked on the event: a fault of ours.",
            remedy: "Tell the developers, with this page's address. Replay when a mended version runs.",
        },
    ),
    (
        "delivery_limit",
        Advice {
            meaning: "Workers took the event again and again and never finished: it probably ends the worker's process.",
            remedy: "Tell the developers before you replay it: a replay may end workers again.",
        },
    ),
    (
        "database_error",
        Advice {
            meaning: "The database refused the event's changes again and again.",
            remedy: "Look at the health of the database. When it is well, replay.",
        },
    ),
];

const UNKNOWN: Advice = Advice {
    meaning: "A reason that this version of the console does not know.",
    remedy: "Read the error; tell the developers when it does not help.",
};

/// What a reason means and what to do about it.
pub(crate) fn of(reason: &str) -> Advice {
    KNOWN.iter().find(|(word, _)| *word == reason).map_or(UNKNOWN, |(_, advice)| *advice)
}

/// The reasons that are known.
pub(crate) fn reasons() -> impl Iterator<Item = &'static str> {
    KNOWN.iter().map(|(word, _)| *word)
}
