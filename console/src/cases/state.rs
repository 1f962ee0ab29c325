//! What a case is about, whether it is open, and how it ended.

use crate::common::text_enum::text_enum;

text_enum! {
    pub(crate) enum CaseState {
        /// It waits for a decision of staff.
        Open = "open",
        /// Nothing is left to decide.
        Closed = "closed",
    }
}

text_enum! {
    /// How a case ended.
    pub(crate) enum CaseResolution {
        /// The payment matches now: the order was registered or corrected.
        Matched = "matched",
        /// The payment was refunded or charged back in full.
        Refunded = "refunded",
        /// Staff accepted the payment as it is.
        Accepted = "accepted",
        /// The payment names another order now.
        Moved = "moved",
    }
}

text_enum! {
    /// Why a payment does not count for its order.
    pub(crate) enum HeldReason {
        /// The payment names an order that is not registered.
        OrderNotFound = "order_not_found",
        /// Its amount is not the order's.
        AmountMismatch = "amount_mismatch",
        /// Its currency is not the order's.
        CurrencyMismatch = "currency_mismatch",
        /// Its customer is not the order's.
        CustomerMismatch = "customer_mismatch",
        /// The reference code is missing or is not the order's.
        ReferenceCodeMismatch = "reference_code_mismatch",
    }
}

#[cfg(test)]
mod tests {
    use super::HeldReason;
    use crate::common::text_enum::TextEnum;

    #[test]
    fn every_reason_of_the_domain_is_known() {
        let domain: Vec<_> = domain::payment::HeldReason::ALL.iter().map(|reason| reason.as_str()).collect();
        let known: Vec<_> = HeldReason::ALL.iter().map(|reason| reason.as_str()).collect();
        assert_eq!(known, domain);
    }
}
