//! Orders and subscriptions as rows.

use super::{CsvRow, amount, code, mode, text, time};
use crate::common::origin::account_name;
use crate::orders::store::OrderRow;
use crate::orders::subscriptions::SubscriptionRow;

impl CsvRow for OrderRow {
    const COLUMNS: &'static [&'static str] = &[
        "order",
        "status",
        "since",
        "currency",
        "costs",
        "paid",
        "refunded",
        "disputed",
        "customer",
        "registered",
        "payment_intent",
        "account",
        "mode",
        "created",
    ];

    fn cells(&self) -> Vec<String> {
        let currency = self.currency.as_ref();
        vec![
            self.id.clone(),
            self.status.to_string(),
            time(Some(self.status_since)),
            code(currency),
            amount(self.amount, currency),
            amount(Some(self.amount_paid), currency),
            amount(Some(self.amount_refunded), currency),
            amount(Some(self.amount_disputed), currency),
            text(self.customer.as_ref()),
            self.registered.to_string(),
            text(self.payment_intent.as_ref()),
            account_name(&self.account).to_owned(),
            mode(self.livemode),
            time(Some(self.created_at)),
        ]
    }
}

impl CsvRow for SubscriptionRow {
    const COLUMNS: &'static [&'static str] = &[
        "subscription",
        "status",
        "access",
        "access_until",
        "paid_through",
        "period_end",
        "ends_with_period",
        "ended",
        "customer",
        "account",
        "mode",
        "changed",
    ];

    fn cells(&self) -> Vec<String> {
        vec![
            self.id.clone(),
            text(self.status.as_ref()),
            self.access.to_string(),
            time(self.access_until),
            time(self.paid_through),
            time(self.current_period_end),
            self.cancel_at_period_end.to_string(),
            time(self.ended_at),
            text(self.customer.as_ref()),
            account_name(&self.account).to_owned(),
            mode(Some(self.livemode)),
            time(Some(self.updated_at)),
        ]
    }
}
