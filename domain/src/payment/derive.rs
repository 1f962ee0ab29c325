//! What a payment's facts come to.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use stripe::objects::{Charge, CheckoutSession, PaymentIntent};

use super::{DisputeState, Payment, Status, is_purchase};
use crate::version::Fact;

/// A payment in short, as its order needs it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Summary {
    /// Where it stands.
    pub status: Status,
    /// Minor units that were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<i64>,
    /// Lower-case ISO code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// Minor units taken.
    pub paid: i64,
    /// Minor units given back.
    pub refunded: i64,
    /// The worst dispute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dispute: Option<DisputeState>,
    /// Payment intent id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub intent: Option<String>,
    /// The customer ids that its objects name: the company's own (`customerId`) and Stripe's.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub customers: BTreeSet<String>,
    /// The products that its metadata names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub products: Option<String>,
    /// The reference code that its metadata carries.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

impl Payment {
    /// What the facts come to.
    #[must_use]
    pub fn summary(&self) -> Summary {
        let intent = self.intent.as_ref().map(Fact::view);
        let session = self.session();
        let charge = self.charges.values().map(Fact::view).max_by_key(|charge| charge.taken());
        let references = || {
            let sessions = self.sessions.values().map(|fact| &fact.view().reference);
            let charges = self.charges.values().map(|fact| &fact.view().reference);
            sessions.chain(intent.map(|intent| &intent.reference)).chain(charges)
        };
        Summary {
            status: self.status(),
            amount: intent
                .map(|intent| intent.amount)
                .or_else(|| session.and_then(|session| session.amount_total))
                .or_else(|| charge.map(|charge| charge.amount)),
            currency: intent
                .map(|intent| intent.currency.clone())
                .or_else(|| session.and_then(|session| session.currency.clone()))
                .or_else(|| charge.map(|charge| charge.currency.clone())),
            paid: self.paid(),
            refunded: self.refunded(),
            dispute: self.disputes.values().map(|file| DisputeState::of(&file.fact.view().status)).max(),
            intent: intent
                .map(|intent| intent.id.clone())
                .or_else(|| session.and_then(|session| session.payment_intent.clone()))
                .or_else(|| self.charges.values().find_map(|fact| fact.view().payment_intent.clone())),
            customers: references()
                .filter_map(|reference| reference.customer.clone())
                .chain(session.and_then(|session| session.customer.clone()))
                .chain(intent.and_then(|intent| intent.customer.clone()))
                .chain(charge.and_then(|charge| charge.customer.clone()))
                .collect(),
            products: references().find_map(|reference| reference.products.clone()),
            code: references().find_map(|reference| reference.code.clone()),
        }
    }

    /// Whether the newest version of one of its objects is a guess.
    #[must_use]
    pub fn ambiguous(&self) -> bool {
        self.intent.as_ref().is_some_and(Fact::ambiguous)
            || self.sessions.values().any(Fact::ambiguous)
            || self.charges.values().any(Fact::ambiguous)
            || self.refunds.values().any(Fact::ambiguous)
            || self.disputes.values().any(|file| file.fact.ambiguous())
    }

    /// The session that speaks for the payment: one that was paid, else the first by id.
    fn session(&self) -> Option<&CheckoutSession> {
        let purchases = || self.sessions.values().map(Fact::view).filter(|session| is_purchase(session));
        purchases().find(|session| settled(session)).or_else(|| purchases().next())
    }

    /// Minor units taken: by the payment intent, else the session, else the charges.
    fn paid(&self) -> i64 {
        if let Some(intent) =
            self.intent.as_ref().map(Fact::view).filter(|intent| intent.status == "succeeded")
        {
            return intent.received();
        }
        let session = self.session().filter(|session| session.payment_status.as_deref() == Some("paid"));
        session
            .and_then(|session| session.amount_total)
            .unwrap_or_else(|| self.charges.values().map(|fact| fact.view().taken()).sum())
    }

