//! `dispute`.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Fields, ViewError};

/// A dispute or inquiry: <https://docs.stripe.com/api/disputes/object>.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispute {
    /// `dp_…` or `du_…`; disputes of before 2015 have none and cannot be told apart.
    pub id: String,
    /// Stripe's word; the list is open.
    pub status: String,
    /// Minor units; may differ from the charge's amount.
    pub amount: i64,
    /// Lower-case ISO code.
    pub currency: String,
    /// The disputed charge.
    pub charge: Option<String>,
    /// Its payment intent, where it has one.
    pub payment_intent: Option<String>,
    /// `fraudulent`, `product_not_received` …
    pub reason: Option<String>,
    /// Unix seconds by which evidence must be handed in.
    pub due_by: Option<i64>,
    /// How often it has moved money so far (`balance_transactions`).
    pub movements: i64,
}

impl Dispute {
    /// Reads `data.object`.
    ///
    /// # Errors
    /// [`ViewError`] when it is no dispute or lacks id, status, amount or currency.
    pub fn read(value: &Value) -> Result<Self, ViewError> {
        let fields = Fields::of(value, "dispute")?;
        let due_by = match fields.child("evidence_details") {
            Some(details) => details.integer("due_by")?,
            None => fields.integer("evidence_due_by")?,
        };
        Ok(Self {
            id: fields.need_text("id")?,
            status: fields.need_text("status")?,
            amount: fields.need_amount("amount")?,
            currency: fields.need_currency()?,
            charge: fields.id_of("charge"),
            payment_intent: fields.id_of("payment_intent"),
            reason: fields.owned("reason"),
            due_by,
            movements: i64::try_from(fields.list("balance_transactions").count()).unwrap_or(i64::MAX),
        })
    }
}
