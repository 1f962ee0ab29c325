//! Where an order stands, by what its payments come to.

use serde::{Deserialize, Serialize};

use super::Order;
use crate::payment::{DisputeState, Status as PaymentStatus};

/// Where an order stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Nothing decisive is known.
    #[default]
    Pending,
    /// A delayed payment is under way, or the money is held and not yet taken.
    Processing,
    /// Paid in full.
    Paid,
    /// The last try to pay failed.
    PaymentFailed,
    /// The payment was canceled.
    Canceled,
    /// The checkout session ran out.
    Expired,
    /// Some of the money was given back.
    PartiallyRefunded,
    /// All of the money was given back.
    Refunded,
    /// The customer's bank disputes the payment.
    Disputed,
    /// A dispute was lost.
    ChargedBack,
}

impl Status {
    /// The word in `orders.status`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Processing => "processing",
            Self::Paid => "paid",
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

/// How much of an order's money was given back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum GivenBack {
    Nothing,
    Some,
    All,
}

impl GivenBack {
    /// A refund may be known before the payment that it gives back. Where an order was paid twice, giving
    /// one of the payments back leaves it paid.
    pub(super) fn of(amount: Option<i64>, paid: i64, refunded: i64) -> Self {
        let owed = amount.unwrap_or(paid);
        if refunded == 0 || (paid > 0 && paid - refunded >= owed && paid > refunded) {
            Self::Nothing
        } else if refunded >= paid.max(owed) || (paid > 0 && refunded >= paid) {
            Self::All
        } else {
            Self::Some
        }
    }
}

impl Order {
    /// By precedence: lost, disputed, given back, paid, and then what is still hoped for.
    pub(super) fn status(&self, amount: Option<i64>, paid: i64, refunded: i64) -> Status {
        match self.payments.values().filter_map(|payment| payment.dispute).max() {
            Some(DisputeState::Lost) => return Status::ChargedBack,
            Some(DisputeState::Open) => return Status::Disputed,
            _ => {}
        }
        match GivenBack::of(amount, paid, refunded) {
            GivenBack::All => return Status::Refunded,
            GivenBack::Some => return Status::PartiallyRefunded,
            GivenBack::Nothing => {}
        }
        let any = |status| self.payments.values().any(|payment| payment.status == status);
        if self.settled(amount, paid) {
            Status::Paid
        } else if any(PaymentStatus::Processing) || any(PaymentStatus::Authorized) {
            Status::Processing
        } else if any(PaymentStatus::Failed) {
            Status::PaymentFailed
        } else if any(PaymentStatus::Canceled) {
            Status::Canceled
        } else if any(PaymentStatus::Expired) {
            Status::Expired
        } else {
            Status::Pending
        }
    }

    /// Paid in full. Once true this stays true: money that was taken was taken.
    pub(super) fn settled(&self, amount: Option<i64>, paid: i64) -> bool {
        let any_paid = self.payments.values().any(|payment| payment.status == PaymentStatus::Paid);
        any_paid && paid >= amount.unwrap_or(0)
    }
}
