//! `invoice` and `invoice_payment`.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Fields, ViewError};

/// An invoice: <https://docs.stripe.com/api/invoices/object>.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invoice {
    /// `in_…`; absent on `invoice.upcoming`, which is a forecast.
    pub id: Option<String>,
    /// `draft`, `open`, `paid`, `uncollectible` or `void`; read from `paid`, `closed` and `forgiven` before 2018-11-08.
    pub status: String,
    /// Subscription id: `parent.subscription_details.subscription` since 2025-03-31.basil, `subscription` before.
    pub subscription: Option<String>,
    /// Stripe's customer id.
    pub customer: Option<String>,
    /// `subscription_create`, `subscription_cycle`, `manual` …
    pub billing_reason: Option<String>,
    /// Minor units.
    pub amount_due: i64,
    /// Minor units.
    pub amount_paid: i64,
    /// Lower-case ISO code.
    pub currency: Option<String>,
    /// How often payment was tried.
    pub attempt_count: i64,
    /// Unix seconds of the next try.
    pub next_payment_attempt: Option<i64>,
    /// Unix seconds: the latest period end over its lines.
    pub period_end: Option<i64>,
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
        let mut period_end = None;
        for line in lines(&fields) {
            let end = line.child("period").map(|period| period.integer("end")).transpose()?.flatten();
            period_end = period_end.max(end);
        }
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
            currency: fields.owned("currency").map(|code| code.to_ascii_lowercase()),
            attempt_count: fields.integer("attempt_count")?.unwrap_or(0),
            next_payment_attempt: fields.integer("next_payment_attempt")?,
            period_end,
            payment_intent: fields.id_of("payment_intent"),
            charge: fields.id_of("charge"),
        })
    }

    /// The id, which every invoice but a forecast has.
    ///
    /// # Errors
    /// [`ViewError::Missing`] where there is none.
    pub fn need_id(&self) -> Result<&str, ViewError> {
        self.id.as_deref().ok_or(ViewError::Missing { object: "invoice", field: "id" })
    }
}

/// The lines of an invoice. In 2012 `lines` held `subscriptions`, `invoiceitems` and `prorations` instead of `data`.
fn lines<'a>(fields: &Fields<'a>) -> Vec<Fields<'a>> {
    let mut lines: Vec<_> = fields.list("lines").collect();
    if let Some(old) = fields.child("lines") {
        for kind in ["subscriptions", "invoiceitems", "prorations"] {
            lines.extend(old.list(kind));
        }
    }
    lines
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
    /// `inpay_…`
    pub id: String,
    /// Invoice id.
    pub invoice: String,
    /// Minor units.
    pub amount_paid: Option<i64>,
    /// `payment.payment_intent`.
    pub payment_intent: Option<String>,
    /// `payment.charge`.
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
            payment_intent: payment.and_then(|p| p.id_of("payment_intent")),
            charge: payment.and_then(|p| p.id_of("charge")),
        })
    }
}
