//! The payment: what a payment intent, its checkout session, charges, refunds and disputes say together.
//!
//! Owns the object versions and how a payment's state is derived from them. It must never look at the order in
//! which they came: everything derived is a function of the set of events seen.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use stripe::objects::{Charge, CheckoutSession, PaymentIntent, Reference, Refund};

use crate::origin::{OrderKey, Origin};
use crate::parts::Parts;
use crate::version::Versioned;

mod attempt;
mod conversion;
mod dispute;
mod explained;
mod ledger;
mod messages;
mod reference;
mod refunds;
mod releases;
mod rows;
mod status;
mod summary;

pub use crate::dispute_state::DisputeState;
pub use crate::held::HeldReason;
pub use attempt::Attempt;
pub use conversion::Conversion;
pub use dispute::{Dispute, Moved, ResultSeen};
pub use ledger::{Movement, MovementKind};
pub use refunds::RefundedStep;
pub use rows::{DisputesInRows, RefundsInRows};
pub use status::Status;
pub use summary::Summary;

/// Everything that is known of one payment. Its id is the payment intent's; where there is none, the
/// charge's, the session's or the refund's.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Payment {
    /// The account and mode.
    pub origin: Origin,
    /// The order that it belongs to; kept in a column of its own.
    #[serde(skip)]
    pub linked: Option<String>,
    /// Why it does not count for its order; kept in a column of its own.
    #[serde(skip)]
    pub held: Option<HeldReason>,
    /// The versions of the payment intent; none where there is no intent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub intent: Option<Versioned<PaymentIntent>>,
    /// Checkout sessions by id; more than one only when Stripe reuses a payment intent.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub sessions: BTreeMap<String, Versioned<CheckoutSession>>,
    /// Charges by id: one for each attempt.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub charges: BTreeMap<String, Versioned<Charge>>,
    /// What the metadata of a charge said when it was made or took the money, by charge id. Later versions may have
    /// been edited by hand.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub attempts: BTreeMap<String, Attempt>,
    /// The payment's refund objects by id, `re_…`.
    #[serde(skip_serializing_if = "Parts::is_empty")]
    pub refunds: Parts<Versioned<Refund>, RefundsInRows>,
    /// The payment's disputes and inquiries by id, `dp_…`.
    #[serde(skip_serializing_if = "Parts::is_empty")]
    pub disputes: Parts<Dispute, DisputesInRows>,
    /// The values of `amount_refunded` (minor units) that a charge's events have reached, by charge id.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub refunded_amounts: BTreeMap<String, BTreeMap<i64, RefundedStep>>,
    /// Charges that were captured in part and do not count the released rest in `amount_refunded`, by an event that
    /// showed less than that rest, with what was captured then (minor units): a later capture may be the last.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub release_not_counted: BTreeMap<String, i64>,
    /// The invoices that it pays, by id.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub invoices: BTreeMap<String, PaidInvoice>,
    /// When an attempt last failed, unix seconds (`payment_intent.payment_failed`, `charge.failed`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attempt_failed: Option<i64>,
    /// A delayed method has failed for good (`checkout.session.async_payment_failed`).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub delayed_failed: bool,
}

/// What a payment needs to know of the invoice that it pays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PaidInvoice {
    /// The metadata of the invoice.
    pub reference: Reference,
    /// Minor units that it asks for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount_due: Option<i64>,
    /// Minor units of these that payments bring, where the rest is settled out of band.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_by_payments: Option<i64>,
    /// Minor units before the invoice's discounts, tax and shipping.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subtotal: Option<i64>,
    /// Minor units before the customer's credit balance and credit notes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<i64>,
    /// The same without tax.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_excluding_tax: Option<i64>,
    /// The currency, as a lower-case ISO code, of one that is paid and asked for nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub free_in: Option<String>,
    /// It was paid with this metadata.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_certain: bool,
    /// Minor units paid of it while it is open: several payments may pay it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount_paid: Option<i64>,
    /// The subscription; none for a one-off invoice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subscription: Option<String>,
    /// Stripe's id of the customer, `cus_…`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer: Option<String>,
}

/// Failed charges that a payment remembers.
const FAILED_CHARGES: usize = 20;

