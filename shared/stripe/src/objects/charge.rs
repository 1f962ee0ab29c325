//! `charge`.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Fields, Reference, Refund, ViewError};

/// A charge, as <https://docs.stripe.com/api/charges/object> describes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charge {
    /// The charge's id, `ch_…` or `py_…`.
    pub id: String,
    /// `succeeded`, `pending` or `failed`; read from `paid` where the API version has no status.
    pub status: String,
    /// Payment intent id; null on direct charges.
    pub payment_intent: Option<String>,
    /// The amount, in the currency's minor unit.
    pub amount: i64,
    /// Minor units, where the API version has it.
    pub amount_captured: Option<i64>,
    /// Whether the money was captured, not only authorized.
    pub captured: bool,
    /// Minor units, over all refunds so far.
    pub amount_refunded: i64,
    /// True once the whole charge is refunded.
    pub refunded: bool,
    /// The currency as a lower-case ISO code.
    pub currency: String,
    /// Stripe's id of the customer, `cus_…`.
    pub customer: Option<String>,
    /// The invoice that it pays, before 2025-03-31.basil.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invoice: Option<String>,
    /// Unix seconds at which it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<i64>,
    /// The company's metadata; Stripe copies the payment intent's.
    pub reference: Reference,
    /// The refunds inside the charge, before 2022-11-15. Those without an id (before 2014) are left out.
    #[serde(skip)]
    pub refunds: Vec<Refund>,
}

impl Charge {
    /// Reads `data.object`.
    ///
    /// # Errors
    /// [`ViewError`] when it is no charge or lacks id, amount or currency.
    pub fn read(value: &Value) -> Result<Self, ViewError> {
        let fields = Fields::of(value, "charge")?;
        let id = fields.need_text("id")?;
        let payment_intent = fields.id_of("payment_intent");
        let paid = if fields.flag("paid") == Some(true) { "succeeded" } else { "failed" };
        let refunds = fields
            .list("refunds")
            .filter_map(|refund| Refund::inside_charge(&refund, &id, payment_intent.as_deref()).transpose())
            .collect::<Result<_, _>>()?;
        Ok(Self {
            status: fields.owned("status").map_or_else(|| paid.to_owned(), modern_status),
            amount: fields.need_amount("amount")?,
            amount_captured: fields.amount("amount_captured")?,
            captured: fields.flag("captured").unwrap_or(true),
            amount_refunded: fields.amount("amount_refunded")?.unwrap_or(0),
            refunded: fields.flag("refunded").unwrap_or(false),
            currency: fields.need_currency()?,
            customer: fields.id_of("customer"),
            invoice: fields.id_of("invoice"),
            created: fields.integer("created")?,
            reference: Reference::read(&fields),
            id,
            payment_intent,
            refunds,
        })
    }

    /// Minor units refunded of what was captured. Stripe counts a released authorization and the rest of a partial
    /// capture as refunded too; nobody had that money.
    #[must_use]
    pub fn without_released(&self, amount_refunded: i64) -> i64 {
        (amount_refunded - self.released()).max(0)
    }

    /// Minor units that were authorized and will never be captured: the rest of a partial capture, or all of a hold
    /// that is not captured. Stripe lists them as a refund of the charge.
    #[must_use]
    pub fn released(&self) -> i64 {
        let captured = self.amount_captured.filter(|captured| *captured > 0).unwrap_or(self.amount);
        (self.amount - if self.captured { captured } else { 0 }).max(0)
    }

    /// Minor units captured: nothing while it is only authorized, pending or failed.
    #[must_use]
    pub fn captured_amount(&self) -> i64 {
        if self.status != "succeeded" || !self.captured {
            return 0;
        }
        self.amount_captured.filter(|captured| *captured > 0).unwrap_or(self.amount)
    }
}

/// Charges of before 2015-02-18 said `paid` where later ones say `succeeded`.
fn modern_status(status: String) -> String {
    if status == "paid" { "succeeded".to_owned() } else { status }
}
