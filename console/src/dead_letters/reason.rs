//! Why events become dead letters.

use crate::common::text_enum::text_enum;

text_enum! {
    /// Why an event became a dead letter: what workers write, and what only the broker knows. A stored reason may also
    /// be one of another version, or of a foreign message, and is therefore kept as text.
    pub(crate) enum DeadLetterReason {
        /// A thin event whose object must be fetched, and no API key to fetch it with.
        NeedsApiKey = "needs_api_key",
        /// The object of a thin event could not be fetched from Stripe.
        FetchFailed = "fetch_failed",
        /// The object lacks what its type needs.
        MissingField = "missing_field",
        /// The event carries another kind of object than its type says.
        UnexpectedObject = "unexpected_object",
        /// The body is not a Stripe event.
        MalformedEvent = "malformed_event",
        /// A value that the database cannot store.
        InvalidData = "invalid_data",
        /// The handler of the event's type panicked.
        HandlerPanic = "handler_panic",
        /// The broker delivered the event too often without its being settled.
        DeliveryLimit = "delivery_limit",
        /// The database refused the changes.
        DatabaseError = "database_error",
    }
}

#[cfg(test)]
mod tests {
    use super::DeadLetterReason;
    use crate::common::text_enum::TextEnum;

    #[test]
    fn every_reason_of_the_workers_is_known() {
        for reason in domain::rejection::Reason::ALL {
            assert!(DeadLetterReason::parse(reason.as_str()).is_some(), "{}", reason.as_str());
        }
        assert_eq!(DeadLetterReason::ALL.len(), domain::rejection::Reason::ALL.len() + 1);
    }
}
