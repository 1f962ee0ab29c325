//! What must be found in each kind of object, and where it is in each API version.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use stripe::objects::{
    Charge, CheckoutSession, Dispute, Invoice, InvoicePayment, PaymentIntent, Refund, Subscription,
};

use crate::folder;

/// From an API version on, a field is at a path.
struct Place {
    object: &'static str,
    field: &'static str,
    since: &'static str,
    /// JSON pointer (RFC 6901).
    pointer: &'static str,
}

const fn place(
    object: &'static str,
    field: &'static str,
    since: &'static str,
    pointer: &'static str,
) -> Place {
    Place { object, field, since, pointer }
}

const BASIL: &str = "2025-03-31.basil";

/// The table. A later row of a field overrides an earlier one from its version on.
const PLACES: &[Place] = &[
    place("checkout.session", "id", "", "/id"),
    place("checkout.session", "status", "", "/status"),
    place("checkout.session", "payment_status", "", "/payment_status"),
    place("checkout.session", "mode", "", "/mode"),
    place("checkout.session", "amount_total", "", "/amount_total"),
    place("checkout.session", "currency", "", "/currency"),
    place("checkout.session", "payment_intent", "", "/payment_intent"),
    place("checkout.session", "subscription", "", "/subscription"),
    place("checkout.session", "customer", "", "/customer"),
    place("checkout.session", "client_reference_id", "", "/client_reference_id"),
    place("payment_intent", "id", "", "/id"),
    place("payment_intent", "status", "", "/status"),
    place("payment_intent", "amount", "", "/amount"),
    place("payment_intent", "amount_received", "", "/amount_received"),
    place("payment_intent", "currency", "", "/currency"),
    place("payment_intent", "customer", "", "/customer"),
    place("payment_intent", "latest_charge", "", "/charges/data/0/id"),
    place("payment_intent", "latest_charge", "2022-11-15", "/latest_charge"),
    place("payment_intent", "cancellation_reason", "", "/cancellation_reason"),
    place("charge", "id", "", "/id"),
    place("charge", "status", "", "/status"),
    place("charge", "amount", "", "/amount"),
    place("charge", "amount_captured", "", "/amount_captured"),
    place("charge", "amount_refunded", "", "/amount_refunded"),
    place("charge", "captured", "", "/captured"),
    place("charge", "refunded", "", "/refunded"),
    place("charge", "currency", "", "/currency"),
    place("charge", "customer", "", "/customer"),
    place("charge", "payment_intent", "", "/payment_intent"),
    place("refund", "id", "", "/id"),
    place("refund", "status", "", "/status"),
    place("refund", "amount", "", "/amount"),
    place("refund", "currency", "", "/currency"),
    place("refund", "charge", "", "/charge"),
    place("refund", "payment_intent", "", "/payment_intent"),
    place("refund", "reason", "", "/reason"),
    place("dispute", "id", "", "/id"),
    place("dispute", "status", "", "/status"),
    place("dispute", "amount", "", "/amount"),
    place("dispute", "currency", "", "/currency"),
    place("dispute", "charge", "", "/charge"),
    place("dispute", "payment_intent", "", "/payment_intent"),
    place("dispute", "reason", "", "/reason"),
    place("dispute", "due_by", "", "/evidence_details/due_by"),
    place("subscription", "id", "", "/id"),
    place("subscription", "status", "", "/status"),
    place("subscription", "customer", "", "/customer"),
    place("subscription", "price", "", "/items/data/0/plan/id"),
    place("subscription", "price", "2020-08-27", "/items/data/0/price/id"),
    place("subscription", "quantity", "", "/items/data/0/quantity"),
    place("subscription", "current_period_end", "", "/current_period_end"),
    place("subscription", "current_period_end", BASIL, "/items/data/0/current_period_end"),
    place("subscription", "cancel_at_period_end", "", "/cancel_at_period_end"),
    place("subscription", "trial_end", "", "/trial_end"),
    place("subscription", "ended_at", "", "/ended_at"),
    place("invoice", "id", "", "/id"),
    place("invoice", "subscription", "", "/subscription"),
    place("invoice", "subscription", BASIL, "/parent/subscription_details/subscription"),
    place("invoice", "customer", "", "/customer"),
    place("invoice", "billing_reason", "", "/billing_reason"),
    place("invoice", "amount_due", "", "/amount_due"),
    place("invoice", "amount_paid", "", "/amount_paid"),
    place("invoice", "currency", "", "/currency"),
    place("invoice", "attempt_count", "", "/attempt_count"),
    place("invoice", "next_payment_attempt", "", "/next_payment_attempt"),
    place("invoice", "period/end", "", "/lines/data/0/period/end"),
    place("invoice", "payment_intent", "", "/payment_intent"),
    place("invoice", "charge", "", "/charge"),
    place("invoice_payment", "id", BASIL, "/id"),
    place("invoice_payment", "invoice", BASIL, "/invoice"),
    place("invoice_payment", "payment_intent", BASIL, "/payment/payment_intent"),
    place("invoice_payment", "charge", BASIL, "/payment/charge"),
    place("invoice_payment", "amount_paid", BASIL, "/amount_paid"),
];

