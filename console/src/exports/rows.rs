//! What each list has as columns of a CSV file. Amounts are in the currency's own unit, with the currency beside them.

mod orders;

use jiff::Timestamp;

use crate::cases::store::Case;
use crate::common::money;
use crate::common::origin::{Mode, account_name};
use crate::dead_letters::store::DeadLetter;
use crate::events::store::EventRow;
use crate::messages::store::MessageRow;

/// A row of a CSV file.
pub(crate) trait CsvRow {
    const COLUMNS: &'static [&'static str];

    /// As many as there are columns.
    fn cells(&self) -> Vec<String>;
}

fn text(value: Option<&String>) -> String {
    value.cloned().unwrap_or_default()
}

fn time(at: Option<Timestamp>) -> String {
    at.map(|at| at.to_string()).unwrap_or_default()
}

fn mode(livemode: Option<bool>) -> String {
    livemode.map(|livemode| Mode::of(livemode).to_string()).unwrap_or_default()
}

fn amount(amount: Option<i64>, currency: Option<&String>) -> String {
    match (amount, currency) {
        (Some(amount), Some(currency)) => money::digits(amount, currency),
        _ => String::new(),
    }
}

fn code(currency: Option<&String>) -> String {
    currency.map(|code| code.to_ascii_uppercase()).unwrap_or_default()
}

impl CsvRow for EventRow {
    const COLUMNS: &'static [&'static str] = &[
        "event",
        "type",
        "created",
        "received",
        "processed",
        "outcome",
        "attempts",
        "next_attempt",
        "reason",
        "error",
        "object",
        "order",
        "customer",
        "amount",
        "currency",
        "account",
        "mode",
        "endpoint",
        "api_version",
    ];

    fn cells(&self) -> Vec<String> {
        vec![
            self.id.clone(),
            self.kind.clone(),
            time(Some(self.created)),
            time(Some(self.received_at)),
            time(self.processed_at),
            self.outcome.to_string(),
            self.attempts.to_string(),
            time(self.next_attempt_at),
            text(self.reason.as_ref()),
            text(self.last_error.as_ref()),
            text(self.object_id.as_ref()),
            text(self.about.order.as_ref()),
            text(self.about.customer.as_ref()),
            amount(self.about.amount, self.about.currency.as_ref()),
            code(self.about.currency.as_ref()),
            account_name(self.account.as_deref().unwrap_or_default()).to_owned(),
            mode(Some(self.livemode)),
            text(self.endpoint.as_ref()),
            text(self.api_version.as_ref()),
        ]
    }
}

impl CsvRow for DeadLetter {
    const COLUMNS: &'static [&'static str] = &[
        "dead_letter",
        "event",
        "type",
        "state",
        "since",
        "reason",
        "error",
        "attempts",
        "replays",
        "received",
        "first_failed",
        "dead",
        "order",
        "customer",
        "amount",
        "currency",
        "account",
        "mode",
        "endpoint",
        "group",
    ];

    fn cells(&self) -> Vec<String> {
        vec![
            self.id.to_string(),
            self.event_id.clone(),
            self.kind.clone(),
            self.state.to_string(),
            time(Some(self.state_at)),
            self.reason.clone(),
            self.error.clone(),
            self.attempts.to_string(),
            self.replays.to_string(),
            time(self.received_at),
            time(Some(self.first_failed_at)),
            time(Some(self.dead_at)),
            text(self.about.order.as_ref()),
            text(self.about.customer.as_ref()),
            amount(self.about.amount, self.about.currency.as_ref()),
            code(self.about.currency.as_ref()),
            self.account.as_deref().map(account_name).unwrap_or_default().to_owned(),
            mode(self.livemode),
            text(self.endpoint.as_ref()),
            self.fingerprint.clone(),
        ]
    }
}

impl CsvRow for Case {
    const COLUMNS: &'static [&'static str] = &[
        "case",
        "state",
        "reason",
        "order",
        "costs",
        "costs_currency",
        "payment",
        "paid",
        "paid_currency",
        "customer",
        "account",
        "mode",
        "opened",
        "closed",
        "closed_as",
    ];

    fn cells(&self) -> Vec<String> {
        vec![
            self.id.to_string(),
            self.state.to_string(),
            self.reason.to_string(),
            self.order_id.clone(),
            amount(self.order_amount, self.order_currency.as_ref()),
            code(self.order_currency.as_ref()),
            self.payment_id.clone(),
            amount(self.amount, self.currency.as_ref()),
            code(self.currency.as_ref()),
            text(self.customer.as_ref()),
            account_name(&self.account).to_owned(),
            mode(Some(self.livemode)),
            time(Some(self.opened_at)),
            time(self.closed_at),
            self.resolution.map(|resolution| resolution.to_string()).unwrap_or_default(),
        ]
    }
}

impl CsvRow for MessageRow {
    const COLUMNS: &'static [&'static str] =
        &["message", "key", "topic", "written", "destinations", "error", "account", "mode"];

    fn cells(&self) -> Vec<String> {
        let standing =
            self.deliveries.iter().map(|delivery| format!("{} {}", delivery.destination, delivery.state));
        let errors = self.deliveries.iter().filter_map(|delivery| delivery.last_error.clone());
        vec![
            self.id.to_string(),
            self.key.clone(),
            self.topic.clone(),
            time(Some(self.created_at)),
            standing.collect::<Vec<_>>().join("; "),
            errors.collect::<Vec<_>>().join("; "),
            account_name(&self.account).to_owned(),
            mode(Some(self.livemode)),
        ]
    }
}