    fn status(&self) -> Status {
        let session = self.session();
        if self.paid() > 0 || session.is_some_and(settled) {
            return Status::Paid;
        }
        let intent = self.intent.as_ref().map(Fact::view);
        let expired = session.is_some_and(|session| session.status.as_deref() == Some("expired"));
        match intent.map(|intent| intent.status.as_str()) {
            Some("succeeded") => return Status::Paid,
            Some("canceled") if expired || intent.is_some_and(canceled_by_stripe) => return Status::Expired,
            Some("canceled") => return Status::Canceled,
            _ if expired => return Status::Expired,
            _ if self.delayed_failed => return Status::Failed,
            Some("requires_capture") => return Status::Authorized,
            Some("processing") => return Status::Processing,
            _ => {}
        }
        self.status_without_intent(intent.map(|intent| intent.status.as_str()))
    }

    /// Where the payment stands by its charges and session, its intent being unknown or still open.
    fn status_without_intent(&self, intent: Option<&str>) -> Status {
        let charges = || self.charges.values().map(Fact::view);
        // A hold that was let go is told as refunded.
        let let_go = |c: &Charge| c.refunded && !c.captured;
        let charge = |status: &str, captured: bool| {
            charges().any(|c| c.status == status && c.captured == captured && !let_go(c))
        };
        let open_intent = intent.is_some();
        let under_way = self.session().is_some_and(|session| {
            session.status.as_deref() == Some("complete")
                && session.payment_status.as_deref() == Some("unpaid")
        });
        if !open_intent && charge("succeeded", false) {
            Status::Authorized
        } else if !open_intent && (charge("pending", true) || charge("pending", false)) {
            Status::Processing
        } else if !open_intent && charges().any(let_go) {
            Status::Canceled
        } else if under_way && intent == Some("requires_action") {
            // A voucher or a bank transfer, chosen after another try had failed.
            Status::Processing
        } else if self.try_failed {
            Status::Failed
        } else if under_way {
            Status::Processing
        } else {
            Status::Pending
        }
    }

    /// Minor units given back. Refunds that are known count without the failed and canceled ones; where
    /// the charge tells of more than the known refunds explain, its word stands less what has come back.
    fn refunded(&self) -> i64 {
        let canceled = self.intent.as_ref().is_some_and(|fact| fact.view().status == "canceled");
        if canceled && self.paid() == 0 {
            // Nothing was taken, so what Stripe calls refunded was only let go.
            return 0;
        }
        let mut kept = 0;
        let mut undone = 0;
        for refund in self.refunds.values().map(Fact::view) {
            *(if refund.undone() { &mut undone } else { &mut kept }) += refund.amount;
        }
        let issued: i64 = self.issued.values().map(super::Issued::total).sum();
        let snapshots = || {
            let charges = self.charges.values().map(Fact::view);
            charges.map(|charge| charge.given_back(charge.amount_refunded)).sum()
        };
        if self.issued.is_empty() && self.refunds.is_empty() {
            return snapshots();
        }
        kept.max(issued - undone)
    }
}

impl super::Issued {
    /// Minor units that were refunded in all, before any refund failed.
    fn total(&self) -> i64 {
        self.steps.iter().map(|(from, to)| (to - from).max(0)).sum::<i64>().max(self.told)
    }
}

/// Paid for, or free.
fn settled(session: &CheckoutSession) -> bool {
    let complete = session.status.as_deref() != Some("expired") && session.status.as_deref() != Some("open");
    match session.payment_status.as_deref() {
        Some("paid") => true,
        Some("no_payment_required") => complete,
        // Before 2020 sessions had no payment status and were completed only when paid.
        None => complete,
        Some(_) => false,
    }
}

/// Stripe cancels the payment intent of a session that runs out.
fn canceled_by_stripe(intent: &PaymentIntent) -> bool {
    matches!(intent.cancellation_reason.as_deref(), Some("automatic" | "expired"))
}
