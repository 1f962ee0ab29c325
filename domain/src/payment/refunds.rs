//! What was refunded of a payment.
//!
//! Money is refunded only if it was captured: the released part of a hold, which Stripe lists as a refund of the
//! charge, is none (<https://docs.stripe.com/payments/place-a-hold-on-a-payment-method>). Where refund objects are
//! known their sum counts without failed and canceled ones; what Stripe reports only as the charge's cumulative
//! `amount_refunded` counts as it stands, never as a sum of the steps that happened to arrive.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};
use stripe::objects::{Charge, Refund};

use super::Payment;
use super::rows::Side;
use crate::version::Versioned;

impl Payment {
    /// Minor units refunded: the refunds that are known, and what the charges show beyond them.
    #[must_use]
    pub(super) fn refunded(&self) -> i64 {
        if self.nothing_captured() {
            return 0;
        }
        let refunds = self.refunds.values().map(Versioned::latest);
        let real = refunds.filter(|refund| !refund.undone() && !self.releases_a_hold(refund));
        let kept = real.map(|refund| refund.amount).sum::<i64>() + self.refunds.sums().kept();
        kept + self.charges.values().map(|charge| self.shown(charge).unlisted()).sum::<i64>()
    }

    /// Whether the charges show this very sum as refunded, so that it is none that merely some refunds add up to.
    pub(super) fn charges_show(&self, refunded: i64) -> bool {
        self.charges.values().map(|charge| self.shown(charge).refunded).sum::<i64>() == refunded
    }

    /// Whether it is known that no money was captured, so that whatever is listed as refunded was only released.
    pub(super) fn nothing_captured(&self) -> bool {
        let canceled = self.intent.as_ref().is_some_and(|versions| versions.latest().status == "canceled");
        canceled && self.paid() == 0
    }

    /// The refunds that moved money or will, as far as the batch knows them: without those that release a hold.
    pub fn real_refunds(&self) -> impl Iterator<Item = &Refund> {
        let refunds = self.refunds.known().map(|(_, versions)| versions.latest());
        refunds.filter(|refund| self.is_real(refund))
    }

    pub(super) fn is_real(&self, refund: &Refund) -> bool {
        !self.nothing_captured() && !self.releases_a_hold(refund)
    }

    /// What the newest version of a charge shows as refunded, and which of the known refunds are in that sum.
    fn shown(&self, versions: &Versioned<Charge>) -> Shown {
        let charge = &*self.with_captured(versions.latest());
        let mut shown = Shown { refunded: self.shown_sum(charge), ..Shown::default() };
        if shown.refunded == 0 {
            return shown;
        }
        let (at, mut undone_before, mut undone_then) = (versions.latest_delta().created, 0, 0);
        for (versions, refund) in self.refunds.values().map(|versions| (versions, versions.latest())) {
            let other = refund.charge.as_ref().is_some_and(|of| *of != charge.id);
            let later = refund.created.is_some_and(|created| created > at);
            if other || later || self.releases_a_hold(refund) {
                continue;
            }
            if !refund.undone() {
                shown.kept += refund.amount;
            } else {
                let when = versions.latest_delta().created.cmp(&at);
                *match when {
                    Ordering::Greater => &mut shown.undone,
                    Ordering::Equal => &mut undone_then,
                    Ordering::Less => &mut undone_before,
                } += refund.amount;
            }
        }
        if let Some(in_rows) = self.refunds.sums().of_charge(&charge.id)
            && in_rows.made_by(at) == Some(true)
        {
            shown.kept += in_rows.kept;
            *match in_rows.undone_side(at) {
                Some(Side::After) => &mut shown.undone,
                Some(Side::At) => &mut undone_then,
                _ => &mut undone_before,
            } += in_rows.undone;
        }
        shown.undone += (undone_then - self.taken_off(charge, at)).max(0);
        shown.undone += self.not_taken_off(charge, shown.kept, undone_before);
        shown
    }

