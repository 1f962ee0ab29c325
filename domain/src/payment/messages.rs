//! The messages about refunds and disputes.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use stripe::objects::Refund;

use super::{Dispute, DisputeState, HeldReason, Payment};
use crate::aggregate::Aggregate;
use crate::doubt::Doubt;
use crate::keys::Keys;
use crate::message::{self, DisputeData, Message, PaidInvoiceData, RefundData};
use crate::origin::Origin;
use crate::rules::Rules;
use crate::version::Versioned;

/// What the id of a payment intent begins with: that of a charge or session has no sessions of its own.
const PAYMENT_INTENT: &str = "pi_";

impl Aggregate for Payment {
    type Key = String;
    const NAME: &'static str = "payment";

    fn wanted(keys: &Keys) -> Vec<String> {
        keys.payments.iter().cloned().collect()
    }

    fn joined(&self, _id: &String, keys: &mut Keys) {
        keys.orders.extend(self.orders_in_reach());
        keys.subscriptions.extend(self.subscriptions().map(str::to_owned));
    }

    fn origin(&self, _id: &String) -> Origin {
        self.origin.clone()
    }

    fn missing(&self, id: &String, keys: &mut Keys) {
        if self.refunds.is_missing() || self.disputes.is_missing() {
            keys.whole_payments.insert(id.clone());
        }
    }

    /// A refund or dispute that is as it was calls for what it called for before, unless it is only now certain that a
    /// refund releases no hold.
    fn messages_since(&self, before: &Self, id: &String, _rules: &Rules) -> Vec<Message> {
        let in_document = self.refunds.keys().map(String::as_str);
        let refunds = in_document.chain(self.refunds.new_rows(&before.refunds).map(|(refund, _)| refund));
        let is_new = |refund: &str| self.is_certain_refund(refund) && !before.is_certain_refund(refund);
        let changed = |refund: &str| self.refunds.known_part(refund) != before.refunds.known_part(refund);
        let refunds: BTreeSet<&str> = refunds.filter(|refund| changed(refund) || is_new(refund)).collect();
        let disputes = self.disputes.changed(&before.disputes);
        let mut messages = self.refund_messages(id, refunds.iter().copied());
        messages.extend(self.dispute_messages(id, disputes.iter().copied()));
        if !messages.is_empty() {
            let mut sent = before.refund_messages(id, refunds.into_iter());
            sent.extend(before.dispute_messages(id, disputes.into_iter()));
            message::retain_unsent(&mut messages, &sent);
        }
        messages
    }

    fn doubts(&self, id: &String) -> Vec<Doubt> {
        let intent = self.intent.iter().filter(|versions| versions.ambiguous());
        let intent = intent.map(|versions| Doubt::new("payment_intent", &versions.latest().id));
        let sessions = self.sessions.iter().filter(|(_, versions)| versions.ambiguous());
        let charges = self.charges.iter().filter(|(_, versions)| versions.ambiguous());
        let refunds = self.refunds.known().filter(|(_, versions)| versions.ambiguous());
        let disputes = self.disputes.known().filter(|(_, dispute)| dispute.versions.ambiguous());
        let held = self.is_unexplained(id).then(|| Doubt::new("payment_intent", id));
        intent
            .chain(held)
            .chain(sessions.map(|(id, _)| Doubt::new("checkout.session", id)))
            .chain(charges.map(|(id, _)| Doubt::new("charge", id)))
            .chain(refunds.map(|(id, _)| Doubt::new("refund", id)))
            .chain(disputes.map(|(id, _)| Doubt::new("dispute", id)))
            .collect()
    }

    fn describe(&self, _rules: &Rules) -> Value {
        let summary = self.summary();
        json!({
            "status": summary.status, "order": self.linked, "held": self.held, "amount": summary.amount,
            "currency": summary.currency, "amount_paid": summary.paid, "amount_refunded": summary.refunded,
            "dispute": summary.dispute, "ambiguous": self.ambiguous(),
        })
    }
}

impl Payment {
    /// Held for what its session or its invoice may explain, and neither has come. Once Stripe was asked for the payment
    /// intent, and for them with it, there is nothing more to ask.
    fn is_unexplained(&self, id: &str) -> bool {
        let held = self.held.is_some_and(HeldReason::may_be_explained);
        let none = self.sessions.is_empty() && self.invoices.is_empty();
        let asked = self.intent.as_ref().is_some_and(Versioned::was_observed);
        held && none && !asked && id.starts_with(PAYMENT_INTENT)
    }

    /// Whether it is known to have moved money: until it is known what was captured, it may turn out to release a hold.
    fn is_certain_refund(&self, refund: &str) -> bool {
        let Some(refund) = self.refunds.known_part(refund).map(Versioned::latest) else { return false };
        self.paid() > 0 && self.is_real(refund) && !self.may_release_a_hold(refund)
    }

