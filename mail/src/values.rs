//! What the templates of each kind can say: the variables and their values.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::date;
use crate::kind::Kind;
use crate::locale::Locale;
use crate::money;
use crate::outgoing::Outgoing;
use crate::recipient::Contact;

/// A value of a template's variable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Variable {
    /// A text in one line; none where it is not known.
    Text(Option<String>),
    /// Whether it is so.
    Flag(bool),
    /// How many.
    Count(i64),
}

/// The variables of a template with their values.
pub type Values = BTreeMap<&'static str, Variable>;

/// The variables that every text has: who sends it, its language, whether it is about test payments.
pub const COMMON: [&str; 3] = ["sender", "locale", "test"];

/// What an HTML template has besides: the subject and paragraphs of the text.
pub const OF_HTML: [&str; 2] = ["subject", "paragraphs"];

/// The variables of a kind. Every one is always there; what is not known is `none`.
#[must_use]
pub const fn variables(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::OrderConfirmation => &["order", "amount", "products", "link"],
        Kind::RefundNotice => &["order", "amount", "refund", "link"],
        Kind::PaymentFailed => &["order", "invoice", "amount", "next_attempt", "action_required", "link"],
        Kind::TrialEnding => &["subscription", "trial_end", "link"],
        Kind::DisputeOpened => &[
            "dispute",
            "payment",
            "order",
            "customer",
            "amount",
            "reason",
            "evidence_due_by",
            "inquiry",
            "link",
        ],
        Kind::PaymentHeld => &["payment", "order", "customer", "reason", "amount", "order_amount", "link"],
        Kind::DeadLetters => &["fingerprint", "event_type", "reason", "count", "first_at", "last_at", "link"],
        Kind::DeliveryFailed => &["destination", "paused", "paused_until", "count", "error", "link"],
    }
}

/// The values of a message.
pub(crate) fn values(kind: Kind, message: &Outgoing, contact: &Contact, locale: Locale) -> Values {
    let data = Data { data: &message.data, locale };
    let pay_url = contact.pay_url.as_deref().map(line);
    variables(kind)
        .iter()
        .map(|variable| {
            let value = match (*variable, kind) {
                ("link", _) => Variable::Text(pay_url.clone()),
                ("amount", Kind::OrderConfirmation) => data.amount("amount_paid", "currency"),
                ("amount", Kind::PaymentFailed) if message.data.get("invoice").is_some() => {
                    data.amount("amount_due", "currency")
                }
                ("amount", Kind::PaymentHeld) => data.amount("payment_amount", "payment_currency"),
                ("order_amount", _) => data.amount("amount", "currency"),
                ("amount", _) => data.amount("amount", "currency"),
                ("customer", Kind::PaymentHeld) => data.text("payment_customer"),
                ("reason", Kind::PaymentHeld) => data.text("held"),
                ("next_attempt", _) => data.day("next_payment_attempt"),
                ("trial_end", _) => data.day("trial_end"),
                ("evidence_due_by" | "first_at" | "last_at" | "paused_until", _) => data.minute(variable),
                ("action_required", _) => {
                    let topic = domain::message::SUBSCRIPTION_PAYMENT_ACTION_REQUIRED.topic.name;
                    Variable::Flag(message.topic == topic)
                }
                ("inquiry", _) => {
                    Variable::Flag(message.topic == domain::message::DISPUTE_INQUIRY_OPENED.topic.name)
                }
                ("paused", _) => Variable::Flag(message.data["paused"].as_bool().unwrap_or_default()),
                ("count", _) => Variable::Count(message.data["count"].as_i64().unwrap_or_default()),
                _ => data.text(variable),
            };
            (*variable, value)
        })
        .collect()
}

/// The data of a message, read for one locale.
struct Data<'a> {
    data: &'a Value,
    locale: Locale,
}