    /// Minor units that the newest version of a charge shows as refunded.
    fn shown_sum(&self, charge: &Charge) -> i64 {
        let all = if charge.refunded && charge.captured { charge.captured_amount() } else { 0 };
        self.refunded_of(charge, charge.amount_refunded).max(all)
    }

    /// Unix seconds at which a charge showed the sum of its refunds, if it has shown any.
    pub(super) fn refunds_shown_at(&self, charge: &str) -> Option<i64> {
        let versions = self.charges.get(charge)?;
        (self.shown_sum(&self.with_captured(versions.latest())) != 0).then(|| versions.latest_delta().created)
    }

    /// Minor units that the charge was seen to take off its sum within a second.
    fn taken_off(&self, charge: &Charge, second: i64) -> i64 {
        let steps = self.refunded_amounts.get(&charge.id).into_iter().flatten();
        let seen = steps.filter(|(_, step)| step.last == second);
        seen.map(|(reached, step)| (step.from.unwrap_or(0) - reached).max(0)).sum()
    }

    /// Minor units of refunds that had come undone before and are still in what the charge shows. Stripe does not
    /// document whether a charge takes a failed refund off again; the step that led to the sum shows it.
    fn not_taken_off(&self, charge: &Charge, kept: i64, undone_before: i64) -> i64 {
        let now = charge.amount_refunded;
        let Some(steps) = self.refunded_amounts.get(&charge.id) else { return undone_before };
        let Some((step, from)) = steps.get(&now).and_then(|step| Some((step, step.from?))) else {
            return undone_before;
        };
        if from > now {
            return 0;
        }
        // The sum fell between the highest value that was seen before and the one that the last step began from.
        let highest = steps.iter().filter(|(_, other)| other.first < step.last).map(|(sum, _)| *sum).max();
        let fallen = (highest.unwrap_or(from) - from).max(0);
        let explained = self.refunded_of(charge, from) - (kept - (now - from)).max(0);
        explained.min(undone_before - fallen).max(0)
    }

    /// Minor units refunded of what was captured, for a value of the charge's `amount_refunded`. Stripe counts the
    /// released rest of a partial capture in it, unless an event of the charge has shown that it does not.
    pub(super) fn refunded_of(&self, charge: &Charge, amount_refunded: i64) -> i64 {
        if self.release_not_counted.get(&charge.id) == Some(&charge.captured_amount()) {
            amount_refunded
        } else {
            charge.without_released(amount_refunded)
        }
    }
}

/// How a charge's cumulative `amount_refunded` reached a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundedStep {
    /// The value before, by the last event that reached this one; higher where a failed refund was taken off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<i64>,
    /// Unix seconds of the first event that showed it.
    pub first: i64,
    /// Unix seconds of the last.
    pub last: i64,
    /// No event showed it, only Stripe's API, which does not know how the value was reached.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub observed: bool,
}

impl RefundedStep {
    /// As one event, or an observation, shows it.
    #[must_use]
    pub const fn new(from: Option<i64>, created: i64, observed: bool) -> Self {
        Self { from, first: created, last: created, observed }
    }

    /// Takes in another event that reached the same value. Events say more than observations.
    pub fn merge(&mut self, other: &Self) {
        match (self.observed, other.observed) {
            (false, true) => return,
            (true, false) => *self = other.clone(),
            _ => {}
        }
        self.from = if (other.last, other.from) > (self.last, self.from) { other.from } else { self.from };
        self.first = self.first.min(other.first);
        self.last = self.last.max(other.last);
    }
}

/// What a charge shows as refunded, in minor units.
#[derive(Default)]
struct Shown {
    /// What was refunded in all, in the currency's minor unit.
    refunded: i64,
    /// By known refunds that stand.
    kept: i64,
    /// By known refunds that have come undone: since, or before where the charge did not take them off.
    undone: i64,
}

impl Shown {
    /// What no known refund explains.
    fn unlisted(&self) -> i64 {
        (self.refunded - self.kept - self.undone).max(0)
    }
}
