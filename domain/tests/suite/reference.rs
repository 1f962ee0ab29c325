//! The derived figures a second time, the naive way: all events in the order in which they happened, simple sums.
//!
//! Written from Stripe's documentation. It must share no code with the engine, so that a mistake in one shows as a
//! difference.

use std::collections::{BTreeMap, BTreeSet};

use histories::History;
use serde_json::Value;

use crate::memory::Memory;

/// The money of one payment, in minor units.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Money {
    captured: i64,
    refunded: i64,
    lost: i64,
    disputed: i64,
}

/// Compares the engine's figures with the naive ones, for every payment, order and subscription of a history.
pub(crate) fn compare(history: &History, memory: &Memory) {
    let events = bodies(history);
    let mut orders: BTreeMap<(String, String), (Money, &'static str)> = BTreeMap::new();
    let mut ambiguous = false;
    for payment in &history.expected_state.payments {
        let row = &memory.rows.payments[&payment.id];
        ambiguous |= row.ambiguous();
        let about = about(&events, &payment.id);
        let money = money(&about);
        if let Some(order) = order_of(&events, &about, &payment.id) {
            let sums = orders.entry((payment.account.clone(), order)).or_default();
            sums.0.captured += money.captured;
            sums.0.refunded += money.refunded;
            sums.0.lost += money.lost;
            sums.0.disputed += money.disputed;
            if sums.1 != "paid" {
                sums.1 = without_refunds(&about, money.captured);
            }
        }
        let summary = row.summary();
        let found = Money {
            captured: summary.paid,
            refunded: summary.refunded,
            lost: summary.lost,
            disputed: summary.disputed,
        };
        assert!(row.ambiguous() || found == money, "{}: {found:?} is not {money:?}", history.name);
    }
    assert_eq!(orders.len(), history.expected_state.orders.len(), "{}: orders", history.name);
    for ((account, id), (money, otherwise)) in orders.iter().filter(|_| !ambiguous) {
        let status = memory.order(account, id).unwrap().totals().status;
        assert_eq!(status.as_str(), order_status(*money, otherwise), "{}: order {id}", history.name);
    }
    for subscription in &history.expected_state.subscriptions {
        let row = &memory.rows.subscriptions[&subscription.id];
        let expected = paid_through(&events, &subscription.id);
        assert!(
            row.ambiguous() || row.paid_through() == expected,
            "{}: paid through {:?} is not {expected:?}",
            history.name,
            row.paid_through()
        );
    }
}

/// In the true order, each change once: a second Event object of a change follows the first.
fn bodies(history: &History) -> Vec<Value> {
    let mut bodies: Vec<Value> =
        history.events.iter().map(|event| serde_json::from_slice(&event.body).unwrap()).collect();
    bodies.dedup_by(|b, a| a["type"] == b["type"] && a["data"] == b["data"] && a["created"] == b["created"]);
    bodies
}

/// The events of one payment.
fn about<'a>(events: &'a [Value], payment: &str) -> Vec<&'a Value> {
    let of = |event: &&Value| {
        let object = &event["data"]["object"];
        object["id"] == payment || (object["object"] != "invoice" && object["payment_intent"] == payment)
    };
    events.iter().filter(of).collect()
}

fn objects<'a>(events: &'a [&'a Value], object: &'a str) -> impl DoubleEndedIterator<Item = &'a Value> {
    events.iter().map(|event| &event["data"]["object"]).filter(move |found| found["object"] == object)
}

fn money(events: &[&Value]) -> Money {
    let intent = objects(events, "payment_intent").next_back();
    let session = objects(events, "checkout.session").next_back();
    let captured = match (intent, session) {
        (Some(intent), _) if intent["status"] == "succeeded" => intent["amount_received"].as_i64().unwrap(),
        (None, Some(session)) if session["payment_status"] == "paid" => {
            session["amount_total"].as_i64().unwrap()
        }
        _ => 0,
    };
    // What was never captured is released, not refunded.
    let refunded = if captured > 0 { refunded(events) } else { 0 };
    let (lost, disputed) = disputes(events);
    Money { captured, refunded, lost, disputed }
}

