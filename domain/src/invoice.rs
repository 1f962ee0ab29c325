//! The invoice of a subscription: what was asked for, tried and paid.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use stripe::objects::{Invoice as Version, InvoicePayment, Period, Reference};

use super::aggregate::Aggregate;
use super::doubt::Doubt;
use super::keys::Keys;
use super::message::{self, InvoiceAttemptData, InvoiceData, Message};
use super::origin::{OrderKey, Origin};
use super::rules::Rules;
use super::version::Versioned;

mod lines;
mod payments;

pub use lines::Lines;

/// Everything that is known of one invoice.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Invoice {
    /// The account and mode.
    pub origin: Origin,
    /// The subscription that it is counted in; kept in a column of its own.
    #[serde(skip)]
    pub linked: Option<String>,
    /// The newest known version; none while only its payment is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub versions: Option<Versioned<Version>>,
    /// What all of its lines say, where they were read to their end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lines: Option<Lines>,
    /// Its payments by id (`invoice_payment.paid`, since 2025-03-31.basil).
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub payments: BTreeMap<String, InvoicePayment>,
    /// What its metadata said when it was paid; somebody may edit it later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paid_reference: Option<Reference>,
    /// `invoice.payment_succeeded` was seen: it was paid by a payment.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub payment_succeeded: bool,
    /// Stripe's API showed that a payment intent or a charge paid it, or a part of it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub payment_observed: bool,
    /// `invoice.paid` was seen: it is settled, by a payment or out of band.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub settled: bool,
    /// The latest failed attempt (`invoice.payment_failed`): its number, and when the next one follows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed: Option<(i64, Option<i64>)>,
    /// The attempt that the customer must confirm (`invoice.payment_action_required`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action_required: Option<i64>,
    /// `invoice.deleted` was seen: the draft is gone.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub deleted: bool,
    /// Whether an `invoice.finalization_failed` was seen.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub finalization_failed: bool,
}

/// An invoice in short, as its subscription needs it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Whether it is paid.
    pub paid: bool,
    /// Minor units paid.
    #[serde(default)]
    pub amount_paid: i64,
    /// The period that it pays for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<Period>,
    /// The periods that it pays for by subscription item.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub item_periods: BTreeMap<String, Period>,
    /// It has lines that its body does not show.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub has_more_lines: bool,
    /// It has lines that its body does not show, and none that is shown is recurring.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub period_unknown: bool,
    /// Unix seconds at which it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<i64>,
    /// Stripe's id of the customer, `cus_…`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<String>,
}

impl Invoice {
    /// The newest version, once one is known.
    #[must_use]
    pub fn version(&self) -> Option<&Version> {
        self.versions.as_ref().map(Versioned::latest)
    }

    /// The status as Stripe spells it; none while no version is known.
    #[must_use]
    pub fn status(&self) -> Option<&str> {
        if self.settled || self.payment_succeeded {
            return Some("paid");
        }
        if self.deleted {
            return Some("deleted");
        }
        self.version().map(|version| version.status.as_str())
    }

    /// Its metadata when it was paid, or as it is while that is not known.
    #[must_use]
    pub fn reference(&self) -> Option<&Reference> {
        self.paid_reference.as_ref().or_else(|| self.version().map(|version| &version.reference))
    }

    /// The order that its metadata names.
    #[must_use]
    pub fn order_key(&self) -> Option<OrderKey> {
        let order = self.reference()?.order.as_deref()?;
        Some(OrderKey::new(&self.origin, order))
    }

    /// What its subscription needs to know.
    #[must_use]
    pub fn summary(&self) -> Summary {
        let lines = self.known_lines();
        Summary {
            paid: self.status() == Some("paid"),
            amount_paid: self.version().map_or(0, |version| version.amount_paid),
            period: lines.period,
            item_periods: lines.item_periods,
            has_more_lines: self.lines.is_none()
                && self.version().is_some_and(|version| version.has_more_lines),
            period_unknown: self.period_unknown(),
            created: self.version().and_then(|version| version.created),
            customer: self.version().and_then(|version| version.customer.clone()),
        }
    }

