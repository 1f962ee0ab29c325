//! `invoice` and `invoice_payment`.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use std::collections::BTreeMap;

use super::{Fields, Reference, ViewError};

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

    /// The id, which every invoice but a forecast has.
    ///
    /// # Errors
    /// [`ViewError::Missing`] where there is none.
    pub fn need_id(&self) -> Result<&str, ViewError> {
        self.id.as_deref().ok_or(ViewError::Missing { object: "invoice", field: "id" })
    }
}

/// The period of a subscription that an invoice pays for, in unix seconds: that of the subscription's own recurring
/// lines. Prorations, credits and one-off items extend nothing, nor does usage, which is billed when its period is over.
/// Of each item the latest end counts, and of the items the earliest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Period {
    /// When the period begins, in unix seconds.
    pub start: i64,
    /// When the period ends, in unix seconds.
    pub end: i64,
}

/// The periods that the lines of an invoice pay for.
struct Periods {
    whole: Option<Period>,
    by_item: BTreeMap<String, Period>,
}

impl Periods {
    /// Where an invoice of the subscription has charges and none of them is a recurring line (an upgrade in the
    /// middle of a period), the latest end of the prorations counts, else of the other lines. Lines that the body
    /// leaves out (`has_more`) are not guessed at. A fee beside a change of the plan has no period worth the name.
    fn of_lines(fields: &Fields<'_>, created: Option<i64>) -> Result<Self, ViewError> {
        let mut by_item: BTreeMap<String, Period> = BTreeMap::new();
        let mut otherwise: Option<(bool, Period)> = None;
        let is_update = fields.text("billing_reason") == Some("subscription_update");
        for line in lines(fields) {
            let Some(period) = Period::of_line(&line)? else { continue };
            if line.integer("amount")?.unwrap_or(0) < 0 {
                continue;
            }
            let prorated = is_prorated(&line);
            if !prorated && !is_one_off(&line) {
                let latest = by_item.entry(item_of(&line)).or_insert(period);
                *latest = if period.end > latest.end { period } else { *latest };
            } else if period.end > period.start || !is_update {
                let rank = |(prorated, period): &(bool, Period)| (*prorated, period.end);
                otherwise = otherwise.into_iter().chain([(prorated, period)]).max_by_key(rank);
            }
        }
        let of_usage = by_item.values().copied().min_by_key(|period| period.end);
        by_item.retain(|_, period| created.is_none_or(|created| period.end > created));
        let recurring = by_item.values().copied().min_by_key(|period| period.end).or(of_usage);
        let more = fields.child("lines").is_some_and(|lines| lines.flag("has_more") == Some(true));
        let of_subscription =
            fields.text("billing_reason").is_some_and(|reason| reason.starts_with("subscription"));
        let otherwise = otherwise.map(|(_, period)| period).filter(|_| of_subscription && !more);
        let whole = recurring.or(otherwise);
        Ok(Self { whole, by_item })
    }
}

impl Period {
    fn of_line(line: &Fields<'_>) -> Result<Option<Self>, ViewError> {
        let Some(period) = line.child("period") else { return Ok(None) };
        let start = period.integer("start")?.unwrap_or(0);
        Ok(period.integer("end")?.map(|end| Self { start, end }))
    }
}

fn item_of(line: &Fields<'_>) -> String {
    let details = line.child("parent").and_then(|parent| parent.child("subscription_item_details"));
    let item = details.and_then(|details| details.id_of("subscription_item"));
    item.or_else(|| line.id_of("subscription_item")).unwrap_or_default()
}

/// Whether a line is an invoice item, which may have a period of its own, and not the subscription's.
fn is_one_off(line: &Fields<'_>) -> bool {
    match line.child("parent").and_then(|parent| parent.owned("type")) {
        Some(kind) => kind != "subscription_item_details",
        None => line.text("type") == Some("invoiceitem") || line.has("invoice_item"),
    }
}

fn is_prorated(line: &Fields<'_>) -> bool {
    let parent = line.child("parent");
    let details =
        ["subscription_item_details", "invoice_item_details"].map(|name| parent.and_then(|p| p.child(name)));
    let places = [Some(*line)].into_iter().chain(details).flatten();
    places.into_iter().any(|place| place.flag("proration") == Some(true))
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
