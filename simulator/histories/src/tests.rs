//! What every history must hold to.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::*;

fn body(event: &SimEvent) -> Value {
    serde_json::from_slice(&event.body).expect("a body is JSON")
}

#[test]
fn the_same_seed_writes_the_same_bytes() {
    assert_eq!(many(7, 40), many(7, 40));
}

#[test]
fn every_body_parses_and_says_what_the_event_says() {
    for history in many(1, 150) {
        for event in &history.events {
            let body = body(event);
            assert_eq!(body["id"], event.id.as_str());
            assert_eq!(body["type"], event.kind.as_str());
            assert_eq!(body["created"], event.created);
            assert_eq!(body["api_version"], history.version.0);
            assert_eq!(body["object"], "event");
        }
    }
}

#[test]
fn no_id_is_shared_by_two_histories() {
    let mut seen = HashSet::new();
    for seed in 0..10 {
        for history in many(seed, 30) {
            for event in history.events {
                assert!(seen.insert(event.id), "an event id came twice");
            }
            for payment in history.expected_state.payments {
                assert!(seen.insert(payment.id), "a payment id came twice");
            }
        }
    }
}

/// `now` with what it was before put back; `null` and absent count as the same.
fn merged(now: &Value, previous: &Value) -> Value {
    match (now, previous) {
        (Value::Object(now), Value::Object(previous)) => {
            let mut before = now.clone();
            for (key, value) in previous {
                let merged = merged(now.get(key).unwrap_or(&Value::Null), value);
                before.insert(key.clone(), merged);
            }
            Value::Object(before)
        }
        _ => previous.clone(),
    }
}

fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(map) => map
            .iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(key, value)| (key.clone(), without_nulls(value)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
        Value::Array(list) => list.iter().map(without_nulls).collect(),
        other => other.clone(),
    }
}

#[test]
fn previous_attributes_lead_back_to_the_state_before() {
    let mut checked = 0;
    for index in 0..500 {
        let history = write(3, index, Kind::ALL);
        if history.name == Kind::RefundNotDelivered.name() {
            continue;
        }
        let mut latest: HashMap<String, Value> = HashMap::new();
        for event in &history.events {
            let body = body(event);
            let object = &body["data"]["object"];
            let id = object["id"].as_str().unwrap_or_default().to_owned();
            let before = latest.insert(id.clone(), object.clone());
            // Two events may report one change.
            let before = before.filter(|before| before != object);
            if let (Some(previous), Some(before)) = (body["data"].get("previous_attributes"), before) {
                let merged = merged(object, previous);
                let at = format!("{} of {id} in {} {index}", event.kind, history.name);
                assert_eq!(without_nulls(&merged), without_nulls(&before), "{at}");
                assert_eq!(previous, &changed(&before, object), "{at}: says more than what changed");
                checked += 1;
            }
        }
    }
    assert!(checked > 500, "only {checked} updates seen");
}

/// What an update from one state to the other must say.
fn changed(before: &Value, after: &Value) -> Value {
    object::difference(before.clone(), after).unwrap_or_default()
}

#[test]
fn every_kind_is_written_under_its_name_and_knows_its_order() {
    for kind in Kind::ALL {
        let history = write(5, 1, &[*kind]);
        assert_eq!(history.name, kind.name());
        assert_eq!(Kind::named(kind.name()), Some(vec![*kind]));
        assert!(!history.events.is_empty());
        let orders = usize::from(!Kind::SUBSCRIPTIONS.contains(kind));
        assert_eq!(history.expected_state.orders.len(), orders, "{}", history.name);
    }
}

#[test]
fn the_order_of_events_is_the_order_of_time() {
    for history in many(9, 300) {
        assert!(history.events.windows(2).all(|pair| pair[0].created <= pair[1].created), "{}", history.name);
    }
}

#[test]
fn a_history_is_cheap_to_write() {
    let before = std::time::Instant::now();
    let events: usize = many(11, 500).iter().map(|history| history.events.len()).sum();
    // Read by people who run with --nocapture; nothing is asserted about time.
    println!("{events} events of 500 histories in {:?}", before.elapsed());
}

