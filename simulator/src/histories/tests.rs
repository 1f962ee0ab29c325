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
    for history in many(1, 300) {
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
    for seed in 0..20 {
        for history in many(seed, 40) {
            for event in history.events {
                assert!(seen.insert(event.id), "an event id came twice");
            }
            for payment in history.truth.payments {
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
    let options = Options { same_second: 50, ..Options::default() };
    let mut checked = 0;
    for index in 0..600 {
        let mut latest: HashMap<String, Value> = HashMap::new();
        for event in &write_with(3, index, Kind::ALL, options).events {
            let body = body(event);
            let object = &body["data"]["object"];
            let id = object["id"].as_str().unwrap_or_default().to_owned();
            if let (Some(previous), Some(before)) = (body["data"].get("previous_attributes"), latest.get(&id))
            {
                let merged = merged(object, previous);
                assert_eq!(without_nulls(&merged), without_nulls(before), "{} of {id}", event.kind);
                assert_ne!(object, before, "{} of {id} changed nothing", event.kind);
                checked += 1;
            }
            latest.insert(id, object.clone());
        }
    }
    assert!(checked > 20, "only {checked} updates seen");
}

#[test]
fn every_kind_is_written_under_its_name_and_knows_its_order() {
    for kind in Kind::PURCHASES {
        let history = write(5, 1, &[*kind]);
        assert_eq!(history.name, kind.name());
        assert_eq!(Kind::named(kind.name()), Some(vec![*kind]));
        assert_eq!(history.truth.orders.len(), 1, "{}", history.name);
        assert!(!history.events.is_empty() && !history.truth.payments.is_empty());
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
    let events: usize = many(11, 1000).iter().map(|history| history.events.len()).sum();
    // Read by people who run with --nocapture; nothing is asserted about time.
    println!("{events} events of 1000 histories in {:?}", before.elapsed());
}
