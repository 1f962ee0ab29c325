//! `checkout.session`.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Fields, Reference, ViewError};

/// A checkout session: <https://docs.stripe.com/api/checkout/sessions/object>.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckoutSession {
    /// `cs_…`
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
    /// Stripe's customer id.
    pub customer: Option<String>,
    /// Minor units.
    pub amount_total: Option<i64>,
    /// Lower-case ISO code.
    pub currency: Option<String>,
    /// The company's free text; an order id only where no metadata names one.
    pub client_reference_id: Option<String>,
    /// The company's metadata.
    pub reference: Reference,
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
            currency: fields.owned("currency").map(|code| code.to_ascii_lowercase()),
            client_reference_id: fields.owned("client_reference_id"),
            reference: Reference::read(&fields),
        })
    }
}
