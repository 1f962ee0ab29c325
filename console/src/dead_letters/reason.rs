//! Why events become dead letters.

use crate::common::text_enum::text_enum;

text_enum! {
    /// Why an event became a dead letter: what workers write, and what only the broker knows. A stored reason may also
    /// be one of another version, or of a foreign message, and is therefore kept as text.
    pub(crate) enum DeadLetterReason {
        /// The payment names an order that is not registered.
        OrderNotFound = "order_not_found",
        /// The payment's amount is not the order's.
        AmountMismatch = "amount_mismatch",
        /// The payment's currency is not the order's.
        CurrencyMismatch = "currency_mismatch",
        /// The payment's customer is not the order's.
        CustomerMismatch = "customer_mismatch",
        /// The reference code is missing or is not the order's.
        ReferenceCodeMismatch = "reference_code_mismatch",
        /// Two objects of one payment name different orders.
        OrderMismatch = "order_mismatch",
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
            assert!(DeadLetterReason::parse(reason.word()).is_some(), "{}", reason.word());
        }
        assert_eq!(DeadLetterReason::ALL.len(), domain::rejection::Reason::ALL.len() + 1);
    }
}
