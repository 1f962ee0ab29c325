//! A dispute: what its events have shown of its state and of its money.
//!
//! <https://docs.stripe.com/api/disputes/object>: `balance_transactions` are the movements of money.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use stripe::objects::{BalanceTransaction, Dispute as Version};

use crate::dispute_state::DisputeState;
use crate::version::{Delta, Versioned};

mod seen;

pub use seen::{Moved, ResultSeen};

/// A dispute, and what its events have said that stays true.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispute {
    /// The newest known versions of the dispute.
    pub versions: Versioned<Version>,
    /// It has been more than an inquiry.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub opened: bool,
    /// It has been an inquiry.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub inquired: bool,
    /// The events that said that its money moved (`charge.dispute.funds_withdrawn`, `….funds_reinstated`).
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub moved: BTreeSet<Moved>,
    /// What its events said of how it ended: several results where an appeal reversed one.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub results: BTreeSet<ResultSeen>,
    /// The movements of its money by balance transaction.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub transactions: BTreeMap<String, Transaction>,
}

/// One movement of a dispute's money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transaction {
    /// Its place in Stripe's list.
    pub position: usize,
    /// Minor units of the dispute's currency; negative when it leaves the company.
    pub amount: i64,
    /// Unix seconds: Stripe's, else those of the first event that showed it.
    pub at: i64,
}

impl Dispute {
    /// Takes in an event about a dispute; `before` is the status that it says the dispute had.
    pub fn record(
        disputes: &mut BTreeMap<String, Self>,
        id: &str,
        delta: Delta<Version>,
        before: Option<&str>,
    ) {
        let (version, kind, at) = (delta.view.clone(), delta.kind.clone(), delta.created);
        let dispute = match disputes.get_mut(id) {
            Some(dispute) => {
                dispute.versions.apply(delta);
                dispute
            }
            None => disputes.entry(id.to_owned()).or_insert_with(|| Self::new(delta)),
        };
        let Some(version) = version else { return };
        let inquiry = version.status.starts_with("warning_");
        dispute.opened |= !inquiry;
        dispute.inquired |= inquiry;
        match kind.as_str() {
            "charge.dispute.funds_withdrawn" => {
                dispute.moved.insert(Moved { at, reinstated: false });
            }
            "charge.dispute.funds_reinstated" => {
                dispute.moved.insert(Moved { at, reinstated: true });
            }
            _ => {}
        }
        let state = DisputeState::of(&version.status);
        if state.is_ending() {
            let reversed = before.map(DisputeState::of).is_some_and(|b| b.is_ending() && b != state);
            let transactions = version.balance_transactions.len();
            dispute.results.insert(ResultSeen { at, transactions, reversed, state });
        }
        dispute.forget_repeats();
        for (position, entry) in version.balance_transactions.iter().enumerate() {
            dispute.record_transaction(&version, position, entry, at);
        }
    }

    fn new(delta: Delta<Version>) -> Self {
        Self {
            versions: Versioned::new(delta),
            opened: false,
            inquired: false,
            moved: BTreeSet::new(),
            results: BTreeSet::new(),
            transactions: BTreeMap::new(),
        }
    }

    /// The company's balance may be kept in another currency than the dispute's; then a movement stands for the
    /// whole amount.
    fn record_transaction(
        &mut self,
        version: &Version,
        position: usize,
        entry: &BalanceTransaction,
        at: i64,
    ) {
        let amount = if entry.currency == version.currency {
            entry.amount
        } else {
            version.amount.saturating_mul(entry.amount.signum())
        };
        let at = entry.created.unwrap_or(at);
        let new = Transaction { position, amount, at };
        let known = self.transactions.entry(entry.id.clone()).or_insert(new);
        known.at = at.min(known.at);
        known.position = position.min(known.position);
    }

    /// Takes over everything that another record of the dispute knows.
    pub fn merge(&mut self, other: Self) {
        self.versions.merge(other.versions);
        self.opened |= other.opened;
        self.inquired |= other.inquired;
        self.moved.extend(other.moved);
        self.results.extend(other.results);
        self.forget_repeats();
        for (id, theirs) in other.transactions {
            let known = self.transactions.entry(id).or_insert_with(|| theirs.clone());
            known.at = theirs.at.min(known.at);
            known.position = theirs.position.min(known.position);
        }
    }

    /// Its movements of money in Stripe's order, as (balance transaction, minor units, unix seconds). Where no event
    /// lists them, what its events say of the whole amount.
    #[must_use]
    pub fn movements(&self) -> Vec<(Option<&str>, i64, i64)> {
        if self.transactions.is_empty() {
            return self.unlisted_movements();
        }
        let mut all: Vec<_> = self.transactions.iter().filter(|(_, entry)| entry.amount != 0).collect();
        all.sort_by_key(|(id, entry)| (entry.position, *id));
        all.into_iter().map(|(id, entry)| (Some(id.as_str()), entry.amount, entry.at)).collect()
    }

    /// Minor units that are away from the company now.
    fn withheld(&self) -> i64 {
        -self.movements().iter().map(|(_, amount, _)| amount).sum::<i64>()
    }

    /// What it means for the money. Ended with the money withdrawn and not reinstated is lost, whatever the status:
    /// `prevented` by a resolution gives the customer the money.
    #[must_use]
    pub fn state(&self) -> DisputeState {
        match DisputeState::of(&self.versions.latest().status) {
            DisputeState::Closed if self.withheld() > 0 => DisputeState::Lost,
            state => state,
        }
    }

    /// Minor units lost for good, as far as is known.
    #[must_use]
    pub fn lost(&self) -> i64 {
        let withheld = self.withheld().max(0);
        match self.state() {
            // The decision often comes before the event that moves the money back.
            DisputeState::Won if !self.movements().iter().any(|(_, amount, _)| *amount > 0) => 0,
            DisputeState::Won => withheld,
            DisputeState::Lost if withheld > 0 => withheld,
            DisputeState::Lost => self.versions.latest().amount,
            DisputeState::Closed | DisputeState::Inquiry | DisputeState::Open => 0,
        }
    }

    /// Minor units that an open dispute asks for.
    #[must_use]
    pub fn open(&self) -> i64 {
        if self.state() == DisputeState::Open { self.versions.latest().amount } else { 0 }
    }
}
