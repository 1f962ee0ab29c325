//! What was refunded of a payment.
//!
//! Money is refunded only if it was captured: the released part of a hold, which Stripe lists as a refund of the
//! charge, is none (<https://docs.stripe.com/payments/place-a-hold-on-a-payment-method>). Where refund objects are
//! known their sum counts without failed and canceled ones; what Stripe reports only as the charge's cumulative
//! `amount_refunded` counts as it stands, never as a sum of the steps that happened to arrive.

use std::borrow::Cow;
use std::cmp::Ordering;

use serde::{Deserialize, Serialize};
use stripe::objects::{Charge, Refund};

use super::Payment;
use crate::version::Versioned;

/// The rest of a hold is released within so many seconds of its capture.
const WITH_THE_CAPTURE: i64 = 5;

impl Payment {
    /// Minor units refunded: the refunds that are known, and what the charges show beyond them.
    #[must_use]
    pub(super) fn refunded(&self) -> i64 {
        if self.nothing_captured() {
            return 0;
        }
        let kept: i64 =
            self.real_refunds().filter(|refund| !refund.undone()).map(|refund| refund.amount).sum();
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

    /// The refunds that moved money or will: without those that release a hold.
    pub fn real_refunds(&self) -> impl Iterator<Item = &Refund> {
        let known = if self.nothing_captured() { None } else { Some(&self.refunds) };
        let refunds = known.into_iter().flat_map(|refunds| refunds.values()).map(Versioned::latest);
        refunds.filter(|refund| !self.releases_a_hold(refund))
    }

    /// A charge with what was captured of it: bodies of before 2020-05 do not say, and their payment intent does.
    fn with_captured<'a>(&self, charge: &'a Charge) -> Cow<'a, Charge> {
        let intent =
            self.intent.as_ref().map(Versioned::latest).filter(|intent| intent.status == "succeeded");
        match intent.filter(|_| charge.captured && charge.amount_captured.is_none()) {
            Some(intent) if intent.received() < charge.amount => {
                Cow::Owned(Charge { amount_captured: Some(intent.received()), ..charge.clone() })
            }
            _ => Cow::Borrowed(charge),
        }
    }

    /// What the newest version of a charge shows as refunded, and which of the known refunds are in that sum.
    fn shown(&self, versions: &Versioned<Charge>) -> Shown {
        let charge = &*self.with_captured(versions.latest());
        let all = if charge.refunded && charge.captured { charge.captured_amount() } else { 0 };
        let mut shown =
            Shown { refunded: self.refunded_of(charge, charge.amount_refunded).max(all), ..Shown::default() };
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
        shown.undone += (undone_then - self.taken_off(charge, at)).max(0);
        shown.undone += self.not_taken_off(charge, shown.kept, undone_before);
        shown
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

    /// Whether events that are still missing may show that a refund only releases a hold: it has the amount of the rest,
    /// or there may be a rest, and when the hold was captured is not known.
    pub(super) fn may_release_a_hold(&self, refund: &Refund) -> bool {
        let Some(versions) = refund.charge.as_ref().and_then(|charge| self.charges.get(charge)) else {
            return false;
        };
        let charge = versions.latest();
        let held = || self.attempts.get(&charge.id).is_none_or(|attempt| attempt.delayed);
        let by_intent = charge.payment_intent.is_some() && charge.amount_captured.is_none();
        if by_intent && self.intent.as_ref().is_none_or(|versions| versions.latest().status != "succeeded") {
            return held();
        }
        charge.captured && charge.released() == refund.amount && self.captured_by(&charge.id).is_none()
    }

    /// When all that will be captured of a charge had been captured, unix seconds, where that is known.
    fn captured_by(&self, charge: &str) -> Option<i64> {
        let intent = self.intent.as_ref().filter(|versions| versions.latest().status == "succeeded");
        let by_intent = intent.map(|versions| versions.latest_delta().created);
        by_intent.or_else(|| self.attempts.get(charge)?.captured_at)
    }

    /// Whether a refund is the rest of a hold that was captured in part, or all of one that was never captured. It
    /// has the amount that was released and was made when the hold was captured; of equal ones it is the first.
    fn releases_a_hold(&self, refund: &Refund) -> bool {
        let Some(released) = self.released_for(refund) else { return false };
        if !released.captured {
            return true;
        }
        let captured_by = refund.charge.as_ref().and_then(|charge| self.captured_by(charge));
        if let (Some(created), Some(captured)) = (refund.created, captured_by) {
            if created > captured + WITH_THE_CAPTURE {
                return false;
            }
            let others = self.refunds.values().map(Versioned::latest);
            let mut equal =
                others.filter(|other| other.charge == refund.charge && other.amount == refund.amount);
            if created >= captured - WITH_THE_CAPTURE && refund.amount == released.amount {
                return equal.all(|other| (other.created, &other.id) >= (refund.created, &refund.id));
            }
        }
        let of_charge = |other: &&Refund| other.charge == refund.charge;
        let others = || self.refunds.values().map(Versioned::latest).filter(of_charge);
        let candidate = |other: &Refund| {
            other.amount == released.amount && other.created.is_none_or(|created| created <= released.at)
        };
        if released.amount == 0 || !candidate(refund) {
            return false;
        }
        let first = others().filter(|other| candidate(other)).min_by_key(|other| (other.created, &other.id));
        // Where the charge itself has counted all of them as refunded beyond the released part, the release is not
        // among them.
        let listed: i64 = others().filter(|other| !other.undone()).map(|other| other.amount).sum();
        first.is_some_and(|first| first.id == refund.id) && listed > released.refunded
    }

    /// What is known of the hold that a refund may release.
    fn released_for(&self, refund: &Refund) -> Option<Released> {
        if let Some(versions) = refund.charge.as_ref().and_then(|charge| self.charges.get(charge)) {
            let charge = &*self.with_captured(versions.latest());
            let refunded = self.refunded_of(charge, charge.amount_refunded);
            let at = versions.latest_delta().created;
            let captured = charge.captured || charge.status != "succeeded";
            return Some(Released { amount: charge.released(), at, refunded, captured });
        }
        let versions = self.intent.as_ref()?;
        let intent = versions.latest();
        let amount = (intent.amount - intent.received()).max(0);
        let at = versions.latest_delta().created;
        (intent.status == "succeeded").then_some(Released { amount, at, refunded: 0, captured: true })
    }
}

/// The part of a hold that was released.
struct Released {
    /// The amount in the currency's minor unit.
    amount: i64,
    /// Unix seconds by which it was released.
    at: i64,
    /// Minor units refunded beyond it.
    refunded: i64,
    /// Some of the hold was captured.
    captured: bool,
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
}

impl RefundedStep {
    /// As one event shows it.
    #[must_use]
    pub const fn new(from: Option<i64>, created: i64) -> Self {
        Self { from, first: created, last: created }
    }

    /// Takes in another event that reached the same value.
    pub fn merge(&mut self, other: &Self) {
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
