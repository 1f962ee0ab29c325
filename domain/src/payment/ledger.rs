//! The ledger: each movement of money once, dated by Stripe. Its sum over a payment is what was captured less what
//! was refunded and what was lost or is withheld by disputes.

use std::collections::BTreeMap;

use super::Payment;
use crate::version::Versioned;

/// What moved the money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MovementKind {
    /// A payment was captured.
    Payment,
    /// A refund left the company.
    Refund,
    /// A refund failed or was canceled: the company has its money again.
    RefundUndone,
    /// The bank withdrew the disputed money.
    DisputeWithdrawn,
    /// The bank reinstated the disputed money.
    DisputeReinstated,
}

impl MovementKind {
    /// The value in `money_movements.kind`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Payment => "payment",
            Self::Refund => "refund",
            Self::RefundUndone => "refund_undone",
            Self::DisputeWithdrawn => "dispute_withdrawn",
            Self::DisputeReinstated => "dispute_reinstated",
        }
    }
}

/// One movement of money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Movement {
    /// What makes it unique: the kind, and Stripe's balance transaction where the event names one, else the object.
    pub key: String,
    /// What kind of movement it is.
    pub kind: MovementKind,
    /// The payment, refund, charge or dispute that moved it.
    pub object: String,
    /// Minor units; negative when it leaves the company.
    pub amount: i64,
    /// The currency as a lower-case ISO code.
    pub currency: String,
    /// When the money moved by Stripe's time, in unix seconds.
    pub at: i64,
}

impl Movement {
    fn new(kind: MovementKind, about: &str, object: &str, amount: i64, currency: &str, at: i64) -> Self {
        let (key, object) = (format!("{}/{about}", kind.as_str()), object.to_owned());
        Self { key, kind, object, amount, currency: currency.to_owned(), at }
    }
}

impl Payment {
    /// Every movement that is known.
    #[must_use]
    pub fn movements(&self, id: &str) -> Vec<Movement> {
        let mut movements = Vec::new();
        let summary = self.summary();
        if let (Some(currency), true) = (&summary.currency, summary.paid > 0) {
            let at = self.captured_at();
            movements.push(Movement::new(MovementKind::Payment, id, id, summary.paid, currency, at));
        }
        let mut listed = 0;
        for refund in self.real_refunds() {
            let versions = &self.refunds[&refund.id];
            let at = refund.created.unwrap_or_else(|| versions.latest_delta().created);
            let movement =
                |kind, amount, at| Movement::new(kind, &refund.id, &refund.id, amount, &refund.currency, at);
            movements.push(movement(MovementKind::Refund, -refund.amount, at));
            if refund.undone() {
                let at = versions.latest_delta().created;
                movements.push(movement(MovementKind::RefundUndone, refund.amount, at));
            } else {
                listed += refund.amount;
            }
        }
        let unlisted = summary.refunded - listed;
        if let (Some(currency), true) = (&summary.currency, unlisted > 0) {
            movements.extend(self.unlisted_refunds(unlisted, currency));
        }
        self.dispute_movements(&mut movements);
        movements
    }

    fn dispute_movements(&self, movements: &mut Vec<Movement>) {
        for (id, dispute) in &self.disputes {
            for (transaction, amount, at) in dispute.movements() {
                let kind =
                    if amount < 0 { MovementKind::DisputeWithdrawn } else { MovementKind::DisputeReinstated };
                let currency = &dispute.versions.latest().currency;
                movements.push(Movement::new(kind, transaction.unwrap_or(id), id, amount, currency, at));
            }
        }
    }

    /// When the money was captured, unix seconds.
    fn captured_at(&self) -> i64 {
        let intent = self.intent.as_ref().filter(|versions| versions.latest().status == "succeeded");
        let by_intent = intent.map(|versions| versions.latest_delta().created);
        let by_charge = || self.money_charge().and_then(|charge| charge.created);
        let by_session = || self.sessions.values().map(|versions| versions.latest_delta().created).min();
        by_intent.or_else(by_charge).or_else(by_session).unwrap_or_default()
    }

    /// Refunds that Stripe reports only as the charge's cumulative sum (2022-11-15 to 2024-09-30): one for each step
    /// where nothing but sums is known, else one for what the known refunds leave open.
    fn unlisted_refunds(&self, unlisted: i64, currency: &str) -> Vec<Movement> {
        let Some(charge) = self.charges.values().max_by_key(|v| (v.latest().amount_refunded, &v.latest().id))
        else {
            return Vec::new();
        };
        let (charge, at) = (charge.latest(), charge.latest_delta().created);
        let movement = |about: String, amount: i64, at: i64| {
            Movement::new(MovementKind::Refund, &about, &charge.id, -amount, currency, at)
        };
        let shown = self.refunded_amounts.get(&charge.id);
        let shown =
            shown.into_iter().flatten().map(|(sum, step)| (self.refunded_of(charge, *sum), step.first));
        let mut steps: BTreeMap<i64, i64> = shown.filter(|(sum, _)| (1..=unlisted).contains(sum)).collect();
        steps.entry(unlisted).or_insert(at);
        if self
            .refunds
            .values()
            .map(Versioned::latest)
            .any(|refund| refund.charge.as_ref() == Some(&charge.id))
        {
            return vec![movement(format!("{}/unlisted", charge.id), unlisted, at)];
        }
        let mut before = 0;
        steps
            .into_iter()
            .map(|(sum, at)| {
                let step = movement(format!("{}/{sum}", charge.id), sum - before, at);
                before = sum;
                step
            })
            .collect()
    }
}