    fn data(&self, id: &str) -> InvoiceData {
        let version = self.version();
        InvoiceData {
            invoice: id.to_owned(),
            subscription: self.linked.clone(),
            status: self.status().map(str::to_owned),
            customer: version.and_then(|v| v.customer.clone()),
            amount_due: version.map(|v| v.amount_due),
            amount_paid: version.map(|v| v.amount_paid),
            currency: version.and_then(|v| v.currency.clone()),
            billing_reason: version.and_then(|v| v.billing_reason.clone()),
            period_end: self.summary().period.map(|p| p.end),
            payment_intent: self.payment_intent().map(str::to_owned),
        }
    }
}

impl Aggregate for Invoice {
    type Key = String;
    const NAME: &'static str = "invoice";

    fn wanted(keys: &Keys) -> Vec<String> {
        keys.invoices.iter().cloned().collect()
    }

    fn joined(&self, id: &String, keys: &mut Keys) {
        keys.subscriptions.extend(self.linked.clone());
        keys.payments.extend(self.may_be_free().then(|| id.clone()));
        keys.payments.extend(self.payment_intents());
        keys.payments.extend(self.charges_alone());
        keys.orders.extend(self.order_key());
    }

    fn origin(&self, _id: &String) -> Origin {
        self.origin.clone()
    }

    fn doubts(&self, id: &String) -> Vec<Doubt> {
        let ambiguous = self.versions.as_ref().is_some_and(Versioned::ambiguous);
        let unknown = self.period_unknown() && self.status() == Some("paid");
        (ambiguous || unknown).then(|| Doubt::new("invoice", id)).into_iter().collect()
    }

    fn messages(&self, id: &String, _rules: &Rules) -> Vec<Message> {
        let mut messages = Vec::new();
        if self.finalization_failed && self.status() == Some("draft") {
            messages.push(Message::new(&message::INVOICE_FINALIZATION_FAILED, id, &self.data(id)));
        }
        if self.linked.is_none() {
            return messages;
        }
        if self.payment_succeeded {
            messages.push(Message::new(&message::SUBSCRIPTION_PAYMENT_SUCCEEDED, id, &self.data(id)));
        }
        if self.status() == Some("paid") {
            messages.push(Message::new(&message::SUBSCRIPTION_INVOICE_SETTLED, id, &self.data(id)));
            return messages;
        }
        if matches!(self.status(), Some("void" | "uncollectible" | "deleted")) {
            return messages;
        }
        // An attempt that needs the customer's confirmation is reported by both events and is one notice.
        let to_confirm = self.action_required;
        if let Some((attempt, next)) = self.failed.filter(|(attempt, _)| to_confirm != Some(*attempt)) {
            let (invoice, attempt_count) = (self.data(id), attempt);
            let data = InvoiceAttemptData { invoice, attempt_count, next_payment_attempt: next };
            let about = format!("{id}/{attempt}");
            messages.push(Message::new(&message::SUBSCRIPTION_PAYMENT_FAILED, &about, &data));
        }
        if let Some(attempt) = to_confirm {
            let about = format!("{id}/{attempt}");
            let mut required =
                Message::new(&message::SUBSCRIPTION_PAYMENT_ACTION_REQUIRED, &about, &self.data(id));
            required.instead_of =
                Some(format!("{}/{about}", message::SUBSCRIPTION_PAYMENT_FAILED.topic.name));
            messages.push(required);
        }
        messages
    }

    fn describe(&self, _rules: &Rules) -> Value {
        let version = self.version();
        json!({
            "status": self.status(), "subscription": self.linked,
            "amount_due": version.map(|v| v.amount_due), "amount_paid": version.map(|v| v.amount_paid),
            "currency": version.and_then(|v| v.currency.as_deref()),
            "attempt_count": version.map(|v| v.attempt_count), "payment_intent": self.payment_intent(),
        })
    }
}