fn bodies_of(version: Version, kinds: &[Kind], kind: &str) -> Vec<Value> {
    let options = Options { version: Some(version), ..Options::default() };
    let histories = (0..20).map(|index| write_with(21, index, kinds, options));
    let events = histories.flat_map(|history| history.events).filter(|event| event.kind == kind);
    events.map(|event| body(&event)["data"]["object"].clone()).collect()
}

#[test]
fn invoices_have_the_shape_of_their_version() {
    for version in Version::ALL {
        for invoice in bodies_of(*version, Kind::SUBSCRIPTIONS, "invoice.paid") {
            let line = &invoice["lines"]["data"][0];
            if version.basil() {
                for gone in ["subscription", "payment_intent", "charge", "paid"] {
                    assert!(invoice.get(gone).is_none(), "{gone} in {}", version.0);
                }
                let details = &invoice["parent"]["subscription_details"];
                assert_eq!(details["subscription"].is_string(), invoice["billing_reason"] != "manual");
                assert!(line["parent"]["type"].is_string() && line.get("price").is_none());
            } else {
                assert!(invoice.get("parent").is_none() && invoice["paid"] == true);
                assert_eq!(invoice["subscription"].is_string(), invoice["billing_reason"] != "manual");
                assert!(line["price"]["id"].is_string());
            }
        }
    }
}

#[test]
fn subscriptions_have_their_period_where_their_version_puts_it() {
    for version in Version::ALL {
        let subscriptions = bodies_of(*version, Kind::SUBSCRIPTIONS, "customer.subscription.created");
        assert!(!subscriptions.is_empty());
        for subscription in subscriptions {
            let item = &subscription["items"]["data"][0];
            assert_eq!(item["current_period_end"].is_i64(), version.basil());
            assert_eq!(subscription["current_period_end"].is_i64(), !version.basil());
        }
    }
}

#[test]
fn refunds_are_reported_as_their_version_does() {
    for version in Version::ALL {
        assert_eq!(
            bodies_of(*version, Kind::MONEY, "refund.created").is_empty(),
            !version.refund_events(),
            "{}",
            version.0
        );
        assert_eq!(
            bodies_of(*version, Kind::SUBSCRIPTIONS, "invoice_payment.paid").is_empty(),
            !version.basil(),
            "{}",
            version.0
        );
        for charge in bodies_of(*version, Kind::MONEY, "charge.refunded") {
            assert!(charge.get("refunds").is_none() && charge["amount_refunded"].is_i64());
        }
    }
}

#[test]
fn a_whole_life_fits_in_one_second() {
    let options = Options { burst: Some(1000), ..Options::default() };
    let mut revisits = 0;
    for index in 0..300 {
        let history = write_with(8, index, Kind::SUBSCRIPTIONS, options);
        assert!(history.events.iter().all(|event| event.created == history.events[0].created));
        revisits += usize::from(history.revisits);
        assert!(!history.twins);
    }
    assert!(revisits > 10 && revisits < 290, "{revisits} histories come back to an earlier state");
}

#[test]
fn a_seed_shows_every_outcome() {
    let mut statuses: HashSet<&str> = HashSet::new();
    for history in many(2, 1500) {
        let expected_state = history.expected_state;
        statuses.extend(expected_state.orders.iter().map(|order| order.status));
        statuses.extend(expected_state.subscriptions.iter().map(|subscription| subscription.status));
        statuses.extend(expected_state.invoices.iter().map(|invoice| invoice.status));
        statuses.extend(expected_state.disputes.iter().map(|dispute| dispute.status));
        statuses.extend(expected_state.refunds.iter().map(|refund| refund.status));
    }
    for status in [
        "paid",
        "payment_failed",
        "canceled",
        "expired",
        "partially_refunded",
        "refunded",
        "disputed",
        "charged_back",
        "incomplete_expired",
        "trialing",
        "active",
        "past_due",
        "unpaid",
        "paused",
        "open",
        "void",
        "uncollectible",
        "won",
        "lost",
        "warning_closed",
        "needs_response",
        "succeeded",
        "failed",
    ] {
        assert!(statuses.contains(status), "nothing ends {status}");
    }
}
