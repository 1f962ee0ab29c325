//! Metadata that an object no longer has, or never had when it was paid: no lasting message may rely on it.

use domain::decide::Prepared;
use domain::event::Event;
use serde_json::{Value, json};

use crate::memory::Memory;

fn event(kind: &str, created: i64, object: Value) -> Prepared {
    let event = json!({
        "id": format!("evt_{kind}_{created}"), "object": "event", "type": kind, "created": created, "livemode": true,
        "data": { "object": object },
    });
    Prepared::new(Event::parse(event.to_string().as_bytes()).unwrap())
}

fn intent(status: &str, received: i64, metadata: Value) -> Value {
    json!({
        "id": "pi_1", "object": "payment_intent", "status": status, "amount": 1500, "amount_received": received,
        "currency": "usd", "metadata": metadata,
    })
}

fn charge(metadata: Value) -> Value {
    json!({
        "id": "ch_1", "object": "charge", "status": "succeeded", "paid": true, "captured": true, "amount": 1500,
        "amount_captured": 1500, "currency": "usd", "payment_intent": "pi_1", "metadata": metadata,
    })
}

fn lasting_after(events: &[Prepared]) -> Vec<String> {
    let mut memory = Memory::default();
    events.iter().for_each(|event| memory.deliver(&[event]));
    memory.lasting.into_iter().collect()
}

#[test]
fn an_attempt_that_took_the_money_says_more_than_an_older_version_of_its_payment_intent() {
    let declined = event(
        "payment_intent.payment_failed",
        100,
        intent("requires_payment_method", 0, json!({ "orderId": "older" })),
    );
    let taken = event("charge.succeeded", 200, charge(json!({ "orderId": "newer" })));
    let expected = ["order.paid/newer", "order.payment_received/newer/pi_1"];
    assert_eq!(lasting_after(&[declined, taken]), expected);
}

#[test]
fn a_charge_that_names_an_order_its_payment_intent_does_not_name_may_have_been_edited() {
    let paid = event("payment_intent.succeeded", 100, intent("succeeded", 1500, json!({})));
    let edited = event("charge.updated", 200, charge(json!({ "orderId": "edited" })));
    assert_eq!(lasting_after(&[paid, edited]), [""; 0]);
}

#[test]
fn a_capture_may_be_of_a_hold_whose_payment_intent_came_to_name_another_order() {
    let made = event(
        "payment_intent.created",
        100,
        intent("requires_payment_method", 0, json!({ "orderId": "older" })),
    );
    let captured = event("charge.captured", 900, charge(json!({ "orderId": "older" })));
    let paid =
        event("payment_intent.succeeded", 901, intent("succeeded", 1500, json!({ "orderId": "newer" })));
    let before = [made, captured];
    assert_eq!(lasting_after(&before), [""; 0]);
    let [made, captured] = before;
    let expected = ["order.paid/newer", "order.payment_received/newer/pi_1"];
    assert_eq!(lasting_after(&[made, captured, paid]), expected);
}

/// A paid session that names its order only by `client_reference_id`.
fn session() -> Value {
    json!({
        "id": "cs_1", "object": "checkout.session", "mode": "payment", "status": "complete", "payment_status": "paid",
        "amount_total": 1500, "currency": "usd", "client_reference_id": "user_7", "payment_intent": "pi_1",
        "metadata": {},
    })
}

#[test]
fn a_charge_whose_newest_state_becomes_one_seen_before_finds_its_order_locked() {
    // A round of changes within one second has no certain end: any of its states may be the one that counts.
    for round in 0..16 {
        let state = |name: &str, metadata: Value| {
            let mut charge = charge(metadata);
            charge["description"] = json!(format!("{name} {round}"));
            charge
        };
        let (named, unnamed, other) =
            (state("a", json!({ "orderId": "o1" })), state("b", json!({})), state("c", json!({})));
        let update = |id: &str, from: &Value, to: &Value| {
            let mut previous = json!({ "description": from["description"] });
            if from["metadata"] != to["metadata"] {
                previous["metadata"] = json!({ "orderId": from["metadata"]["orderId"] });
            }
            crate::edges::event(id, "charge.updated", 200, to.clone(), Some(previous))
        };
        let mut memory = Memory::default();
        for event in [
            event("checkout.session.completed", 200, session()),
            update("evt_2", &other, &named),
            update("evt_3", &named, &unnamed),
            update("evt_4", &unnamed, &other),
        ] {
            memory.deliver(&[&event]);
        }
        assert!(memory.rejected.is_empty(), "{round}: {:?}", memory.rejected);
    }
}