    fn refund_messages<'a>(&self, id: &str, refunds: impl Iterator<Item = &'a str>) -> Vec<Message> {
        let mut messages = Vec::new();
        for refund in refunds.filter(|refund| self.is_certain_refund(refund)) {
            let Some(refund) = self.refunds.known_part(refund).map(Versioned::latest) else { continue };
            let message = |topic| Message::new(topic, &refund.id, &self.about_refund(id, refund));
            messages.push(message(&message::REFUND_CREATED));
            match refund.status.as_str() {
                "failed" => messages.push(message(&message::REFUND_FAILED)),
                "canceled" => messages.push(message(&message::REFUND_CANCELED)),
                _ => {}
            }
        }
        messages
    }

    fn dispute_messages<'a>(&self, id: &str, disputes: impl Iterator<Item = &'a str>) -> Vec<Message> {
        let mut messages = Vec::new();
        for dispute in disputes {
            if let Some(record) = self.disputes.known_part(dispute) {
                self.messages_of_dispute(id, dispute, record, &mut messages);
            }
        }
        messages
    }

    /// What can happen again carries in its key what makes it another occurrence: the balance transaction, or how an
    /// appeal ended.
    fn messages_of_dispute(&self, id: &str, dispute: &str, record: &Dispute, messages: &mut Vec<Message>) {
        let mut message = |topic, about: &str| {
            messages.push(Message::new(topic, about, &self.about_dispute(id, record)));
        };
        if record.inquired {
            message(&message::DISPUTE_INQUIRY_OPENED, dispute);
        }
        if record.opened {
            message(&message::DISPUTE_OPENED, dispute);
        }
        let movements = record.movements();
        let of = |sign: i64| movements.iter().filter(move |(_, amount, _)| amount.signum() == sign);
        for (sign, topic) in
            [(-1, &message::DISPUTE_FUNDS_WITHDRAWN), (1, &message::DISPUTE_FUNDS_REINSTATED)]
        {
            for (count, (transaction, ..)) in of(sign).enumerate() {
                match transaction {
                    _ if count == 0 => message(topic, dispute),
                    Some(transaction) => message(topic, &format!("{dispute}/{transaction}")),
                    None => message(topic, &format!("{dispute}/{}", count + 1)),
                }
            }
        }
        for about in closed_keys(dispute, &record.endings()) {
            message(&message::DISPUTE_CLOSED, &about);
        }
    }

    fn about_refund(&self, id: &str, refund: &Refund) -> RefundData {
        RefundData {
            refund: refund.id.clone(),
            payment: id.to_owned(),
            order: self.linked.clone(),
            charge: refund.charge.clone(),
            amount: refund.amount,
            currency: refund.currency.clone(),
            status: refund.status.clone(),
            reason: refund.reason.clone(),
            failure_reason: refund.failure_reason.clone(),
            customer: self.paying_customer(),
            paid: self.paid_invoice(),
        }
    }

    fn about_dispute(&self, id: &str, record: &Dispute) -> DisputeData {
        let dispute = record.versions.latest();
        DisputeData {
            dispute: dispute.id.clone(),
            payment: id.to_owned(),
            order: self.linked.clone(),
            charge: dispute.charge.clone(),
            amount: dispute.amount,
            currency: dispute.currency.clone(),
            status: dispute.status.clone(),
            state: record.state(),
            reason: dispute.reason.clone(),
            evidence_due_by: dispute.due_by,
            amount_lost: record.lost(),
            customer: self.paying_customer(),
            paid: self.paid_invoice(),
        }
    }

    /// What a subscription's payment belongs to.
    fn paid_invoice(&self) -> Option<PaidInvoiceData> {
        let (id, invoice) = self.invoices.iter().next()?;
        Some(PaidInvoiceData { invoice: id.clone(), subscription: invoice.subscription.clone() })
    }

    /// The invoice's customer, where one is known.
    fn paying_customer(&self) -> Option<String> {
        let invoiced = self.invoices.values().next().and_then(|invoice| invoice.customer.clone());
        invoiced.or_else(|| self.summary().customer())
    }
}

/// One key for each result. Whichever events are known, the keys of some of them are among the keys of all: the first
/// result goes by the dispute alone, every later one by itself, and by a number where the same comes once more.
fn closed_keys(dispute: &str, endings: &[DisputeState]) -> Vec<String> {
    let key = |(at, ending): (usize, &DisputeState)| {
        let before = endings[1..at.max(1)].iter().filter(|earlier| *earlier == ending).count();
        match (at, before) {
            (0, _) => dispute.to_owned(),
            (_, 0) => format!("{dispute}/{}", ending.as_str()),
            _ => format!("{dispute}/{}/{}", ending.as_str(), before + 1),
        }
    };
    endings.iter().enumerate().map(key).collect()
}