/// What the view found, by the names of the table.
fn found(object: &str, value: &Value) -> Value {
    match object {
        "checkout.session" => json!(CheckoutSession::read(value).unwrap()),
        "payment_intent" => json!(PaymentIntent::read(value).unwrap()),
        "charge" => json!(Charge::read(value).unwrap()),
        "refund" => json!(Refund::read(value).unwrap()),
        "dispute" => json!(Dispute::read(value).unwrap()),
        "invoice" => json!(Invoice::read(value).unwrap()),
        "invoice_payment" => json!(InvoicePayment::read(value).unwrap()),
        "subscription" => {
            let view = Subscription::read(value).unwrap();
            let mut found = json!(view);
            found["price"] = json!(view.items[0].price);
            found["quantity"] = json!(view.items[0].quantity);
            found
        }
        other => panic!("no view for {other}"),
    }
}

#[test]
fn every_view_finds_every_field_in_every_api_version() {
    let mut seen: BTreeMap<(&str, &str, &str), u32> = BTreeMap::new();
    for entry in std::fs::read_dir(folder("objects")).unwrap() {
        let path = entry.unwrap().path();
        let Some((object, version)) = path.file_stem().unwrap().to_str().unwrap().split_once("__") else {
            continue;
        };
        let version = version.trim_end_matches(".json");
        let Some(kind) = PLACES.iter().map(|place| place.object).find(|known| *known == object) else {
            continue;
        };
        let value: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let view = found(kind, &value);
        let mut fields: BTreeMap<&str, &Place> = BTreeMap::new();
        for place in PLACES.iter().filter(|place| place.object == kind && place.since <= version) {
            fields.insert(place.field, place);
        }
        for (field, place) in fields {
            let expected = value.pointer(place.pointer).cloned().unwrap_or(Value::Null);
            // The period of a one-off item pays for nothing of a subscription.
            let line = "/lines/data/0";
            let one_off = value.pointer(&format!("{line}/type")) == Some(&json!("invoiceitem"))
                || value.pointer(&format!("{line}/parent/type")) == Some(&json!("invoice_item_details"));
            if expected.is_null() || expected == "" || (place.pointer.starts_with(line) && one_off) {
                continue;
            }
            let seen_by_view = view.pointer(&format!("/{field}")).cloned().unwrap_or(Value::Null);
            assert_eq!(seen_by_view, expected, "{kind} {version}: `{field}` at {}", place.pointer);
            *seen.entry((kind, field, place.pointer)).or_default() += 1;
        }
    }
    for ((object, field, pointer), versions) in &seen {
        println!("{object:17} {field:22} {pointer:45} in {versions} versions");
    }
    for must in [
        ("invoice", "subscription", "/parent/subscription_details/subscription"),
        ("invoice", "period/end", "/lines/data/0/period/end"),
        ("subscription", "current_period_end", "/current_period_end"),
        ("subscription", "current_period_end", "/items/data/0/current_period_end"),
        ("dispute", "charge", "/charge"),
        ("refund", "amount", "/amount"),
        ("charge", "status", "/status"),
    ] {
        assert!(seen.contains_key(&must), "{must:?} was never there to be found");
    }
}
