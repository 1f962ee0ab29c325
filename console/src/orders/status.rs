//! Where an order and its payments stand.

use crate::common::text_enum::text_enum;

text_enum! {
    /// Where an order stands, as the workers derive it.
    pub(crate) enum OrderStatus {
        /// Nothing decisive is known.
        Pending = "pending",
        /// A delayed payment is under way, or the money is held and not yet captured.
        Processing = "processing",
        Paid = "paid",
        /// More was captured than it costs.
        Overpaid = "overpaid",
        /// The last attempt to pay failed.
        PaymentFailed = "payment_failed",
        /// The payment was canceled.
        Canceled = "canceled",
        /// The checkout session expired.
        Expired = "expired",
        /// Some of the money was refunded.
        PartiallyRefunded = "partially_refunded",
        /// All of the money was refunded.
        Refunded = "refunded",
        /// The customer's bank disputes the payment.
        Disputed = "disputed",
        /// A dispute was lost.
        ChargedBack = "charged_back",
    }
}

text_enum! {
    /// Where a payment stands, as the workers derive it.
    pub(crate) enum PaymentStatus {
        /// Begun and not finished.
        Pending = "pending",
        /// A delayed method: the money is under way.
        Processing = "processing",
        /// Authorized and not captured.
        Authorized = "authorized",
        Paid = "paid",
        Failed = "failed",
        Canceled = "canceled",
        /// The checkout session expired.
        Expired = "expired",
    }
}

impl OrderStatus {
    /// Whether nothing was paid yet.
    pub(crate) fn is_unpaid(self) -> bool {
        use OrderStatus::{Canceled, Expired, PaymentFailed, Pending, Processing};
        matches!(self, Pending | Processing | PaymentFailed | Canceled | Expired)
    }
}

#[cfg(test)]
mod tests {
    use super::{OrderStatus, PaymentStatus};
    use crate::common::text_enum::TextEnum;

    #[test]
    fn every_status_is_one_of_the_domain() {
        for status in OrderStatus::ALL {
            let known: domain::order::Status = serde_json::from_value(status.as_str().into()).unwrap();
            assert_eq!(known.as_str(), status.as_str());
        }
        for status in PaymentStatus::ALL {
            let known: domain::payment::Status = serde_json::from_value(status.as_str().into()).unwrap();
            assert_eq!(known.as_str(), status.as_str());
        }
    }
}
