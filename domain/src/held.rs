//! Why a payment does not count for its order.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Why a payment does not count for its order. The list is closed: filters and the support guide name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum HeldReason {
    /// `ORDERS_POLICY=require` and nobody registered the order.
    OrderNotFound,
    /// Its amount is not the order's, and Stripe does not explain the difference.
    AmountMismatch,
    /// Its currency is not the order's.
    CurrencyMismatch,
    /// Its customer is not the order's.
    CustomerMismatch,
    /// The reference code is absent where it must be there, or is not the order's.
    ReferenceCodeMismatch,
}

impl HeldReason {
    /// The closed list, as the CHECK constraint of `payments.held_reason` has it.
    pub const ALL: [Self; 5] = [
        Self::OrderNotFound,
        Self::AmountMismatch,
        Self::CurrencyMismatch,
        Self::CustomerMismatch,
        Self::ReferenceCodeMismatch,
    ];

    /// The value in `payments.held_reason` and `cases.reason`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OrderNotFound => "order_not_found",
            Self::AmountMismatch => "amount_mismatch",
            Self::CurrencyMismatch => "currency_mismatch",
            Self::CustomerMismatch => "customer_mismatch",
            Self::ReferenceCodeMismatch => "reference_code_mismatch",
        }
    }

    /// Whether the payment's checkout session or invoice may explain it: they know discounts, tax and conversion, the
    /// company's customer and the reference code. Only who registers orders can say that there is one.
    #[must_use]
    pub const fn may_be_explained(self) -> bool {
        match self {
            Self::AmountMismatch
            | Self::CurrencyMismatch
            | Self::CustomerMismatch
            | Self::ReferenceCodeMismatch => true,
            Self::OrderNotFound => false,
        }
    }

    /// The reason of a stored value; none for an unknown one.
    #[must_use]
    pub fn parse(value: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == value)
    }
}

impl fmt::Display for HeldReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_reason_is_read_back_and_another_word_is_none() {
        for reason in HeldReason::ALL {
            assert_eq!(HeldReason::parse(reason.as_str()), Some(reason));
            assert_eq!(reason.to_string(), reason.as_str());
        }
        assert_eq!(HeldReason::parse("something_else"), None);
    }
}
