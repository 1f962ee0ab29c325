//! What a dispute means for the money: the closed list, as it is stored and sent.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a dispute means for the money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DisputeState {
    /// Ended without a decision: an inquiry that was closed, a dispute that was prevented or refunded.
    Closed,
    /// Won: the company has the money again.
    Won,
    /// An inquiry, which has moved no money.
    Inquiry,
    /// Waits for evidence or for the bank.
    Open,
    /// The customer's bank decided for the customer: the money is gone.
    Lost,
}

impl DisputeState {
    /// The value in `payments.dispute` and `disputes.state`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Won => "won",
            Self::Inquiry => "inquiry",
            Self::Open => "open",
            Self::Lost => "lost",
        }
    }

    /// Reads Stripe's status. The list is open: what is not known and does not say how it ended is open.
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

    pub(crate) const fn is_ending(self) -> bool {
        matches!(self, Self::Closed | Self::Won | Self::Lost)
    }
}
