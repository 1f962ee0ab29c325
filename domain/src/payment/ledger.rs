//! The ledger: each movement of money once, by the id of what moved it.

use super::{Payment, Status};
use crate::version::Fact;

/// One movement of money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Movement {
    /// `payment`, `refund`, `refund_undone`, `dispute_withdrawn` or `dispute_reinstated`.
    pub kind: &'static str,
    /// The payment, refund or dispute that moved it.
    pub object: String,
    /// Minor units; negative when it leaves the company.
    pub amount: i64,
    /// Lower-case ISO code.
    pub currency: String,
}

impl Movement {
    /// What makes it unique.
    #[must_use]
    pub fn key(&self) -> String {
        format!("{}/{}", self.kind, self.object)
    }
}

impl Payment {
    /// Every movement that the facts prove. A refund that came undone has moved money twice. Refunds that
    /// Stripe tells only as a sum on the charge (2022-11-15 to 2024-09-30) have no id and are not here.
    #[must_use]
    pub fn movements(&self, id: &str) -> Vec<Movement> {
        let movement = |kind, object: &str, amount, currency: &str| Movement {
            kind,
            object: object.to_owned(),
            amount,
            currency: currency.to_owned(),
        };
        let mut movements = Vec::new();
        let summary = self.summary();
        // A capture in parts is told part by part: the sum stands once the intent succeeded, or nothing is missing.
        let succeeded = self.intent.as_ref().is_some_and(|fact| fact.view().status == "succeeded");
        let whole =
            summary.paid > 0 && (succeeded || summary.amount.is_none_or(|amount| summary.paid >= amount));
        if let (Status::Paid, Some(currency), true) = (summary.status, &summary.currency, whole) {
            movements.push(movement("payment", id, summary.paid, currency));
        }
        for refund in self.refunds.values().map(Fact::view) {
            movements.push(movement("refund", &refund.id, -refund.amount, &refund.currency));
            if refund.undone() {
                movements.push(movement("refund_undone", &refund.id, refund.amount, &refund.currency));
            }
        }
        for file in self.disputes.values() {
            let dispute = file.fact.view();
            if file.withdrawn {
                movements.push(movement(
                    "dispute_withdrawn",
                    &dispute.id,
                    -dispute.amount,
                    &dispute.currency,
                ));
            }
            if file.reinstated {
                movements.push(movement(
                    "dispute_reinstated",
                    &dispute.id,
                    dispute.amount,
                    &dispute.currency,
                ));
            }
        }
        movements
    }
}
