//! The ids that an event's body names. An event that did not take effect has no effects to be found by, so it
//! is found by these. Must accept every body, whatever it holds.

use serde_json::Value;

use stripe::envelope::without_byte_order_mark;

/// Members of Stripe objects that name another object.
const NAMING: [&str; 13] = [
    "id",
    "payment_intent",
    "charge",
    "latest_charge",
    "customer",
    "invoice",
    "subscription",
    "refund",
    "dispute",
    "checkout_session",
    "client_reference_id",
    "balance_transaction",
    "payment",
];
const ORDER_KEYS: [&str; 2] = ["orderId", "order_id"];
const MOST_REFERENCES: usize = 40;

/// Every id in the event's object by which somebody may look for it: its own, those it points at, its order's.
#[must_use]
pub fn references(body: &[u8]) -> Vec<String> {
    let Ok(event) = serde_json::from_slice::<Value>(without_byte_order_mark(body)) else { return Vec::new() };
    let mut found = Vec::new();
    let object = &event["data"]["object"];
    collect(object, &mut found);
    for nested in ["parent", "payment", "subscription_details", "payment_details"] {
        collect(&object[nested], &mut found);
        collect(&object[nested]["subscription_details"], &mut found);
    }
    collect(&event["related_object"], &mut found);
    if let Some(account) = event["account"].as_str() {
        found.push(without_nul(account));
    }
    found.retain(|id| !id.is_empty() && id.len() <= 255);
    found.sort();
    found.dedup();
    found.truncate(MOST_REFERENCES);
    found
}

fn collect(object: &Value, found: &mut Vec<String>) {
    for name in NAMING {
        match &object[name] {
            Value::String(id) => found.push(without_nul(id)),
            Value::Object(expanded) => {
                found.extend(expanded.get("id").and_then(Value::as_str).map(without_nul))
            }
            _ => {}
        }
    }
    for key in ORDER_KEYS {
        match &object["metadata"][key] {
            Value::String(id) => found.push(without_nul(id)),
            Value::Number(id) => found.push(id.to_string()),
            _ => {}
        }
    }
}

/// PostgreSQL's text takes no NUL.
fn without_nul(id: &str) -> String {
    id.replace('\0', "")
}
