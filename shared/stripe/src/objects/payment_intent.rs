//! `payment_intent`.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Fields, Reference, ViewError};

/// A payment intent: <https://docs.stripe.com/api/payment_intents/object>.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentIntent {
    /// The payment intent's id, `pi_…`.
    pub id: String,
    /// `requires_payment_method`, `processing`, `requires_capture`, `succeeded`, `canceled` …
    pub status: String,
    /// Minor units, as asked for.
    pub amount: i64,
    /// Minor units, as received; differs from `amount` after a partial capture.
    pub amount_received: Option<i64>,
    /// Minor units before what `amount_details` names of the amount: without tip, tax and shipping, and with the
    /// discount. None where it names nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount_subtotal: Option<i64>,
    /// The currency as a lower-case ISO code.
    pub currency: String,
    /// Stripe's id of the customer, `cus_…`.
    pub customer: Option<String>,
    /// Its newest charge: `latest_charge` since 2022-11-15, the first of `charges.data` before.
    pub latest_charge: Option<String>,
    /// Why it was canceled: `automatic`, `abandoned`, `requested_by_customer` …
    pub cancellation_reason: Option<String>,
    /// The invoice that it pays, before 2025-03-31.basil.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invoice: Option<String>,
    /// Unix seconds at which it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<i64>,
    /// What the company's metadata says of the order.
    pub reference: Reference,
}

impl PaymentIntent {
    /// Reads `data.object`.
    ///
    /// # Errors
    /// [`ViewError`] when it is no payment intent or lacks id, status, amount or currency.
    pub fn read(value: &Value) -> Result<Self, ViewError> {
        let fields = Fields::of(value, "payment_intent")?;
        let oldest_place = || fields.list("charges").next().and_then(|charge| charge.owned("id"));
        let amount = fields.need_amount("amount")?;
        Ok(Self {
            id: fields.need_text("id")?,
            status: modern_status(fields.need_text("status")?),
            amount,
            amount_subtotal: added(&fields)?.map(|added| amount - added),
            amount_received: fields.amount("amount_received")?,
            currency: fields.need_currency()?,
            customer: fields.id_of("customer"),
            latest_charge: fields.id_of("latest_charge").or_else(oldest_place),
            cancellation_reason: fields.owned("cancellation_reason"),
            invoice: fields.id_of("invoice"),
            created: fields.integer("created")?,
            reference: Reference::read(&fields),
        })
    }

    /// Minor units that have been received once it has succeeded.
    #[must_use]
    pub fn received(&self) -> i64 {
        self.amount_received.filter(|received| *received > 0).unwrap_or(self.amount)
    }

    /// Minor units captured so far: of a hold that is captured in several parts, those that were
    /// (<https://docs.stripe.com/payments/multicapture>).
    #[must_use]
    pub fn captured_amount(&self) -> i64 {
        if self.status == "succeeded" { self.received() } else { self.amount_received.unwrap_or(0) }
    }
}

/// Minor units that `amount_details` adds to the price: a tip that was given at a card reader, and since 2025-09-30.clover
/// tax and shipping, less the discount.
/// <https://docs.stripe.com/api/payment_intents/object#payment_intent_object-amount_details>
fn added(fields: &Fields<'_>) -> Result<Option<i64>, ViewError> {
    let Some(details) = fields.child("amount_details") else { return Ok(None) };
    let part = |of: &str, amount| details.child(of).map_or(Ok(None), |part: Fields<'_>| part.amount(amount));
    let parts = [part("tip", "amount")?, part("tax", "total_tax_amount")?, part("shipping", "amount")?];
    let discount = details.amount("discount_amount")?;
    let named = parts.iter().chain([&discount]).any(Option::is_some);
    Ok(named.then(|| parts.iter().flatten().sum::<i64>() - discount.unwrap_or(0)))
}

/// What 2019-02-11 renamed: <https://docs.stripe.com/upgrades#2019-02-11>.
fn modern_status(status: String) -> String {
    match status.as_str() {
        "requires_source" => "requires_payment_method".to_owned(),
        "requires_source_action" => "requires_action".to_owned(),
        _ => status,
    }
}
