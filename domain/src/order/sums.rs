//! What payments add up to for their order, and the groups of those that are in rows of their own.

use std::ops::{AddAssign, SubAssign};

use serde::{Deserialize, Serialize};

use super::Expected;
use crate::parts;
use crate::payment::{DisputeState, HeldReason, Status as PaymentStatus, Summary};

/// What payments add up to: minor units of the order's currency, and how many payments are in which state.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Sums {
    /// Payments.
    pub(super) payments: u64,
    /// Captured.
    pub(super) paid: i64,
    /// What discounts took off the price, less what tax and shipping added, by Stripe's own explanation.
    pub(super) explained: i64,
    /// Refunded.
    pub(super) refunded: i64,
    /// Asked for by open disputes.
    pub(super) disputed: i64,
    /// Lost to disputes.
    pub(super) lost: i64,
    /// Payments that were captured.
    pub(super) captured: u64,
    /// Payments that are under way or authorized.
    pub(super) under_way: u64,
    /// Payments whose last attempt failed.
    pub(super) failed: u64,
    /// Canceled payments.
    pub(super) canceled: u64,
    /// Payments whose session ran out.
    pub(super) expired: u64,
    /// Payments of which some of the money was refunded.
    pub(super) refunded_in_part: u64,
    /// Payments whose worst dispute is open.
    pub(super) open_disputes: u64,
    /// Payments whose worst dispute was lost.
    pub(super) lost_disputes: u64,
    /// Payments whose order is named by nothing but a charge that may have been edited.
    pub(super) provisional: u64,
    /// Payments whose charge has not shown what was refunded.
    pub(super) unconfirmed: u64,
}

impl Sums {
    /// One payment, in the order's currency. One that was accepted covers what it should have paid.
    pub(super) fn of(payment: &Summary, expected: Option<&Expected>, accepted: bool) -> Self {
        let mut sums = Self {
            payments: 1,
            captured: (payment.status == PaymentStatus::Paid).into(),
            under_way: matches!(payment.status, PaymentStatus::Processing | PaymentStatus::Authorized).into(),
            failed: (payment.status == PaymentStatus::Failed).into(),
            canceled: (payment.status == PaymentStatus::Canceled).into(),
            expired: (payment.status == PaymentStatus::Expired).into(),
            refunded_in_part: (payment.refunded > 0 && payment.refunded < payment.paid).into(),
            open_disputes: (payment.dispute == Some(DisputeState::Open)).into(),
            lost_disputes: (payment.dispute == Some(DisputeState::Lost)).into(),
            provisional: payment.provisional.into(),
            unconfirmed: (!payment.refunded_confirmed).into(),
            ..Self::default()
        };
        let accepted = accepted && payment.status == PaymentStatus::Paid;
        if accepted && expected.is_some_and(|expected| payment.currency.as_ref() != Some(&expected.currency))
        {
            // Accepted as it is: it covers the order, and two currencies are never added.
            sums.explained = expected.map_or(0, |expected| expected.amount);
            return sums;
        }
        sums.paid = payment.paid;
        sums.refunded = payment.refunded;
        sums.disputed = payment.disputed;
        sums.lost = payment.lost;
        if accepted {
            sums.explained = expected.map_or(0, |expected| (expected.amount - payment.paid).max(0));
        } else if payment.status == PaymentStatus::Paid {
            sums.explained = expected.map_or(0, |expected| explained(expected.amount, payment));
        }
        sums
    }
}

/// The difference between a price and what was asked for, where Stripe's own figures explain it.
fn explained(price: i64, payment: &Summary) -> i64 {
    let explains = payment.subtotal == Some(price) || payment.prices.contains(&price);
    match payment.amount {
        Some(amount) if amount != price && explains => price - amount,
        _ => 0,
    }
}

