//! `dispute`.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Fields, ViewError};

/// A dispute or inquiry: <https://docs.stripe.com/api/disputes/object>.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispute {
    /// `dp_…` or `du_…`; disputes of before 2015 have none and cannot be distinguished.
    pub id: String,
    /// As Stripe spells it; the list is open.
    pub status: String,
    /// Minor units; may differ from the charge's amount.
    pub amount: i64,
    /// The currency as a lower-case ISO code.
    pub currency: String,
    /// The id of the disputed charge, `ch_…`.
    pub charge: Option<String>,
    /// Its payment intent, where it has one.
    pub payment_intent: Option<String>,
    /// Why the customer disputes it: `fraudulent`, `product_not_received` …
    pub reason: Option<String>,
    /// Unix seconds by which evidence must be handed in.
    pub due_by: Option<i64>,
    /// Every movement of money so far, in Stripe's order (`balance_transactions`): withdrawn, reinstated, withdrawn
    /// again are three.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub balance_transactions: Vec<BalanceTransaction>,
}

/// One movement of a dispute's money: <https://docs.stripe.com/api/balance_transactions/object>.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BalanceTransaction {
    /// The balance transaction's id, `txn_…`.
    pub id: String,
    /// Minor units, without the fee; negative when it leaves the company.
    pub amount: i64,
    /// Lower-case ISO code: the currency of the company's balance, which may differ from the dispute's.
    pub currency: String,
    /// When it was made, in unix seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<i64>,
}

impl BalanceTransaction {
    /// `None` where the API version lists no more than an id.
    fn read(fields: &Fields<'_>) -> Result<Option<Self>, ViewError> {
        let (Some(id), Some(amount)) = (fields.owned("id"), fields.integer("amount")?) else {
            return Ok(None);
        };
        let Some(currency) = fields.text("currency") else { return Ok(None) };
        let currency = currency.to_ascii_lowercase();
        Ok(Some(Self { id, amount, currency, created: fields.integer("created")? }))
    }
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
            balance_transactions: fields
                .list("balance_transactions")
                .filter_map(|entry| BalanceTransaction::read(&entry).transpose())
                .collect::<Result<_, _>>()?,
        })
    }
}
