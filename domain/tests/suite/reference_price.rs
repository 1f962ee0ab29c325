//! What an order costs, and which payments count for it, the naive way; see `reference.rs`.

use histories::History;
use serde_json::Value;

/// What an order costs where that is registered or an invoice says so, in minor units.
pub(crate) fn price(history: &History, events: &[Value], order: &str) -> Option<i64> {
    let registered = history.expected_state.registered.iter().find(|found| found.id == order);
    let invoiced = events.iter().map(|event| &event["data"]["object"]).find(|object| names(object, order));
    registered.map(|found| found.amount).or_else(|| invoiced?["amount_due"].as_i64())
}

/// Whether it is an invoice whose metadata names the order.
fn names(object: &Value, order: &str) -> bool {
    let metadata = &object["metadata"];
    object["object"] == "invoice" && (metadata["orderId"] == order || metadata["order_id"] == order)
}

/// Whether a payment counts: nobody registered the order, or its price is what was asked for, before or after what
/// Stripe explains, or the payments of the order make it up together.
pub(crate) fn counts(history: &History, events: &[Value], order: &str, about: &[&Value]) -> bool {
    let Some(registered) = history.expected_state.registered.iter().find(|found| found.id == order) else {
        return true;
    };
    let asked = |object: &Value| {
        let conversion = &object["currency_conversion"];
        let own = [&object["amount"], &object["amount_subtotal"], &object["amount_total"]];
        let own = own.into_iter().any(|amount| *amount == registered.amount);
        let converted = conversion["amount_total"] == registered.amount;
        (own && object["currency"] == registered.currency)
            || (converted && conversion["source_currency"] == registered.currency)
    };
    let objects = events.iter().map(|event| &event["data"]["object"]);
    let mut invoices = objects.filter(|object| names(object, order));
    let invoiced = invoices.any(|invoice| invoice["subtotal"] == registered.amount);
    let payments =
        history.expected_state.payments.iter().filter(|found| found.order.as_deref() == Some(order));
    let together: i64 = payments.map(|payment| payment.amount_paid).sum();
    let of_currency = about.iter().all(|event| event["data"]["object"]["currency"] == registered.currency);
    about.iter().any(|event| asked(&event["data"]["object"]))
        || (of_currency && (invoiced || together == registered.amount))
}