impl Payment {
    /// Takes over everything that another payment knows: they turned out to be one. Happens when a refund
    /// or dispute named only a charge whose payment intent was learned later. No part of either may be in a row.
    pub fn merge(&mut self, other: Self) {
        if let Some(theirs) = other.intent {
            match &mut self.intent {
                Some(mine) => mine.merge(theirs),
                none => *none = Some(theirs),
            }
        }
        merge_versions(&mut self.sessions, other.sessions);
        merge_versions(&mut self.charges, other.charges);
        merge_versions(&mut self.refunds, other.refunds.into_kept());
        for (id, theirs) in other.disputes.into_kept() {
            match self.disputes.get_mut(&id) {
                Some(mine) => mine.merge(theirs),
                None => {
                    self.disputes.insert(id, theirs);
                }
            }
        }
        for (charge, theirs) in other.refunded_amounts {
            let mine = self.refunded_amounts.entry(charge).or_default();
            for (amount, step) in theirs {
                mine.entry(amount).or_insert_with(|| step.clone()).merge(&step);
            }
        }
        for (charge, theirs) in other.attempts {
            self.attempts.entry(charge).or_default().merge(theirs);
        }
        for (charge, captured) in other.release_not_counted {
            let known = self.release_not_counted.entry(charge).or_insert(captured);
            *known = captured.max(*known);
        }
        self.invoices.extend(other.invoices);
        self.attempt_failed = self.attempt_failed.max(other.attempt_failed);
        self.delayed_failed |= other.delayed_failed;
    }

    /// Forgets all but the newest failed charges once the payment intent is known, which then speaks for them: a
    /// payment intent may see thousands of declined cards.
    pub fn forget_failed_charges(&mut self) {
        if self.intent.is_none() {
            return;
        }
        let failed = self.charges.values().map(Versioned::latest).filter(|charge| charge.status == "failed");
        let mut failed: Vec<_> = failed.map(|charge| (charge.created, charge.id.clone())).collect();
        failed.sort_unstable();
        for (_, id) in failed.drain(..failed.len().saturating_sub(FAILED_CHARGES)) {
            self.charges.remove(&id);
            self.attempts.remove(&id);
        }
    }

    /// Whether the newest version of one of its objects is uncertain.
    #[must_use]
    pub fn ambiguous(&self) -> bool {
        self.intent.as_ref().is_some_and(Versioned::ambiguous)
            || self.sessions.values().any(Versioned::ambiguous)
            || self.charges.values().any(Versioned::ambiguous)
            || self.refunds.values().any(Versioned::ambiguous)
            || self.disputes.values().any(|dispute| dispute.versions.ambiguous())
            || self.ambiguous_in_rows()
    }

    /// The order that it belongs to.
    #[must_use]
    pub fn order_key(&self) -> Option<OrderKey> {
        self.linked.as_deref().map(|id| OrderKey::new(&self.origin, id))
    }

    /// The subscriptions whose invoices it pays.
    pub fn subscriptions(&self) -> impl Iterator<Item = &str> {
        self.invoices.values().filter_map(|invoice| invoice.subscription.as_deref())
    }

    /// Every order that it could come to belong to once another event shows which of its versions are the newest:
    /// all must be locked.
    #[must_use]
    pub fn orders_in_reach(&self) -> BTreeSet<OrderKey> {
        let sessions = || self.sessions.values().flat_map(Versioned::candidates).filter(|s| is_purchase(s));
        let intent = self.intent.iter().flat_map(Versioned::candidates).map(|version| &version.reference);
        let charges = self.charges.values().flat_map(Versioned::candidates).map(|version| &version.reference);
        let invoices = self.invoices.values().map(|invoice| &invoice.reference);
        let attempts = self.attempts.values().filter_map(Attempt::reference);
        let references = intent.chain(charges).chain(attempts).chain(invoices);
        let references = references.chain(sessions().map(|session| &session.reference));
        let named = references.filter_map(|reference| reference.order.as_deref());
        let by_session = sessions().filter_map(|session| session.client_reference_id.as_deref());
        let all = named.chain(by_session).chain(self.linked.as_deref());
        all.map(|id| OrderKey::new(&self.origin, id)).collect()
    }
}

/// Sessions of mode `subscription` and `setup` never touch an order.
#[must_use]
pub fn is_purchase(session: &CheckoutSession) -> bool {
    session.mode == "payment"
}

fn merge_versions<T>(mine: &mut BTreeMap<String, Versioned<T>>, theirs: BTreeMap<String, Versioned<T>>) {
    for (id, versions) in theirs {
        match mine.get_mut(&id) {
            Some(known) => known.merge(versions),
            None => {
                mine.insert(id, versions);
            }
        }
    }
}
