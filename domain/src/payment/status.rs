//! Where a payment stands, and its dispute: our words for Stripe's.

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
    /// The money is held and not yet taken.
    Authorized,
    /// The money was taken, or none was asked for.
    Paid,
    /// The last try failed.
    Failed,
    /// Canceled by the company or the customer.
    Canceled,
    /// The checkout session ran out.
    Expired,
}

/// The worst dispute of a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DisputeState {
    /// Ended without a verdict: an inquiry that was closed, a dispute that was prevented or refunded.
    Closed,
    /// Won: the money is back.
    Won,
    /// An inquiry, which has moved no money.
    Inquiry,
    /// Waits for evidence or for the bank.
    Open,
    /// Lost.
    Lost,
}

impl Status {
    /// The word in `payments.status`.
    #[must_use]
    pub const fn word(self) -> &'static str {
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

impl DisputeState {
    /// The word in `payments.dispute`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Won => "won",
            Self::Inquiry => "inquiry",
            Self::Open => "open",
            Self::Lost => "lost",
        }
    }

    /// Reads Stripe's word. The list is open: what is not known and does not say how it ended is open.
    #[must_use]
    pub fn of(status: &str) -> Self {
        match status {
            "lost" => Self::Lost,
            "won" => Self::Won,
            "warning_closed" | "charge_refunded" | "prevented" => Self::Closed,
            inquiry if inquiry.starts_with("warning_") => Self::Inquiry,
            appeal if appeal.ends_with("_won") => Self::Won,
            appeal if appeal.ends_with("_lost") => Self::Lost,
            _ => Self::Open,
        }
    }
}
