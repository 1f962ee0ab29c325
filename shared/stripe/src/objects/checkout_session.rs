//! `checkout.session`.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Fields, Reference, ViewError};

/// A checkout session: <https://docs.stripe.com/api/checkout/sessions/object>.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckoutSession {
    /// The session's id, `cs_…`.
    pub id: String,
    /// `payment`, `subscription` or `setup`; sessions of before 2019-12-03 have none and were payments.
    pub mode: String,
    /// `open`, `complete` or `expired`; absent before 2020-08-27.
    pub status: Option<String>,
    /// `paid`, `unpaid` or `no_payment_required`; absent before 2020.
    pub payment_status: Option<String>,
    /// Payment intent id; null for free and (since 2022-08-01) for expired sessions.
    pub payment_intent: Option<String>,
    /// Subscription id, in mode `subscription`.
    pub subscription: Option<String>,
    /// Stripe's id of the customer, `cus_…`.
    pub customer: Option<String>,
    /// The session's total, in the currency's minor unit.
    pub amount_total: Option<i64>,
    /// Minor units, before discounts, tax and shipping.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount_subtotal: Option<i64>,
    /// Minor units of its total that are tax.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount_tax: Option<i64>,
    /// Minor units of its total that are shipping.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount_shipping: Option<i64>,
    /// Unix seconds at which it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<i64>,
    /// The invoice that it made (`invoice_creation`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invoice: Option<String>,
    /// The currency as a lower-case ISO code.
    pub currency: Option<String>,
    /// What the company asked for, where the buyer pays in another currency (Adaptive Pricing, before
    /// 2025-03-31.basil): <https://docs.stripe.com/payments/currencies/localize-prices/adaptive-pricing>.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversion: Option<Conversion>,
    /// What the buyer pays in another currency, since 2025-03-31.basil: `presentment_details`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub presentment: Option<Presentment>,
    /// The company's free text; an order id only where no metadata names one.
    pub client_reference_id: Option<String>,
    /// What the company's metadata says of the order.
    pub reference: Reference,
}

/// `currency_conversion` of a session: its `amount_total` and `currency` are the buyer's, these the company's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conversion {
    /// The session's total, in the currency's minor unit.
    pub amount_total: i64,
    /// Minor units, before discounts, tax and shipping.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount_subtotal: Option<i64>,
    /// The currency as a lower-case ISO code.
    pub currency: String,
}

/// `presentment_details` of a session: what the buyer pays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Presentment {
    /// Minor units.
    pub amount: i64,
    /// Lower-case ISO code.
    pub currency: String,
}

impl Presentment {
    fn read(fields: &Fields<'_>) -> Result<Option<Self>, ViewError> {
        let Some(child) = fields.child("presentment_details") else { return Ok(None) };
        let (amount, currency) = (child.amount("presentment_amount")?, child.text("presentment_currency"));
        Ok(amount
            .zip(currency)
            .map(|(amount, currency)| Self { amount, currency: currency.to_ascii_lowercase() }))
    }
}

impl Conversion {
    fn read(fields: &Fields<'_>) -> Result<Self, ViewError> {
        let currency = fields.need_text("source_currency")?.to_ascii_lowercase();
        let amount_subtotal = fields.amount("amount_subtotal")?;
        Ok(Self { amount_total: fields.need_amount("amount_total")?, amount_subtotal, currency })
    }
}

/// Since 2025-03-31.basil the session's own amounts are the company's, in the source currency.
fn conversion(fields: &Fields<'_>) -> Result<Option<Conversion>, ViewError> {
    let Some(child) = fields.child("currency_conversion") else { return Ok(None) };
    let conversion = Conversion::read(&child)?;
    let same =
        fields.text("currency").is_some_and(|currency| currency.eq_ignore_ascii_case(&conversion.currency));
    Ok((!same).then_some(conversion))
}

impl CheckoutSession {
    /// Reads `data.object`.
    ///
    /// # Errors
    /// [`ViewError`] when it is no checkout session or lacks its id.
    pub fn read(value: &Value) -> Result<Self, ViewError> {
        let fields = Fields::of(value, "checkout.session")?;
        let subscription = fields.id_of("subscription");
        let mode = fields.owned("mode");
        let details = fields.child("total_details");
        let of_total = |part| details.map_or(Ok(None), |details: Fields<'_>| details.amount(part));
        Ok(Self {
            id: fields.need_text("id")?,
            mode: mode.unwrap_or_else(|| {
                if subscription.is_some() { "subscription" } else { "payment" }.to_owned()
            }),
            status: fields.owned("status"),
            payment_status: fields.owned("payment_status"),
            payment_intent: fields.id_of("payment_intent"),
            subscription,
            customer: fields.id_of("customer"),
            amount_total: fields.amount("amount_total")?,
            amount_subtotal: fields.amount("amount_subtotal")?,
            amount_tax: of_total("amount_tax")?.filter(|tax| *tax > 0),
            amount_shipping: of_total("amount_shipping")?.filter(|shipping| *shipping > 0),
            created: fields.integer("created")?,
            invoice: fields.id_of("invoice"),
            currency: fields.owned("currency").map(|code| code.to_ascii_lowercase()),
            client_reference_id: fields
                .text("client_reference_id")
                .map(str::trim)
                .filter(|id| !id.is_empty())
                .map(str::to_owned),
            conversion: conversion(&fields)?,
            presentment: Presentment::read(&fields)?,
            reference: Reference::read(&fields),
        })
    }
}
