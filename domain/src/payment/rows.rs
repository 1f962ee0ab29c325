//! The refunds and disputes of a payment that are in rows of their own: what they add up to, which are moved there, and
//! when all are needed.
//!
//! A refund is moved once nothing can turn it into the release of a hold, and only where it is certain whether the sum
//! that its charge shows contains it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use stripe::objects::Refund;

use super::{Dispute, DisputeState, Payment};
use crate::parts::Sums;
use crate::rules::KeptParts;
use crate::version::{Delta, Versioned};

/// Values of a charge's `amount_refunded` that the document holds where refunds are known: the newest as many, and the
/// highest as many.
const REFUNDED_AMOUNTS: usize = 10;

/// The refunds in rows, by charge.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundsInRows {
    charges: BTreeMap<String, ChargeRefunds>,
}

/// The refunds of one charge that are in rows: minor units, and unix seconds as (earliest, latest).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ChargeRefunds {
    refunds: u64,
    /// What the refunds that stand add up to.
    pub(super) kept: i64,
    /// What the failed and canceled ones add up to.
    pub(super) undone: i64,
    ambiguous: u64,
    /// When they were made; `i64::MIN` for one that does not say.
    made: Option<(i64, i64)>,
    /// When the events said so by which the undone ones came undone.
    undone_at: Option<(i64, i64)>,
}

/// Where some times are, as seen from one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Before,
    At,
    After,
}

impl ChargeRefunds {
    /// Whether the sum that the charge showed at `at` may contain the refunds; `None`: it may contain some of them.
    pub(super) fn made_by(&self, at: i64) -> Option<bool> {
        let Some((first, last)) = self.made else { return Some(true) };
        if last <= at { Some(true) } else { (first > at).then_some(false) }
    }

    /// When the undone ones came undone; `None`: on both sides.
    pub(super) fn undone_side(&self, at: i64) -> Option<Side> {
        match self.undone_at {
            None => Some(Side::Before),
            Some((_, last)) if last < at => Some(Side::Before),
            Some((first, _)) if first > at => Some(Side::After),
            Some(range) => (range == (at, at)).then_some(Side::At),
        }
    }
}

impl RefundsInRows {
    pub(super) fn of_charge(&self, charge: &str) -> Option<&ChargeRefunds> {
        self.charges.get(charge)
    }

    /// What the refunds that stand add up to, in minor units.
    pub(super) fn kept(&self) -> i64 {
        self.charges.values().map(|of| of.kept).sum()
    }

    fn ambiguous(&self) -> bool {
        self.charges.values().any(|of| of.ambiguous > 0)
    }
}

impl Sums for RefundsInRows {
    type Row = Versioned<Refund>;

    fn add(&mut self, _id: &str, row: &Versioned<Refund>) {
        let refund = row.latest();
        let of = self.charges.entry(refund.charge.clone().unwrap_or_default()).or_default();
        of.refunds += 1;
        of.ambiguous += u64::from(row.ambiguous());
        of.made = Some(widened(of.made, made(refund)));
        if refund.undone() {
            of.undone += refund.amount;
            of.undone_at = Some(widened(of.undone_at, row.latest_delta().created));
        } else {
            of.kept += refund.amount;
        }
    }

    /// The times stay as wide as they were: at worst all refunds are loaded once more than needed.
    fn subtract(&mut self, _id: &str, row: &Versioned<Refund>) {
        let refund = row.latest();
        let charge = refund.charge.clone().unwrap_or_default();
        let Some(of) = self.charges.get_mut(&charge) else { return };
        of.refunds -= 1;
        of.ambiguous -= u64::from(row.ambiguous());
        *if refund.undone() { &mut of.undone } else { &mut of.kept } -= refund.amount;
        if of.refunds == 0 {
            self.charges.remove(&charge);
        }
    }

    fn is_empty(&self) -> bool {
        self.charges.is_empty()
    }
}

/// The disputes in rows: minor units, and how many are in which state.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DisputesInRows {
    states: BTreeMap<DisputeState, u64>,
    pub(super) open: i64,
    pub(super) lost: i64,
    ambiguous: u64,
}

impl DisputesInRows {
    pub(super) fn worst(&self) -> Option<DisputeState> {
        self.states.keys().max().copied()
    }
}

impl Sums for DisputesInRows {
    type Row = Dispute;

    fn add(&mut self, _id: &str, row: &Dispute) {
        *self.states.entry(row.state()).or_default() += 1;
        self.open += row.open();
        self.lost += row.lost();
        self.ambiguous += u64::from(row.versions.ambiguous());
    }

    fn subtract(&mut self, _id: &str, row: &Dispute) {
        self.open -= row.open();
        self.lost -= row.lost();
        self.ambiguous -= u64::from(row.versions.ambiguous());
        if let Some(count) = self.states.get_mut(&row.state()) {
            *count -= 1;
            self.states.retain(|_, count| *count > 0);
        }
    }