/// The steps of the charge, and what was there before the first that was delivered, less what came undone.
fn refunded(events: &[&Value]) -> i64 {
    let (mut sum, mut steps, mut undone) = (0, 0, BTreeSet::new());
    for event in events {
        let (object, previous) = (&event["data"]["object"], &event["data"]["previous_attributes"]);
        if event["type"] == "charge.refunded" {
            let (from, to) =
                (previous["amount_refunded"].as_i64().unwrap(), object["amount_refunded"].as_i64().unwrap());
            sum += if steps == 0 { to } else { to - from };
            steps += 1;
        }
        let is_undone =
            object["object"] == "refund" && (object["status"] == "failed" || object["status"] == "canceled");
        if is_undone && undone.insert(object["id"].as_str().unwrap()) {
            sum -= object["amount"].as_i64().unwrap();
        }
    }
    sum
}

/// What ended with the money away, and what open disputes ask for.
fn disputes(events: &[&Value]) -> (i64, i64) {
    let newest: BTreeMap<_, _> =
        objects(events, "dispute").map(|dispute| (dispute["id"].as_str().unwrap(), dispute)).collect();
    let (mut lost, mut disputed) = (0, 0);
    for dispute in newest.values() {
        let transactions = dispute["balance_transactions"].as_array().unwrap();
        let moved: i64 = transactions.iter().map(|entry| entry["amount"].as_i64().unwrap()).sum();
        match dispute["status"].as_str().unwrap() {
            "needs_response" | "under_review" => disputed += dispute["amount"].as_i64().unwrap(),
            inquiry if inquiry.starts_with("warning") => {}
            _ => lost -= moved,
        }
    }
    (lost, disputed)
}

/// The order in the metadata of the payment intent, else the session, else the attempt that took the money, else the
/// invoice, else the session's reference.
fn order_of(events: &[Value], about: &[&Value], payment: &str) -> Option<String> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let named = |object: &Value| {
        text(&object["metadata"]["orderId"]).or_else(|| text(&object["metadata"]["order_id"]))
    };
    let newest = |kind| objects(about, kind).next_back();
    let session = newest("checkout.session").filter(|session| session["mode"] == "payment");
    let attempt = about.iter().find(|event| event["type"] == "charge.succeeded");
    let of = |kind: &str, key: &str, value: &str| {
        let is = |event: &&Value| {
            let object = &event["data"]["object"];
            object["object"] == kind && (object[key] == value || object["payment"][key] == value)
        };
        events.iter().rev().find(is).map(|event| &event["data"]["object"])
    };
    let invoice = of("invoice", "payment_intent", payment).or_else(|| {
        let joined = of("invoice_payment", "payment_intent", payment)?;
        of("invoice", "id", joined["invoice"].as_str()?)
    });
    newest("payment_intent")
        .and_then(named)
        .or_else(|| session.and_then(named))
        .or_else(|| attempt.and_then(|event| named(&event["data"]["object"])))
        .or_else(|| invoice.and_then(named))
        .or_else(|| session.and_then(|session| text(&session["client_reference_id"])))
}

fn order_status(money: Money, otherwise: &'static str) -> &'static str {
    match money {
        Money { lost: 1.., .. } => "charged_back",
        Money { disputed: 1.., .. } => "disputed",
        Money { refunded: 1.., captured, .. } if money.refunded >= captured => "refunded",
        Money { refunded: 1.., .. } => "partially_refunded",
        _ => otherwise,
    }
}

fn without_refunds(events: &[&Value], captured: i64) -> &'static str {
    let free = |session: &Value| {
        session["payment_status"] == "no_payment_required" && session["status"] == "complete"
    };
    let any = |kind: &str| events.iter().any(|event| event["type"] == kind);
    if captured > 0 || objects(events, "checkout.session").any(free) {
        "paid"
    } else if any("checkout.session.expired") {
        "expired"
    } else if any("payment_intent.canceled") {
        "canceled"
    } else {
        "payment_failed"
    }
}

/// The end of the recurring lines of the newest paid invoice that has any, not beyond the current period.
fn paid_through(events: &[Value], subscription: &str) -> Option<i64> {
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
    lines.map(|line| line["period"]["end"].as_i64().unwrap()).min()
}
