//! Which refunds only release the rest of a hold, or all of it: no money was captured for them, so none is refunded
//! (<https://docs.stripe.com/payments/place-a-hold-on-a-payment-method>).

use std::borrow::Cow;

use stripe::objects::{Charge, Refund};

use super::Payment;
use crate::version::Versioned;

/// The rest of a hold is released within so many seconds of its capture.
const WITH_THE_CAPTURE: i64 = 5;

impl Payment {
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

    /// Whether a refund of the charge may be the release of a hold.
    pub(super) fn may_release(&self, charge: &str) -> bool {
        self.released_for(Some(charge)).is_some_and(|released| !released.captured || released.amount != 0)
    }

    /// When all that will be captured of a charge had been captured, unix seconds, where that is known.
    fn captured_by(&self, charge: &str) -> Option<i64> {
        let intent = self.intent.as_ref().filter(|versions| versions.latest().status == "succeeded");
        let by_intent = intent.map(|versions| versions.latest_delta().created);
        by_intent.or_else(|| self.attempts.get(charge)?.captured_at)
    }

    /// Whether a refund is the rest of a hold that was captured in part, or all of one that was never captured. It
    /// has the amount that was released and was made when the hold was captured; of equal ones it is the first.
    pub(super) fn releases_a_hold(&self, refund: &Refund) -> bool {
        let Some(released) = self.released_for(refund.charge.as_deref()) else { return false };
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

    /// What is known of the hold that a refund of a charge may release.
    fn released_for(&self, charge: Option<&str>) -> Option<Released> {
        if let Some(versions) = charge.and_then(|charge| self.charges.get(charge)) {
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

    /// A charge with what was captured of it: bodies of before 2020-05 do not say, and their payment intent does.
    pub(super) fn with_captured<'a>(&self, charge: &'a Charge) -> Cow<'a, Charge> {
        let intent =
            self.intent.as_ref().map(Versioned::latest).filter(|intent| intent.status == "succeeded");
        match intent.filter(|_| charge.captured && charge.amount_captured.is_none()) {
            Some(intent) if intent.received() < charge.amount => {
                Cow::Owned(Charge { amount_captured: Some(intent.received()), ..charge.clone() })
            }
            _ => Cow::Borrowed(charge),
        }
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
