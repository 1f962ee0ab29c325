//! `refund`.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Fields, ViewError};

/// A refund, as <https://docs.stripe.com/api/refunds/object> describes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refund {
    /// The refund's id, `re_…` or `pyr_…`.
    pub id: String,
    /// `pending`, `requires_action`, `succeeded`, `failed` or `canceled`; absent on old ones, which had succeeded.
    pub status: String,
    /// The amount, in the currency's minor unit.
    pub amount: i64,
    /// The currency as a lower-case ISO code.
    pub currency: String,
    /// The id of the refunded charge, `ch_…`.
    pub charge: Option<String>,
    /// The refunded payment intent.
    pub payment_intent: Option<String>,
    /// `duplicate`, `fraudulent`, `requested_by_customer` …
    pub reason: Option<String>,
    /// Why it failed, as Stripe spells it.
    pub failure_reason: Option<String>,
    /// Unix seconds at which it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<i64>,
}

impl Refund {
    /// Reads `data.object`.
    ///
    /// # Errors
    /// [`ViewError`] when it is no refund or lacks id, amount or currency.
    pub fn read(value: &Value) -> Result<Self, ViewError> {
        let fields = Fields::of(value, "refund")?;
        Self::from_fields(&fields, fields.id_of("charge"), fields.id_of("payment_intent"))
    }

    /// Reads a refund that is embedded in its charge; `None` where it has no id to know it by.
    pub(super) fn inside_charge(
        fields: &Fields<'_>,
        charge: &str,
        payment_intent: Option<&str>,
    ) -> Result<Option<Self>, ViewError> {
        if fields.text("id").is_none() {
            return Ok(None);
        }
        let payment_intent = fields.id_of("payment_intent").or_else(|| payment_intent.map(str::to_owned));
        Self::from_fields(fields, Some(charge.to_owned()), payment_intent).map(Some)
    }

    fn from_fields(
        fields: &Fields<'_>,
        charge: Option<String>,
        payment_intent: Option<String>,
    ) -> Result<Self, ViewError> {
        Ok(Self {
            id: fields.need_text("id")?,
            status: fields.owned("status").unwrap_or_else(|| "succeeded".to_owned()),
            amount: fields.need_amount("amount")?,
            currency: fields.need_currency()?,
            charge,
            payment_intent,
            reason: fields.owned("reason"),
            failure_reason: fields.owned("failure_reason"),
            created: fields.integer("created")?,
        })
    }

    /// Whether the money stays with the company after all.
    #[must_use]
    pub fn undone(&self) -> bool {
        matches!(self.status.as_str(), "failed" | "canceled")
    }
}
