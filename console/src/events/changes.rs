//! What an event changed, in the words of people: from what to what. Pure.

use jiff::Timestamp;
use serde_json::Value;

use crate::common::money;
use crate::events::store::EffectRow;

/// One thing that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FieldChange {
    /// What: `status`, `paid`, `access` …
    pub(crate) name: String,
    pub(crate) from: String,
    /// As it is since.
    pub(crate) to: String,
}

/// What an event changed on one aggregate, the status first. Empty: it changed nothing there.
pub(crate) fn changes(effect: &EffectRow) -> Vec<FieldChange> {
    let (from, to) = (&effect.change["from"], &effect.change["to"]);
    if let (Value::String(from), Value::String(to)) = (from, to) {
        return vec![FieldChange { name: "status".to_owned(), from: from.clone(), to: to.clone() }];
    }
    let mut changes: Vec<FieldChange> = to
        .as_object()
        .into_iter()
        .flatten()
        // Every amount carries its currency: that it became known with the first says nothing more.
        .filter(|(name, _)| *name != "currency" || !from["currency"].is_null())
        .map(|(name, value)| FieldChange {
            name: name.strip_prefix("amount_").unwrap_or(name).replace('_', " "),
            from: format_value(name, &from[name.as_str()], effect.currency.as_deref()),
            to: format_value(name, value, effect.currency.as_deref()),
        })
        .collect();
    changes.sort_by_key(|change| change.name != "status");
    changes
}

/// The keys of the messages that it caused.
pub(crate) fn messages(effect: &EffectRow) -> impl Iterator<Item = &str> {
    effect.change["messages"].as_array().into_iter().flatten().filter_map(Value::as_str)
}

fn format_value(name: &str, value: &Value, currency: Option<&str>) -> String {
    match value {
        Value::Null => "none".to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(text) => text.clone(),
        Value::Number(amount) if name.starts_with("amount") => money::value(amount, currency),
        Value::Number(at) if name == "paid_through" => moment(at),
        Value::Array(items) if items.is_empty() => "none".to_owned(),
        Value::Array(items) => items.iter().map(item).collect::<Vec<_>>().join(" + "),
        other => other.to_string(),
    }
}

fn moment(at: &serde_json::Number) -> String {
    let at = at.as_i64().and_then(|seconds| Timestamp::from_second(seconds).ok());
    at.map_or_else(|| "not known".to_owned(), |at| at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string())
}

/// An item of a subscription: how many of which price.
fn item(item: &Value) -> String {
    match (item["quantity"].as_u64(), item["price"].as_str()) {
        (Some(1) | None, Some(price)) => price.to_owned(),
        (Some(quantity), Some(price)) => format!("{quantity} × {price}"),
        _ => item.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{changes, messages};
    use crate::events::outcome::AggregateKind;
    use crate::events::store::EffectRow;

    fn effect(currency: Option<&str>, change: Value) -> EffectRow {
        EffectRow {
            aggregate: AggregateKind::Order,
            aggregate_id: "A-1".to_owned(),
            at: jiff::Timestamp::UNIX_EPOCH,
            currency: currency.map(str::to_owned),
            change,
        }
    }

    fn described(currency: Option<&str>, from: Value, to: Value) -> Vec<String> {
        let found = changes(&effect(currency, json!({"from": from, "to": to})));
        found.into_iter().map(|c| format!("{}: {} → {}", c.name, c.from, c.to)).collect()
    }

    #[test]
    fn amounts_are_shown_in_the_currency_of_what_they_belong_to() {
        let (from, to) = (json!({"amount_refunded": 0}), json!({"amount_refunded": 1716}));
        assert_eq!(described(Some("usd"), from.clone(), to.clone()), ["refunded: 0.00 USD → 17.16 USD"]);
        assert_eq!(described(Some("jpy"), from.clone(), to.clone()), ["refunded: 0 JPY → 1716 JPY"]);
        assert_eq!(described(None, from, to), ["refunded: 0 → 1716 minor units"]);
    }

    #[test]
    fn the_status_comes_first_and_a_currency_that_became_known_is_left_out() {
        let from = json!({"amount": null, "currency": null, "status": "pending"});
        let to = json!({"amount": 500, "currency": "usd", "status": "paid"});
        assert_eq!(described(Some("usd"), from, to), ["status: pending → paid", "amount: none → 5.00 USD"]);
    }

    #[test]
    fn what_belongs_to_a_subscription_is_described() {
        let from = json!({"access": false, "items": [], "paid_through": null});
        let items = json!([{"price": "price_a", "quantity": 1}, {"price": "price_b", "quantity": 3}]);
        let to = json!({"access": true, "items": items, "paid_through": 1_790_000_000});
        assert_eq!(
            described(None, from, to),
            [
                "access: no → yes",
                "items: none → price_a + 3 × price_b",
                "paid through: none → 2026-09-21 14:13:20 UTC"
            ]
        );
    }

    #[test]
    fn a_change_of_plain_text_is_one_of_the_status() {
        assert_eq!(described(None, json!("pending"), json!("paid")), ["status: pending → paid"]);
    }

    #[test]
    fn an_event_that_changed_nothing_has_no_changes() {
        assert!(changes(&effect(None, json!({}))).is_empty());
        let sent = effect(None, json!({"messages": ["order.paid/A-1"]}));
        assert_eq!((changes(&sent).len(), messages(&sent).collect::<Vec<_>>()), (0, vec!["order.paid/A-1"]));
    }
}
