//! `invoice` and `invoice_payment`.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use std::collections::BTreeMap;

use super::{Fields, Reference, ViewError};

mod periods;

pub use periods::Period;
use periods::Periods;

/// An invoice, as <https://docs.stripe.com/api/invoices/object> describes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invoice {
    /// `in_…`; absent on `invoice.upcoming`, which is a forecast.
    pub id: Option<String>,
    /// `draft`, `open`, `paid`, `uncollectible` or `void`; read from `paid`, `closed` and `forgiven` before 2018-11-08.
    pub status: String,
    /// Subscription id: `parent.subscription_details.subscription` since 2025-03-31.basil, `subscription` before.
    pub subscription: Option<String>,
    /// Stripe's id of the customer, `cus_…`.
    pub customer: Option<String>,
    /// `subscription_create`, `subscription_cycle`, `manual` …
    pub billing_reason: Option<String>,
    /// What is due, in the currency's minor unit.
    pub amount_due: i64,
    /// What was paid, in the currency's minor unit.
    pub amount_paid: i64,
    /// Minor units before the invoice's discounts, tax and shipping.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subtotal: Option<i64>,
    /// Minor units that it came to: `amount_due` before the customer's credit balance and credit notes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<i64>,
    /// Minor units that it came to without tax.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_excluding_tax: Option<i64>,
    /// Minor units that credit notes took off before it was paid (`pre_payment_credit_notes_amount`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credit_notes: Option<i64>,
    /// The currency as a lower-case ISO code.
    pub currency: Option<String>,
    /// How often payment was tried.
    pub attempt_count: i64,
    /// Unix seconds of the next payment attempt.
    pub next_payment_attempt: Option<i64>,
    /// The period that it pays for, by its lines; see [`Period`].
    pub period: Option<Period>,
    /// The periods of its recurring lines that are paid in advance, by subscription item.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub item_periods: BTreeMap<String, Period>,
    /// The body holds only the first ten lines.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub has_more_lines: bool,
    /// Unix seconds at which it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<i64>,
    /// What the company's metadata says of the order.
    #[serde(default)]
    pub reference: Reference,
    /// The number that the customer reads on it, once it is finalized.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// Payment intent id, before 2025-03-31.basil.
    pub payment_intent: Option<String>,
    /// Charge id, before 2025-03-31.basil.
    pub charge: Option<String>,
}

impl Invoice {
    /// Reads `data.object`.
    ///
    /// # Errors
    /// [`ViewError`] when it is no invoice or an amount is no integer.
    pub fn read(value: &Value) -> Result<Self, ViewError> {
        let fields = Fields::of(value, "invoice")?;
        let details = fields.child("parent").and_then(|parent| parent.child("subscription_details"));
        let amount_due = fields.integer("amount_due")?.unwrap_or(0).max(0);
        let paid = fields.flag("paid") == Some(true);
        let created = fields.integer("created")?.or(fields.integer("date")?);
        let periods = Periods::of_lines(&fields, created)?;
        let has_more_lines = fields.child("lines").is_some_and(|lines| lines.flag("has_more") == Some(true));
        Ok(Self {
            id: fields.owned("id"),
            status: fields.owned("status").unwrap_or_else(|| old_status(&fields).to_owned()),
            subscription: details
                .and_then(|found| found.id_of("subscription"))
                .or_else(|| fields.id_of("subscription")),
            customer: fields.id_of("customer"),
            billing_reason: fields.owned("billing_reason"),
            amount_due,
            amount_paid: fields.amount("amount_paid")?.unwrap_or(if paid { amount_due } else { 0 }),
            subtotal: fields.integer("subtotal")?,
            total: fields.integer("total")?,
            total_excluding_tax: fields.integer("total_excluding_tax")?,
            credit_notes: fields.integer("pre_payment_credit_notes_amount")?.filter(|amount| *amount > 0),
            currency: fields.owned("currency").map(|code| code.to_ascii_lowercase()),
            attempt_count: fields.integer("attempt_count")?.unwrap_or(0),
            next_payment_attempt: fields.integer("next_payment_attempt")?,
            period: periods.whole,
            item_periods: periods.by_item,
            has_more_lines,
            created,
            reference: Reference::read(&fields),
            number: fields.owned("number"),
            payment_intent: fields.id_of("payment_intent"),
            charge: fields.id_of("charge"),
        })
    }

    /// A one-off invoice that is paid without a payment: a discount or the customer's credit balance covers all of it.
    /// One that credit notes or a negative total bring to nothing was not paid for.
    #[must_use]
    pub fn asks_for_nothing(&self) -> bool {
        let covered =
            self.amount_due == 0 && self.credit_notes.is_none() && self.total.is_some_and(|total| total >= 0);
        covered && self.status == "paid" && self.subscription.is_none()
    }

    /// The id, which every invoice but a forecast has.
    ///
    /// # Errors
    /// [`ViewError::Missing`] where there is none.
    pub fn need_id(&self) -> Result<&str, ViewError> {
        self.id.as_deref().ok_or(ViewError::Missing { object: "invoice", field: "id" })
    }
}

fn old_status(fields: &Fields<'_>) -> &'static str {
    let is = |field: &str| fields.flag(field) == Some(true);
    if is("paid") {
        "paid"
    } else if is("forgiven") {
        "uncollectible"
    } else if is("closed") {
        "void"
    } else {
        "open"
    }
}

/// A payment of an invoice, since 2025-03-31.basil:
/// <https://docs.stripe.com/api/invoice-payment/object>.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoicePayment {
    /// The invoice payment's id, `inpay_…`.
    pub id: String,
    /// The id of the invoice that it pays, `in_…`.
    pub invoice: String,
    /// What was paid, in the currency's minor unit.
    pub amount_paid: Option<i64>,
    /// `status` is `paid`.
    #[serde(default)]
    pub paid: bool,
    /// The payment intent that paid, `payment.payment_intent`.
    pub payment_intent: Option<String>,
    /// The charge that paid, `payment.charge`.
    pub charge: Option<String>,
}

impl InvoicePayment {
    /// Reads `data.object`.
    ///
    /// # Errors
    /// [`ViewError`] when it is no invoice payment or lacks id or invoice.
    pub fn read(value: &Value) -> Result<Self, ViewError> {
        let fields = Fields::of(value, "invoice_payment")?;
        let payment = fields.child("payment");
        Ok(Self {
            id: fields.need_text("id")?,
            invoice: fields.id_of("invoice").ok_or_else(|| fields.missing("invoice"))?,
            amount_paid: fields.amount("amount_paid")?,
            paid: fields.text("status") == Some("paid"),
            payment_intent: payment.and_then(|p| p.id_of("payment_intent")),
            charge: payment.and_then(|p| p.id_of("charge")),
        })
    }
}
