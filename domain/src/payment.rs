//! The payment: what a payment intent, its checkout session, charges, refunds and disputes say together.
//!
//! Owns the facts and how a payment's state is derived from them. It must never look at the order in
//! which they came: everything derived is a function of the set of events seen.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use stripe::objects::{Charge, CheckoutSession, Dispute, PaymentIntent, Refund};

use super::version::{Fact, Step};

mod derive;
mod ledger;
mod messages;
mod status;

pub use derive::Summary;
pub use ledger::Movement;
pub use status::{DisputeState, Status};

/// Everything that is known of one payment. Its id is the payment intent's; where there is none, the
/// charge's, the session's or the refund's.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Payment {
    /// The order that it is counted in; kept in a column of its own.
    #[serde(skip)]
    pub linked: Option<String>,
    /// The payment intent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub intent: Option<Fact<PaymentIntent>>,
    /// Checkout sessions by id; more than one only when Stripe reuses a payment intent.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub sessions: BTreeMap<String, Fact<CheckoutSession>>,
    /// Charges by id: one for each try.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub charges: BTreeMap<String, Fact<Charge>>,
    /// Refunds by id.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub refunds: BTreeMap<String, Fact<Refund>>,
    /// Disputes by id.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub disputes: BTreeMap<String, DisputeFile>,
    /// What was seen of each charge's refunded amount, by charge id.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub issued: BTreeMap<String, Issued>,
    /// A try to pay has failed (`payment_intent.payment_failed`, `charge.failed`).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub try_failed: bool,
    /// A delayed method has failed for good (`checkout.session.async_payment_failed`).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub delayed_failed: bool,
}

/// A dispute, and what its events have said that stays true.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DisputeFile {
    /// The newest version.
    pub fact: Fact<Dispute>,
    /// It has been more than an inquiry.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub opened: bool,
    /// It has been an inquiry.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub inquired: bool,
    /// `charge.dispute.funds_withdrawn` was seen.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub withdrawn: bool,
    /// `charge.dispute.funds_reinstated` was seen.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reinstated: bool,
    /// `charge.dispute.closed` was seen.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub closed: bool,
}

/// What the `charge.refunded` events of one charge have said.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Issued {
    /// The steps of `amount_refunded`, from and to. A set: two events that tell one refund count once.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub steps: BTreeSet<(i64, i64)>,
    /// The highest `amount_refunded` told without saying from where.
    pub told: i64,
}

impl Payment {
    /// Takes over everything that another payment knows: they turned out to be one. Happens when a refund
    /// or dispute named only a charge whose payment intent was learned later.
    pub fn merge(&mut self, other: Self) {
        if let Some(theirs) = other.intent {
            match &mut self.intent {
                Some(mine) => mine.merge(theirs),
                none => *none = Some(theirs),
            }
        }
        merge_facts(&mut self.sessions, other.sessions);
        merge_facts(&mut self.charges, other.charges);
        merge_facts(&mut self.refunds, other.refunds);
        for (id, theirs) in other.disputes {
            match self.disputes.get_mut(&id) {
                Some(mine) => mine.merge(theirs),
                None => {
                    self.disputes.insert(id, theirs);
                }
            }
        }
        for (charge, theirs) in other.issued {
            let mine = self.issued.entry(charge).or_default();
            mine.steps.extend(theirs.steps);
            mine.told = mine.told.max(theirs.told);
        }
        self.try_failed |= other.try_failed;
        self.delayed_failed |= other.delayed_failed;
    }

    /// The order ids that its objects name in their metadata. More than one is a contradiction.
    #[must_use]
    pub fn orders_named(&self) -> BTreeSet<&str> {
        let intent = self.intent.iter().map(|fact| &fact.view().reference);
        let sessions =
            self.sessions.values().map(Fact::view).filter(|s| is_purchase(s)).map(|s| &s.reference);
        let charges = self.charges.values().map(|fact| &fact.view().reference);
        intent.chain(sessions).chain(charges).filter_map(|reference| reference.order.as_deref()).collect()
    }

    /// The order that it pays: the one named in metadata, else the session's `client_reference_id`.
    #[must_use]
    pub fn order(&self) -> Option<&str> {
        let sessions = || self.sessions.values().map(Fact::view).filter(|s| is_purchase(s));
        let by_session = || sessions().find_map(|session| session.client_reference_id.as_deref());
        self.orders_named().first().copied().or_else(by_session)
    }

    /// Every order that it could come to pay once another event shows which of its versions are the newest: all
    /// must be locked.
    #[must_use]
    pub fn orders_in_reach(&self) -> BTreeSet<&str> {
        let sessions = || self.sessions.values().flat_map(Fact::views).filter(|s| is_purchase(s));
        let intent = self.intent.iter().flat_map(Fact::views).map(|view| &view.reference);
        let charges = self.charges.values().flat_map(Fact::views).map(|view| &view.reference);
        let references = intent.chain(charges).chain(sessions().map(|session| &session.reference));
        let named = references.filter_map(|reference| reference.order.as_deref());
        let by_session = sessions().filter_map(|session| session.client_reference_id.as_deref());
        named.chain(by_session).chain(self.linked.as_deref()).collect()
    }
}

/// Sessions of mode `subscription` and `setup` never touch an order.
#[must_use]
pub fn is_purchase(session: &CheckoutSession) -> bool {
    session.mode == "payment"
}

impl DisputeFile {
    /// The file as its first event opens it.
    #[must_use]
    pub fn new(step: Step<Dispute>) -> Self {
        Self {
            fact: Fact::new(step),
            opened: false,
            inquired: false,
            withdrawn: false,
            reinstated: false,
            closed: false,
        }
    }

    fn merge(&mut self, other: Self) {
        self.fact.merge(other.fact);
        self.opened |= other.opened;
        self.inquired |= other.inquired;
        self.withdrawn |= other.withdrawn;
        self.reinstated |= other.reinstated;
        self.closed |= other.closed;
    }
}

fn merge_facts<T>(mine: &mut BTreeMap<String, Fact<T>>, theirs: BTreeMap<String, Fact<T>>) {
    for (id, fact) in theirs {
        match mine.get_mut(&id) {
            Some(known) => known.merge(fact),
            None => {
                mine.insert(id, fact);
            }
        }
    }
}
