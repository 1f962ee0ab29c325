//! How long a subscription is paid for, the naive way; see `reference.rs`.

use serde_json::Value;

/// Of each item the end that its newest paid invoice bills in advance, not beyond its current period, and of the items the
/// earliest. Where all is usage, the end of what the newest paid invoice bills.
pub(crate) fn paid_through(events: &[Value], subscription: &str) -> Option<i64> {
    let of_subscription = |object: &Value| {
        object["subscription"] == subscription
            || object["parent"]["subscription_details"]["subscription"] == subscription
    };
    let invoices = events.iter().filter(|event| event["type"] == "invoice.paid");
    let invoices = invoices.map(|event| &event["data"]["object"]).filter(|object| of_subscription(object));
    let invoices: Vec<&Value> = invoices.collect();
    let mut versions =
        events.iter().map(|event| &event["data"]["object"]).filter(|o| o["id"] == subscription);
    let newest = versions.next_back()?;
    let of_item = |item: &Value| {
        let current = item["current_period_end"].as_i64().or_else(|| newest["current_period_end"].as_i64());
        let ends = invoices.iter().filter_map(|invoice| {
            let created = invoice["created"].as_i64().unwrap();
            Some((created, end_of(invoice, &item["id"]).filter(|end| *end > created)?))
        });
        Some(ends.max()?.1.min(current.unwrap_or(i64::MAX)))
    };
    let items = newest["items"]["data"].as_array().unwrap();
    let in_arrears = || {
        let ends = invoices.iter().rev().flat_map(|i| items.iter().map(|item| end_of(i, &item["id"])));
        ends.flatten().next()
    };
    items.iter().filter_map(of_item).min().or_else(in_arrears)
}

/// The latest end of the lines of an item, without prorations and credits.
fn end_of(invoice: &Value, item: &Value) -> Option<i64> {
    let own = |line: &&Value| {
        let details = &line["parent"]["subscription_item_details"];
        let proration = line["proration"] == true || details["proration"] == true;
        let of_item = line["subscription_item"] == *item || details["subscription_item"] == *item;
        let fee = line["type"] == "invoiceitem";
        of_item && !fee && !proration && line["amount"].as_i64().unwrap() >= 0
    };
    let lines = invoice["lines"]["data"].as_array().unwrap().iter().filter(own);
    let shown = lines.map(|line| line["period"]["end"].as_i64().unwrap()).max();
    // Where the body shows no such line and not all lines, the current period's end stands.
    shown.or((invoice["lines"]["has_more"] == true).then_some(i64::MAX))
}