    fn is_empty(&self) -> bool {
        self.states.is_empty()
    }
}

impl Payment {
    /// Takes in what an event says of a refund.
    pub(crate) fn record_refund(&mut self, id: &str, delta: Delta<Refund>) {
        self.refunds.recall(id);
        Versioned::record(&mut self.refunds, id, delta);
    }

    /// Takes in what an event says of a dispute, and of its status before.
    pub(crate) fn record_dispute(
        &mut self,
        id: &str,
        delta: Delta<stripe::objects::Dispute>,
        before: Option<&str>,
    ) {
        self.disputes.recall(id);
        Dispute::record(&mut self.disputes, id, delta, before);
    }

    /// Takes every refund and dispute into the document; see `Parts::take_all`.
    pub(crate) fn recall_all(&mut self) -> bool {
        let refunds = self.refunds.recall_all();
        self.disputes.recall_all() && refunds
    }

    /// Whether the newest version of a refund or dispute in a row is uncertain.
    pub(super) fn ambiguous_in_rows(&self) -> bool {
        self.refunds.sums().ambiguous() || self.disputes.sums().ambiguous > 0
    }

    /// Moves refunds and disputes beyond a number to rows, after an event has changed the payment.
    pub(crate) fn move_to_rows(&mut self, kept: KeptParts) {
        let KeptParts(kept) = kept;
        let stands = |(charge, of): (&String, &ChargeRefunds)| self.is_certain(charge, of);
        if !self.refunds.sums().charges.iter().all(stands) && !self.refunds.recall_all() {
            return;
        }
        let mut refunds: Vec<_> = self.refunds.iter().map(|(id, v)| (made(v.latest()), id.clone())).collect();
        if refunds.len() > kept {
            refunds.sort_unstable();
            refunds.truncate(refunds.len() - kept);
            // One by one: each must be on the same side of what its charge shows as those that are there.
            for (_, id) in refunds {
                if self.is_movable(&self.refunds[&id]) {
                    self.refunds.put_all([id]);
                }
            }
        }
        if self.disputes.len() > kept {
            let moved: Vec<_> = self.disputes.keys().skip(kept).cloned().collect();
            self.disputes.put_all(moved);
        }
        self.forget_refunded_amounts();
    }

    /// Whether the refund would be as certain in a row as those that are there.
    fn is_movable(&self, versions: &Versioned<Refund>) -> bool {
        let refund = versions.latest();
        let Some(charge) = refund.charge.as_ref().filter(|_| !self.may_release_a_hold(refund)) else {
            return false;
        };
        let mut of = self.refunds.sums().of_charge(charge).cloned().unwrap_or_default();
        of.made = Some(widened(of.made, made(refund)));
        if refund.undone() {
            of.undone_at = Some(widened(of.undone_at, versions.latest_delta().created));
        }
        self.is_certain(charge, &of)
    }

    /// Whether none of the refunds of a charge can release a hold, and the sum that the charge shows contains all of
    /// them or none.
    fn is_certain(&self, charge: &str, of: &ChargeRefunds) -> bool {
        let showed_at = self.refunds_shown_at(charge);
        let on_one_side = |at| of.made_by(at).is_some() && of.undone_side(at).is_some();
        self.paid() > 0 && !self.may_release(charge) && showed_at.is_none_or(on_one_side)
    }

    /// Where refunds are known, only the newest values of a charge's sum and the highest ones are ever looked at.
    fn forget_refunded_amounts(&mut self) {
        for (charge, steps) in &mut self.refunded_amounts {
            let listed = self.refunds.sums().of_charge(charge).is_some()
                || self.refunds.values().any(|versions| versions.latest().charge.as_ref() == Some(charge));
            if !listed || steps.len() <= 2 * REFUNDED_AMOUNTS {
                continue;
            }
            let mut newest: Vec<_> = steps.iter().map(|(sum, step)| (step.last, *sum)).collect();
            newest.sort_unstable();
            let newest = newest.iter().rev().take(REFUNDED_AMOUNTS).map(|(_, sum)| *sum);
            let kept: BTreeSet<i64> =
                newest.chain(steps.keys().rev().take(REFUNDED_AMOUNTS).copied()).collect();
            steps.retain(|sum, _| kept.contains(sum));
        }
    }
}

/// Unix seconds at which a refund was made, where it says so.
fn made(refund: &Refund) -> i64 {
    refund.created.unwrap_or(i64::MIN)
}

fn widened(range: Option<(i64, i64)>, at: i64) -> (i64, i64) {
    range.map_or((at, at), |(first, last)| (first.min(at), last.max(at)))
}

#[cfg(test)]
mod tests;
