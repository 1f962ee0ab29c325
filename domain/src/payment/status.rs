//! A payment's status: ours for Stripe's.

use serde::{Deserialize, Serialize};

/// Where a payment stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Nothing decisive is known.
    #[default]
    Pending,
    /// A delayed method is under way.
    Processing,
    /// The money is authorized and not yet captured.
    Authorized,
    /// The money was captured, or none was asked for.
    Paid,
    /// The last attempt failed.
    Failed,
    /// Canceled by the company or the customer.
    Canceled,
    /// The checkout session ran out.
    Expired,
}

impl Status {
    /// The value in `payments.status`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Processing => "processing",
            Self::Authorized => "authorized",
            Self::Paid => "paid",
            Self::Failed => "failed",
            Self::Canceled => "canceled",
            Self::Expired => "expired",
        }
    }
}
