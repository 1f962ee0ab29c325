//! The invoice of a subscription: what was asked for, tried and paid.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use stripe::objects::{Invoice as Version, InvoicePayment};

use super::aggregate::Aggregate;
use super::message::{self, Message};
use super::rules::Rules;
use super::version::Fact;

/// Everything that is known of one invoice.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Invoice {
    /// The subscription that it is counted in; kept in a column of its own.
    #[serde(skip)]
    pub linked: Option<String>,
    /// The newest version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fact: Option<Fact<Version>>,
    /// Its payments by id (`invoice_payment.paid`, since 2025-03-31.basil).
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub payments: BTreeMap<String, InvoicePayment>,
    /// `invoice.payment_succeeded` was seen: it was paid by a payment.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub payment_succeeded: bool,
    /// `invoice.paid` was seen: it is settled, by a payment or out of band.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub settled: bool,
    /// The latest failed try (`invoice.payment_failed`): its number, and when the next one follows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed: Option<(i64, Option<i64>)>,
    /// `invoice.payment_action_required` was seen.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub action_required: bool,
}

/// An invoice in short, as its subscription needs it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Whether it is paid.
    pub paid: bool,
    /// Unix seconds: the latest period end over its lines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period_end: Option<i64>,
    /// Stripe's customer id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<String>,
}

impl Invoice {
    /// The newest version, once one is known.
    #[must_use]
    pub fn version(&self) -> Option<&Version> {
        self.fact.as_ref().map(Fact::view)
    }

    /// Stripe's word for where it stands.
    #[must_use]
    pub fn status(&self) -> Option<&str> {
        if self.settled || self.payment_succeeded {
            return Some("paid");
        }
        self.version().map(|version| version.status.as_str())
    }

    /// The payment intent that paid it: inside it before basil, told by its payment since.
    #[must_use]
    pub fn payment_intent(&self) -> Option<&str> {
        let told = self.version().and_then(|version| version.payment_intent.as_deref());
        told.or_else(|| self.payments.values().find_map(|payment| payment.payment_intent.as_deref()))
    }

    /// What its subscription needs to know.
    #[must_use]
    pub fn summary(&self) -> Summary {
        Summary {
            paid: self.status() == Some("paid"),
            period_end: self.version().and_then(|version| version.period_end),
            customer: self.version().and_then(|version| version.customer.clone()),
        }
    }

    fn data(&self, id: &str) -> Value {
        let version = self.version();
        json!({
            "subscription": self.linked, "invoice": id, "status": self.status(),
            "customer": version.and_then(|v| v.customer.as_deref()),
            "amount_due": version.map(|v| v.amount_due), "amount_paid": version.map(|v| v.amount_paid),
            "currency": version.and_then(|v| v.currency.as_deref()),
            "billing_reason": version.and_then(|v| v.billing_reason.as_deref()),
            "period_end": version.and_then(|v| v.period_end), "payment_intent": self.payment_intent(),
        })
    }
}

impl Aggregate for Invoice {
    const NAME: &'static str = "invoice";

    fn messages(&self, id: &str, _rules: &Rules) -> Vec<Message> {
        let mut messages = Vec::new();
        if self.linked.is_none() {
            return messages;
        }
        if self.payment_succeeded {
            messages.push(Message::new(&message::SUBSCRIPTION_PAYMENT_SUCCEEDED, id, self.data(id)));
        }
        if self.status() == Some("paid") {
            messages.push(Message::new(&message::SUBSCRIPTION_INVOICE_SETTLED, id, self.data(id)));
            return messages;
        }
        if matches!(self.status(), Some("void" | "uncollectible")) {
            return messages;
        }
        if let Some((attempt, next)) = self.failed {
            let mut data = self.data(id);
            data["attempt_count"] = json!(attempt);
            data["next_payment_attempt"] = json!(next);
            messages.push(Message::new(
                &message::SUBSCRIPTION_PAYMENT_FAILED,
                &format!("{id}/{attempt}"),
                data,
            ));
        }
        if self.action_required {
            messages.push(Message::new(&message::SUBSCRIPTION_PAYMENT_ACTION_REQUIRED, id, self.data(id)));
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