macro_rules! each_sum {
    ($sums:ident $op:tt $other:ident) => {
        $sums.payments $op $other.payments;
        $sums.paid $op $other.paid;
        $sums.explained $op $other.explained;
        $sums.refunded $op $other.refunded;
        $sums.disputed $op $other.disputed;
        $sums.lost $op $other.lost;
        $sums.captured $op $other.captured;
        $sums.under_way $op $other.under_way;
        $sums.failed $op $other.failed;
        $sums.canceled $op $other.canceled;
        $sums.expired $op $other.expired;
        $sums.refunded_in_part $op $other.refunded_in_part;
        $sums.open_disputes $op $other.open_disputes;
        $sums.lost_disputes $op $other.lost_disputes;
        $sums.provisional $op $other.provisional;
        $sums.unconfirmed $op $other.unconfirmed;
    };
}

impl AddAssign<&Self> for Sums {
    fn add_assign(&mut self, other: &Self) {
        each_sum!(self += other);
    }
}

impl SubAssign<&Self> for Sums {
    fn sub_assign(&mut self, other: &Self) {
        each_sum!(self -= other);
    }
}

/// Payments that count or are held together.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Group {
    /// What does not match, whatever the order's other payments are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) mismatch: Option<HeldReason>,
    /// The amount is not the order's. Those that make up the price together are not in rows.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) other_amount: bool,
    /// Their order is named by nothing but a charge that may have been edited.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) provisional: bool,
    /// As the payment counts for the order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) currency: Option<String>,
    /// Why they do not count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) held: Option<HeldReason>,
}

/// Which payment speaks for its order: a captured one before others, and of these the first by Stripe's time.
pub(super) type Rank = (bool, i64, String);

pub(super) fn rank(id: &str, payment: &Summary) -> Rank {
    (payment.status != PaymentStatus::Paid, payment.created.unwrap_or(i64::MAX), id.to_owned())
}

/// Whether it may be a part of a split payment.
pub(super) fn is_captured(payment: &Summary) -> bool {
    payment.status == PaymentStatus::Paid && payment.paid > 0
}

/// A payment in a row of its own, with what it adds to its order: exactly that is subtracted again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentRow {
    pub(super) summary: Summary,
    pub(super) group: Group,
    pub(super) sums: Sums,
}

/// The payments of an order that are in rows of their own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rest {
    /// By group.
    pub(super) groups: Vec<(Group, Sums)>,
    /// None of those that may speak for the order comes before this.
    pub(super) first: Option<Rank>,
    /// No captured one of another amount than the order's comes before this.
    pub(super) first_other_amount: Option<Rank>,
    /// A digest of the order's registration and of the settings by which the payments were grouped.
    pub(super) basis: String,
}

impl Rest {
    /// Leaves those that no other event can move to another order.
    pub(super) fn forget_provisional(&mut self) {
        self.groups.retain(|(group, _)| !group.provisional);
    }
}

impl parts::Sums for Rest {
    type Row = PaymentRow;

    fn add(&mut self, id: &str, row: &PaymentRow) {
        match self.groups.binary_search_by(|(group, _)| group.cmp(&row.group)) {
            Ok(at) => self.groups[at].1 += &row.sums,
            Err(at) => self.groups.insert(at, (row.group.clone(), row.sums.clone())),
        }
        if row.group.mismatch.is_some() {
            return;
        }
        let rank = rank(id, &row.summary);
        let earlier = |first: &Option<Rank>| first.as_ref().is_none_or(|first| rank < *first);
        if !row.group.other_amount && earlier(&self.first) {
            self.first = Some(rank);
        } else if row.group.other_amount && is_captured(&row.summary) && earlier(&self.first_other_amount) {
            self.first_other_amount = Some(rank);
        }
    }

    fn subtract(&mut self, _id: &str, row: &PaymentRow) {
        if let Ok(at) = self.groups.binary_search_by(|(group, _)| group.cmp(&row.group)) {
            self.groups[at].1 -= &row.sums;
            if self.groups[at].1.payments == 0 {
                self.groups.remove(at);
            }
        }
        if self.groups.is_empty() {
            *self = Self::default();
        }
    }

    fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }
}
