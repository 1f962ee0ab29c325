//! A movement of the balance as Stripe lists it (<https://docs.stripe.com/api/balance_transactions/object>), and one of
//! the ledger. Pure.

use jiff::Timestamp;
use serde_json::Value;

/// One balance transaction. Amounts are minor units of the balance's currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Transaction {
    pub(crate) id: String,
    /// Stripe's `type`, an open set.
    pub(crate) kind: String,
    /// Stripe's `reporting_category`, an open set.
    pub(crate) category: String,
    /// The object that moved the money.
    pub(crate) source: Option<String>,
    /// Negative when it leaves the balance.
    pub(crate) amount: i64,
    pub(crate) fee: i64,
    /// Amount less fee.
    pub(crate) net: i64,
    pub(crate) currency: String,
    /// Units of its currency for one of the source's, as Stripe wrote it; none where nothing was converted.
    pub(crate) exchange_rate: Option<String>,
    pub(crate) created: Timestamp,
    pub(crate) available_on: Timestamp,
}

/// One row of the ledger. Amounts are minor units of the payment's currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Movement {
    pub(crate) key: String,
    pub(crate) kind: String,
    /// The payment, refund, charge or dispute that moved the money.
    pub(crate) object: String,
    pub(crate) payment: String,
    /// Negative when it leaves the company.
    pub(crate) amount: i64,
    pub(crate) currency: String,
    pub(crate) at: Timestamp,
}

/// What must stand in the ledger. All else in a balance (payouts, fees, top-ups, transfers, adjustments) is explained by
/// what Stripe says that it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Class {
    Payment,
    Refund,
    Dispute,
}

impl Class {
    /// Of Stripe's reporting category (<https://docs.stripe.com/reports/reporting-categories>).
    pub(crate) fn of_category(category: &str) -> Option<Self> {
        match category {
            "charge" | "charge_failure" | "partial_capture_reversal" => Some(Self::Payment),
            "refund" | "refund_failure" => Some(Self::Refund),
            "dispute" | "dispute_reversal" => Some(Self::Dispute),
            _ => None,
        }
    }

    /// Of the ledger's `kind`.
    pub(crate) fn of_movement(kind: &str) -> Self {
        match kind {
            "refund" | "refund_undone" => Self::Refund,
            "dispute_withdrawn" | "dispute_reinstated" => Self::Dispute,
            _ => Self::Payment,
        }
    }
}

impl Transaction {
    /// Reads Stripe's object; none where it lacks what every transaction has.
    pub(crate) fn read(object: &Value) -> Option<Self> {
        let text = |name: &str| object[name].as_str().map(str::to_owned);
        let number = |name: &str| object[name].as_i64();
        let time = |name: &str| Timestamp::from_second(number(name)?).ok();
        let kind = text("type")?;
        Some(Self {
            id: text("id")?,
            category: text("reporting_category").unwrap_or_else(|| kind.clone()),
            kind,
            source: text("source").or_else(|| object["source"]["id"].as_str().map(str::to_owned)),
            amount: number("amount")?,
            fee: number("fee")?,
            net: number("net")?,
            currency: text("currency")?,
            // Written out, never as 6.4e-5.
            exchange_rate: object["exchange_rate"].as_f64().map(|rate| rate.to_string()),
            created: time("created")?,
            available_on: time("available_on").or_else(|| time("created"))?,
        })
    }

    pub(crate) fn class(&self) -> Option<Class> {
        Class::of_category(&self.category)
    }
}