impl Data<'_> {
    fn text(&self, field: &str) -> Variable {
        Variable::Text(self.data.get(field).and_then(Value::as_str).map(line))
    }

    /// None where the amount or its currency is not known.
    fn amount(&self, field: &str, currency: &str) -> Variable {
        let minor_units = self.data.get(field).and_then(Value::as_i64);
        let currency = self.data.get(currency).and_then(Value::as_str);
        let shown = minor_units.zip(currency).map(|(amount, code)| money::amount(amount, code, self.locale));
        Variable::Text(shown.as_deref().map(line))
    }

    fn day(&self, field: &str) -> Variable {
        let seconds = self.data.get(field).and_then(Value::as_i64);
        Variable::Text(seconds.and_then(|seconds| date::day(seconds, self.locale)))
    }

    fn minute(&self, field: &str) -> Variable {
        let seconds = self.data.get(field).and_then(Value::as_i64);
        Variable::Text(seconds.and_then(|seconds| date::minute(seconds, self.locale)))
    }
}

/// In one line: a line break in an order's id must not begin a header or a paragraph of its own.
fn line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn text(values: &Values, name: &str) -> Option<String> {
        match &values[name] {
            Variable::Text(text) => text.clone(),
            other => panic!("{other:?}"),
        }
    }

    fn of(topic: &str, data: Value, locale: Locale) -> Values {
        let message = Outgoing { topic: topic.to_owned(), account: String::new(), livemode: true, data };
        values(Kind::of_topic(topic).unwrap(), &message, &Contact::default(), locale)
    }

    #[test]
    fn an_order_confirmation_says_what_was_paid_and_not_what_was_expected() {
        let data =
            json!({"order": "o\n1", "amount": 999, "amount_paid": 1999, "currency": "eur", "products": null});
        let values = of("order.paid", data, Locale::De);
        assert_eq!(text(&values, "amount").as_deref(), Some("19,99\u{a0}€"));
        assert_eq!(text(&values, "order").as_deref(), Some("o 1"));
        assert_eq!(text(&values, "products"), None);
    }

    #[test]
    fn a_held_payment_says_what_was_paid_and_what_the_order_costs() {
        let data = json!({"amount": 5000, "currency": "jpy", "payment_amount": 49, "payment_currency": "usd",
            "held": "amount_mismatch", "payment": "pi_1", "payment_customer": "cus_2", "customer": "cus_1"});
        let values = of("payment.held", data, Locale::En);
        assert_eq!(text(&values, "amount").as_deref(), Some("$0.49"));
        assert_eq!(text(&values, "order_amount").as_deref(), Some("JPY\u{a0}5,000"));
        assert_eq!(text(&values, "customer").as_deref(), Some("cus_2"));
    }

    /// The documentation is what companies write templates by.
    #[test]
    fn the_documentation_names_every_variable_and_no_other() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/MAIL.md");
        let page = std::fs::read_to_string(path).unwrap();
        let (_, table) = page.split_once("| kind | variables |").unwrap();
        for kind in Kind::ALL {
            let start = format!("| `{}` |", kind.as_str());
            let row = table.lines().find_map(|line| line.strip_prefix(&start)).unwrap();
            let documented: Vec<&str> = row.split('`').skip(1).step_by(2).collect();
            let linked = kind == Kind::PaymentFailed;
            let known = variables(kind).iter().copied().filter(|variable| linked || *variable != "link");
            assert_eq!(documented, known.collect::<Vec<_>>(), "{kind:?}");
        }
    }

    #[test]
    fn a_dispute_says_until_when_evidence_is_taken() {
        let data = json!({"amount": 1, "currency": "eur", "evidence_due_by": 1_772_373_900});
        let values = of("dispute.inquiry_opened", data, Locale::En);
        assert_eq!(text(&values, "evidence_due_by").as_deref(), Some("March 1, 2026, 14:05 UTC"));
        assert_eq!(values["inquiry"], Variable::Flag(true));
    }
}
