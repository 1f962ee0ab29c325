//! How long a subscription is paid for, the naive way; see `reference.rs`.

use serde_json::Value;

/// The end of the recurring lines of the newest paid invoice that has any, not beyond the current period.
pub(crate) fn paid_through(events: &[Value], subscription: &str) -> Option<i64> {
    let of_subscription = |object: &Value| {
        object["subscription"] == subscription
            || object["parent"]["subscription_details"]["subscription"] == subscription
    };
    let invoices = events.iter().filter(|event| event["type"] == "invoice.paid");
    let invoices = invoices.map(|event| &event["data"]["object"]).filter(|object| of_subscription(object));
    let (_, end) = invoices
        .filter_map(|invoice| Some((invoice["created"].as_i64().unwrap(), recurring_end(invoice)?)))
        .max_by_key(|(created, end)| (*created, *end))?;
    let mut versions =
        events.iter().map(|event| &event["data"]["object"]).filter(|o| o["id"] == subscription);
    let newest = versions.next_back()?;
    let current = newest["current_period_end"].as_i64();
    let current = current.or_else(|| newest["items"]["data"][0]["current_period_end"].as_i64());
    Some(current.map_or(end, |current| current.min(end)))
}

fn recurring_end(invoice: &Value) -> Option<i64> {
    let own = |line: &&Value| {
        let details = &line["parent"]["subscription_item_details"];
        let proration = line["proration"] == true || details["proration"] == true;
        let recurring = line["type"] == "subscription" || details["subscription_item"].is_string();
        recurring && !proration && line["amount"].as_i64().unwrap() >= 0
    };
    let lines = invoice["lines"]["data"].as_array().unwrap().iter().filter(own);
    let shown = lines.map(|line| line["period"]["end"].as_i64().unwrap()).min();
    // Where the body shows no such line and not all lines, the current period's end stands.
    shown.or((invoice["lines"]["has_more"] == true).then_some(i64::MAX))
}
