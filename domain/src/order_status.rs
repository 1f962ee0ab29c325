//! Where an order stands: the closed list, as it is stored and sent.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where an order stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "OrderStatus")]
pub enum Status {
    /// Nothing decisive is known.
    #[default]
    Pending,
    /// A delayed payment is under way, or the money is authorized and not yet captured in full.
    Processing,
    /// The counted payments cover the price.
    Paid,
    /// More was captured than it costs.
    Overpaid,
    /// The last attempt to pay failed.
    PaymentFailed,
    /// The payment was canceled.
    Canceled,
    /// The checkout session ran out.
    Expired,
    /// Some of the money was refunded.
    PartiallyRefunded,
    /// All of the money was refunded.
    Refunded,
    /// The customer's bank disputes money that the order needs to be covered.
    Disputed,
    /// A dispute was lost, and what is left does not cover the order.
    ChargedBack,
}

impl Status {
    /// The value in `orders.status`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Processing => "processing",
            Self::Paid => "paid",
            Self::Overpaid => "overpaid",
            Self::PaymentFailed => "payment_failed",
            Self::Canceled => "canceled",
            Self::Expired => "expired",
            Self::PartiallyRefunded => "partially_refunded",
            Self::Refunded => "refunded",
            Self::Disputed => "disputed",
            Self::ChargedBack => "charged_back",
        }
    }
}
