//! A payment in the buyer's currency, and what it comes to in the company's:
//! <https://docs.stripe.com/payments/currencies/localize-prices/adaptive-pricing>.

use serde::{Deserialize, Serialize};
use stripe::objects::CheckoutSession;

/// A price in the company's currency that the buyer paid in another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conversion {
    /// Minor units of the buyer's currency that the session came to.
    pub from: i64,
    /// Minor units of the company's currency.
    pub to: i64,
    /// The company's currency.
    pub currency: String,
    /// Minor units of the company's currency, before discounts, tax and shipping.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subtotal: Option<i64>,
}

impl Conversion {
    /// Minor units of the company's currency for minor units of the buyer's, rounded half up.
    pub(super) fn convert(&self, amount: i64) -> i64 {
        if self.from == 0 {
            return 0;
        }
        let (from, to) = (i128::from(self.from), i128::from(self.to));
        let converted = (i128::from(amount) * to * 2 + from) / (from * 2);
        i64::try_from(converted).unwrap_or(i64::MAX)
    }
}

/// Before 2025-03-31.basil the session is in the buyer's currency and says what the company asked for.
pub(super) fn of(session: &CheckoutSession) -> Option<Conversion> {
    let conversion = session.conversion.as_ref()?;
    Some(Conversion {
        from: session.amount_total?,
        to: conversion.amount_total,
        currency: conversion.currency.clone(),
        subtotal: conversion.amount_subtotal,
    })
}

/// Since 2025-03-31.basil the session is in the company's currency. Where its payment is in the buyer's, the session
/// says what that comes to.
pub(super) fn presented(session: &CheckoutSession, paid_in: &str) -> Option<Conversion> {
    let presentment = session.presentment.as_ref().filter(|presentment| presentment.currency == paid_in)?;
    let currency = session.currency.clone().filter(|currency| currency != paid_in)?;
    let (from, to) = (presentment.amount, session.amount_total?);
    Some(Conversion { from, to, currency, subtotal: session.amount_subtotal })
}
