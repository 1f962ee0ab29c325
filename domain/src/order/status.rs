//! Where an order stands, by the money of its payments.

use super::money::Money;
use super::{Order, Status};

/// How much of an order's money was refunded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refunded {
    Nothing,
    Some,
    All,
}

impl Order {
    /// By precedence: lost, disputed, refunded, paid, and then what may still come.
    pub(super) fn status(&self, money: &Money) -> Status {
        let refunded = money.refunded;
        // A dispute may be won and only a part of the money reinstated.
        let lost = money.lost > 0 || money.lost_disputes > 0;
        if lost && !money.is_covered_without(refunded + money.lost) {
            return Status::ChargedBack;
        }
        if money.open_disputes > 0 && !money.is_covered_without(refunded + money.lost + money.disputed) {
            return Status::Disputed;
        }
        match self.refunds(money) {
            Refunded::All => return Status::Refunded,
            Refunded::Some => return Status::PartiallyRefunded,
            Refunded::Nothing => {}
        }
        if money.is_settled() {
            let kept = money.covered() - refunded - money.lost;
            if kept > money.price_or_paid() { Status::Overpaid } else { Status::Paid }
        } else if money.under_way > 0 || money.paid > 0 {
            Status::Processing
        } else if money.failed > 0 {
            Status::PaymentFailed
        } else if money.canceled > 0 {
            Status::Canceled
        } else if money.expired > 0 {
            Status::Expired
        } else {
            Status::Pending
        }
    }

    /// A refund may be known before the payment. Where an order was paid twice, refunding one of the payments leaves
    /// it paid; a part of one shows.
    pub(super) fn refunds(&self, money: &Money) -> Refunded {
        let (refunded, price) = (money.refunded, money.price_or_paid());
        if refunded == 0 {
            return Refunded::Nothing;
        }
        let adopted_in_part = self.expected.is_none() && money.refunded_in_part > 0;
        if money.is_covered_without(refunded) && !adopted_in_part {
            Refunded::Nothing
        } else if refunded >= money.paid.max(price) || (money.paid > 0 && refunded >= money.paid) {
            Refunded::All
        } else {
            Refunded::Some
        }
    }
}

impl Money {
    /// Paid in full. Once true this stays true: money that was captured was captured.
    pub(super) fn is_settled(&self) -> bool {
        self.captured > 0 && self.covered() >= self.price.unwrap_or(0)
    }
}
