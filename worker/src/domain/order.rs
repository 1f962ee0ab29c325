//! The order: what the company expects, and what its payments come to.
//!
//! Owns the order's status and the messages about it. It must never mark an order paid by a payment that
//! does not match what was registered.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::message::Message;
use super::payment::{DisputeState, Status as PaymentStatus, Summary};

mod check;

pub use check::Claim;

/// What the company registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// The company's customer id, or Stripe's.
    pub customer: Option<String>,
    /// Minor units.
    pub amount: i64,
    /// Lower-case ISO code.
    pub currency: String,
    /// The code that a payment of this order carries.
    pub reference_code: Option<String>,
}

/// An order and a short view of each of its payments.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Order {
    /// What was registered; kept in columns of its own, which only the console writes.
    #[serde(skip)]
    pub expected: Option<Expected>,
    /// Its payments by id.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub payments: BTreeMap<String, Summary>,
}

/// Where an order stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Nothing decisive is known.
    #[default]
    Pending,
    /// A delayed payment is under way, or the money is held and not yet taken.
    Processing,
    /// Paid in full.
    Paid,
    /// The last try to pay failed.
    PaymentFailed,
    /// The payment was canceled.
    Canceled,
    /// The checkout session ran out.
    Expired,
    /// Some of the money was given back.
    PartiallyRefunded,
    /// All of the money was given back.
    Refunded,
    /// The customer's bank disputes the payment.
    Disputed,
    /// A dispute was lost.
    ChargedBack,
}

impl Status {
    /// The word in `orders.status`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Processing => "processing",
            Self::Paid => "paid",
            Self::PaymentFailed => "payment_failed",
            Self::Canceled => "canceled",
            Self::Expired => "expired",
            Self::PartiallyRefunded => "partially_refunded",
            Self::Refunded => "refunded",
            Self::Disputed => "disputed",
            Self::ChargedBack => "charged_back",
        }
    }
}

/// What an order's payments come to: the columns of its row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Totals {
    /// Where it stands.
    pub status: Status,
    /// Registered, else the first that a payment names.
    pub customer: Option<String>,
    /// Minor units; registered, else what its payment asks for.
    pub amount: Option<i64>,
    /// Lower-case ISO code.
    pub currency: Option<String>,
    /// The code it was registered or paid with.
    pub reference_code: Option<String>,
    /// Minor units.
    pub paid: i64,
    /// Minor units.
    pub refunded: i64,
    /// The payment intent that paid it, else the newest known.
    pub payment_intent: Option<String>,
}

impl Order {
    /// What its payments come to.
    #[must_use]
    pub fn totals(&self) -> Totals {
        let leading = self.leading();
        let amount = self.expected.as_ref().map(|e| e.amount).or_else(|| leading.and_then(|p| p.amount));
        let currency = self
            .expected
            .as_ref()
            .map(|e| e.currency.clone())
            .or_else(|| leading.and_then(|p| p.currency.clone()));
        let counted = || self.payments.values().filter(|p| p.currency.is_none() || p.currency == currency);
        let paid = counted().map(|p| p.paid).sum();
        let refunded = counted().map(|p| p.refunded).sum();
        Totals {
            status: self.status(amount, paid, refunded),
            customer: self
                .expected
                .as_ref()
                .and_then(|expected| expected.customer.clone())
                .or_else(|| leading.and_then(Summary::customer)),
            amount,
            currency,
            reference_code: self
                .expected
                .as_ref()
                .and_then(|expected| expected.reference_code.clone())
                .or_else(|| leading.and_then(|p| p.code.clone())),
            paid,
            refunded,
            payment_intent: leading.and_then(|p| p.intent.clone()),
        }
    }

    /// The payment that speaks for the order: one that was paid, else the last by id.
    fn leading(&self) -> Option<&Summary> {
        let mut payments = self.payments.values();
        payments.clone().find(|p| p.status == PaymentStatus::Paid).or_else(|| payments.next_back())
    }

    fn status(&self, amount: Option<i64>, paid: i64, refunded: i64) -> Status {
        let any = |status| self.payments.values().any(|p| p.status == status);
        let dispute = self.payments.values().filter_map(|p| p.dispute).max();
        let settled = self.settled(amount, paid);
        match dispute {
            Some(DisputeState::Lost) => return Status::ChargedBack,
            Some(DisputeState::Open) => return Status::Disputed,
            _ => {}
        }
        // A refund may be known before the payment it gives back.
        if refunded > 0 && (refunded >= paid.max(amount.unwrap_or(0)) || (paid > 0 && refunded >= paid)) {
            Status::Refunded
        } else if refunded > 0 && paid - refunded < amount.unwrap_or(paid) {
            Status::PartiallyRefunded
        } else if settled {
            Status::Paid
        } else if any(PaymentStatus::Processing) || any(PaymentStatus::Authorized) {
            Status::Processing
        } else if any(PaymentStatus::Failed) {
            Status::PaymentFailed
        } else if any(PaymentStatus::Canceled) {
            Status::Canceled
        } else if any(PaymentStatus::Expired) {
            Status::Expired
        } else {
            Status::Pending
        }
    }

    /// Paid in full. Once true this stays true: money that was taken was taken.
    fn settled(&self, amount: Option<i64>, paid: i64) -> bool {
        let any_paid = self.payments.values().any(|p| p.status == PaymentStatus::Paid);
        any_paid && paid >= amount.unwrap_or(0)
    }

    /// The messages that this state calls for.
    #[must_use]
    pub fn messages(&self, id: &str) -> Vec<Message> {
        let totals = self.totals();
        let data = |payment: Option<&str>| {
            json!({
                "order": id, "status": totals.status.word(), "customer": totals.customer,
                "amount": totals.amount, "currency": totals.currency, "amount_paid": totals.paid,
                "amount_refunded": totals.refunded, "payment_intent": totals.payment_intent,
                "payment": payment, "products": self.leading().and_then(|p| p.products.clone()),
            })
        };
        let mut messages = Vec::new();
        if self.settled(totals.amount, totals.paid) {
            messages.push(Message::lasting("order.paid", id, data(None)));
        }
        let (topic, cause) = match totals.status {
            Status::Processing => {
                ("order.processing", [PaymentStatus::Processing, PaymentStatus::Authorized])
            }
            Status::PaymentFailed => ("order.payment_failed", [PaymentStatus::Failed; 2]),
            Status::Canceled => ("order.canceled", [PaymentStatus::Canceled; 2]),
            Status::Expired => ("order.expired", [PaymentStatus::Expired; 2]),
            Status::PartiallyRefunded => {
                let about = format!("{id}/{}", totals.refunded);
                messages.push(Message::notice("order.partially_refunded", &about, data(None)));
                return messages;
            }
            Status::Refunded => {
                messages.push(Message::notice("order.refunded", id, data(None)));
                return messages;
            }
            Status::Pending | Status::Paid | Status::Disputed | Status::ChargedBack => return messages,
        };
        for (payment, _) in self.payments.iter().filter(|(_, summary)| cause.contains(&summary.status)) {
            messages.push(Message::notice(topic, &format!("{id}/{payment}"), data(Some(payment))));
        }
        messages
    }
}

impl Summary {
    /// The company's own customer id where one is named, else Stripe's.
    #[must_use]
    pub fn customer(&self) -> Option<String> {
        let own = self.customers.iter().find(|customer| !customer.starts_with("cus_"));
        own.or_else(|| self.customers.first()).cloned()
    }
}
