//! The derived figures a second time, the naive way: all events in the order in which they happened, simple sums.
//!
//! Written from Stripe's documentation. It must share no code with the engine, so that a mistake in one shows as a
//! difference.

use std::collections::{BTreeMap, BTreeSet};

use domain::origin::{OrderKey, Origin};
use histories::History;
use serde_json::Value;

use crate::memory::Memory;
use crate::reference_period::paid_through;
use crate::reference_price::{counts, price};

/// The money of one payment, in minor units.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Money {
    captured: i64,
    refunded: i64,
    lost: i64,
    disputed: i64,
}

/// The payments that count for one order.
#[derive(Debug, Default)]
struct Order {
    money: Money,
    payments: usize,
    /// Some of the money of one of them was refunded.
    refunded_in_part: bool,
    /// What it costs, in minor units: as registered, or as an invoice says, else what was captured first.
    price: Option<i64>,
    /// Where it stands without money, refunds and disputes.
    otherwise: &'static str,
}

/// Compares the engine's figures with the naive ones, for every payment, order and subscription of a history.
pub(crate) fn compare(history: &History, memory: &Memory) {
    let events = bodies(history);
    let mut orders: BTreeMap<OrderKey, Order> = BTreeMap::new();
    let mut ambiguous = false;
    for payment in &history.expected_state.payments {
        let row = &memory.rows.payments[&payment.id];
        ambiguous |= row.ambiguous();
        let about = about(&events, &payment.id);
        let money = money(&about);
        if let Some(id) = order_of(&events, &about, &payment.id) {
            let origin = Origin { account: payment.account.clone(), livemode: payment.livemode };
            let order = orders.entry(OrderKey::new(&origin, &id)).or_default();
            order.price = order.price.or_else(|| price(history, &events, &id));
            if counts(history, &events, &id, &about) {
                order.add(money, &about);
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
    for (key, order) in orders.iter().filter(|_| !ambiguous) {
        let status = memory.rows.orders[key].totals().status;
        assert_eq!(status.as_str(), order.status(), "{}: order {}", history.name, key.id);
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

impl Order {
    fn add(&mut self, money: Money, about: &[&Value]) {
        self.money.captured += money.captured;
        self.money.refunded += money.refunded;
        self.money.lost += money.lost;
        self.money.disputed += money.disputed;
        self.refunded_in_part |= money.refunded > 0 && money.refunded < money.captured;
        self.price = self.price.or((money.captured > 0).then_some(money.captured));
        self.payments += 1;
        if self.otherwise != "paid" {
            self.otherwise = without_refunds(about, money.captured);
        }
    }

    fn status(&self) -> &'static str {
        let Money { captured, refunded, lost, disputed } = self.money;
        let price = self.price.unwrap_or_default();
        let left_after_a_second = self.payments > 1 && !self.refunded_in_part && captured - refunded >= price;
        match () {
            () if self.payments == 0 => "pending",
            () if lost > 0 => "charged_back",
            () if disputed > 0 => "disputed",
            () if refunded > 0 && left_after_a_second => "paid",
            () if refunded > 0 && refunded >= captured => "refunded",
            () if refunded > 0 => "partially_refunded",
            () if self.payments > 1 && captured > price => "overpaid",
            () => self.otherwise,
        }
    }
}

/// In the true order, each change once: a second Event object of a change follows the first.
fn bodies(history: &History) -> Vec<Value> {
    let mut bodies: Vec<Value> =
        history.events.iter().map(|event| serde_json::from_slice(&event.body).unwrap()).collect();
    bodies.dedup_by(|b, a| a["type"] == b["type"] && a["data"] == b["data"] && a["created"] == b["created"]);
    bodies
}

/// The events of one payment. A charge stands for its payment where there is no payment intent, and a dispute may name
/// nothing but the charge.
fn about<'a>(events: &'a [Value], payment: &str) -> Vec<&'a Value> {
    let all = || events.iter().map(|event| &event["data"]["object"]);
    let charges: BTreeSet<&str> = all()
        .filter(|object| object["object"] == "charge" && object["payment_intent"] == payment)
        .filter_map(|charge| charge["id"].as_str())
        .chain([payment])
        .collect();
    let of = |event: &&Value| {
        let object = &event["data"]["object"];
        let by_charge = object["charge"].as_str().is_some_and(|charge| charges.contains(charge));
        let by_intent = object["payment_intent"] == payment;
        object["id"] == payment || (object["object"] != "invoice" && (by_intent || by_charge))
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
        (None, None) => objects(events, "charge").next_back().map_or(0, |charge| {
            if charge["captured"] == true { charge["amount_captured"].as_i64().unwrap() } else { 0 }
        }),
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
    // An invoice that asks for nothing stands for its payment.
    let invoice =
        of("invoice", "payment_intent", payment).or_else(|| of("invoice", "id", payment)).or_else(|| {
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

fn without_refunds(events: &[&Value], captured: i64) -> &'static str {
    let free = |session: &Value| {
        session["payment_status"] == "no_payment_required" && session["status"] == "complete"
    };
    let any = |kind: &str| events.iter().any(|event| event["type"] == kind);
    if captured > 0 || objects(events, "checkout.session").any(free) || any("invoice.paid") {
        "paid"
    } else if any("checkout.session.expired") {
        "expired"
    } else if any("payment_intent.canceled") {
        "canceled"
    } else {
        "payment_failed"
    }
}
