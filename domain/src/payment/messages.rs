//! The messages about refunds and disputes.

use serde_json::{Value, json};
use stripe::objects::Refund;

use super::{DisputeFile, DisputeState, Payment};
use crate::aggregate::Aggregate;
use crate::message::{self, Message};
use crate::rules::Rules;
use crate::version::Fact;

impl Aggregate for Payment {
    const NAME: &'static str = "payment";

    fn messages(&self, id: &str, _rules: &Rules) -> Vec<Message> {
        let mut messages = Vec::new();
        for refund in self.refunds.values().map(Fact::view) {
            messages.push(Message::new(&message::REFUND_CREATED, &refund.id, self.about_refund(id, refund)));
            if refund.status == "failed" {
                messages.push(Message::new(
                    &message::REFUND_FAILED,
                    &refund.id,
                    self.about_refund(id, refund),
                ));
            }
        }
        for (dispute, file) in &self.disputes {
            let told = [
                (file.inquired, &message::DISPUTE_INQUIRY_OPENED),
                (file.opened, &message::DISPUTE_OPENED),
                (file.withdrawn, &message::DISPUTE_FUNDS_WITHDRAWN),
                (file.reinstated, &message::DISPUTE_FUNDS_REINSTATED),
                (file.closed, &message::DISPUTE_CLOSED),
            ];
            for (_, topic) in told.into_iter().filter(|(seen, _)| *seen) {
                messages.push(Message::new(topic, dispute, self.about_dispute(id, file)));
            }
        }
        messages
    }

    fn describe(&self, _rules: &Rules) -> Value {
        let summary = self.summary();
        json!({
            "status": summary.status, "order": self.linked, "amount": summary.amount,
            "currency": summary.currency, "amount_paid": summary.paid, "amount_refunded": summary.refunded,
            "dispute": summary.dispute, "ambiguous": self.ambiguous(),
        })
    }
}

impl Payment {
    fn about_refund(&self, id: &str, refund: &Refund) -> Value {
        json!({
            "refund": refund.id, "payment": id, "order": self.linked, "charge": refund.charge,
            "amount": refund.amount, "currency": refund.currency, "status": refund.status,
            "reason": refund.reason, "failure_reason": refund.failure_reason,
        })
    }

    fn about_dispute(&self, id: &str, file: &DisputeFile) -> Value {
        let dispute = file.fact.view();
        json!({
            "dispute": dispute.id, "payment": id, "order": self.linked, "charge": dispute.charge,
            "amount": dispute.amount, "currency": dispute.currency, "status": dispute.status,
            "state": DisputeState::of(&dispute.status), "reason": dispute.reason, "evidence_due_by": dispute.due_by,
        })
    }
}
