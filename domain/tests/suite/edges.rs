//! Short histories at the edges of Stripe's behaviour, each with the result that it must come to.

use domain::decide::Prepared;
use domain::event::Event;
use domain::order::Expected;
use domain::rules::Rules;
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::memory::Memory;

fn of_mode(live: bool, id: &str, kind: &str, created: i64, object: Value, previous: Option<Value>) -> Event {
    let mut data = json!({ "object": object });
    if let Some(previous) = previous {
        data["previous_attributes"] = previous;
    }
    let event = json!({ "id": id, "object": "event", "type": kind, "created": created, "livemode": live, "data": data });
    Event::parse(event.to_string().as_bytes()).unwrap()
}

pub(crate) fn event(id: &str, kind: &str, created: i64, object: Value, previous: Option<Value>) -> Prepared {
    Prepared::new(of_mode(true, id, kind, created, object, previous))
}

pub(crate) fn intent(id: &str, status: &str, amount: i64, received: i64, order: &str) -> Value {
    json!({
        "id": id, "object": "payment_intent", "status": status, "amount": amount, "amount_received": received,
        "currency": "usd", "metadata": { "orderId": order },
    })
}

fn unpaid_session() -> Value {
    json!({
        "id": "cs_1", "object": "checkout.session", "mode": "payment", "status": "complete", "payment_status": "unpaid",
        "payment_intent": "pi_1", "amount_total": 2000, "currency": "usd", "metadata": { "orderId": "o1" },
    })
}

/// One event after the other, each in a batch of its own.
pub(crate) fn after(mut memory: Memory, events: &[Prepared]) -> Memory {
    events.iter().for_each(|event| memory.deliver(&[event]));
    memory
}

fn registered(order: &str, amount: i64) -> Memory {
    let expected = Expected { customer: None, amount, currency: "usd".into(), reference_code: None };
    let mut memory = Memory::default();
    memory.expected.insert(order.into(), expected);
    memory
}

/// Status, amount paid and amount refunded of an order.
pub(crate) fn order(memory: &Memory, id: &str) -> (&'static str, i64, i64) {
    let totals = memory.order("", id).unwrap().totals();
    (totals.status.as_str(), totals.paid, totals.refunded)
}

#[test]
fn a_test_payment_does_not_pay_an_order_where_only_live_events_count() {
    let rules = Rules { livemode: Some(true), ..Rules::default() };
    let paid = || intent("pi_test", "succeeded", 1999, 1999, "1001");
    let of =
        |live| Prepared::under(&rules, of_mode(live, "evt_1", "payment_intent.succeeded", 101, paid(), None));
    assert!(after(registered("1001", 1999), &[of(false)]).lasting.is_empty());
    assert!(after(registered("1001", 1999), &[of(true)]).lasting.contains("order.paid/1001"));
}

#[test]
fn with_a_secret_no_order_is_paid_without_a_code_whatever_names_it() {
    let rules = Rules { reference_secret: Some(SecretString::from("secret")), ..Rules::default() };
    let session = json!({
        "id": "cs_1", "object": "checkout.session", "mode": "payment", "status": "complete", "payment_status": "paid",
        "payment_intent": "pi_1", "amount_total": 2000, "currency": "usd", "metadata": {},
    });
    let events = || {
        [
            event(
                "evt_1",
                "payment_intent.created",
                100,
                intent("pi_1", "requires_payment_method", 2000, 0, "o1"),
                None,
            ),
            event("evt_2", "checkout.session.completed", 101, session.clone(), None),
        ]
    };
    for reversed in [false, true] {
        let mut events = events();
        if reversed {
            events.reverse();
        }
        let mut memory = Memory::default();
        memory.rules = rules.clone();
        let memory = after(memory, &events);
        assert!(!memory.lasting.contains("order.paid/o1"), "{:?}", memory.lasting);
        assert!(memory.notices.contains("payment.held/pi_1/reference_code_mismatch"), "{:?}", memory.notices);
    }
}

#[test]
fn a_payment_that_never_matched_does_not_change_the_order() {
    let wrong = || {
        [
            event(
                "evt_1",
                "payment_intent.created",
                100,
                intent("pi_x", "requires_payment_method", 999, 0, "o1"),
                None,
            ),
            event(
                "evt_2",
                "payment_intent.succeeded",
                101,
                intent("pi_x", "succeeded", 999, 999, "o1"),
                None,
            ),
            event(
                "evt_3",
                "payment_intent.succeeded",
                102,
                intent("pi_ok", "succeeded", 1999, 1999, "o1"),
                None,
            ),
        ]
    };
    let about = json!({ "amount": 999, "currency": "usd", "charge": "ch_x", "payment_intent": "pi_x" });
    let refund = json!({ "id": "re_1", "object": "refund", "status": "succeeded" });
    let dispute = json!({ "id": "dp_1", "object": "dispute", "status": "lost" });
    for (kind, mut object) in [("refund.created", refund), ("charge.dispute.closed", dispute)] {
        object.as_object_mut().unwrap().extend(about.as_object().unwrap().clone());
        let memory = after(registered("o1", 1999), &wrong());
        let memory = after(memory, &[event("evt_4", kind, 103, object, None)]);
        assert_eq!(order(&memory, "o1"), ("paid", 1999, 0), "{kind}");
    }
}

#[test]
fn a_voucher_chosen_after_a_declined_card_is_under_way() {
    let events = [
        event(
            "evt_1",
            "payment_intent.payment_failed",
            100,
            intent("pi_1", "requires_payment_method", 2000, 0, "o1"),
            None,
        ),
        event(
            "evt_2",
            "payment_intent.requires_action",
            110,
            intent("pi_1", "requires_action", 2000, 0, "o1"),
            None,
        ),
        event("evt_3", "checkout.session.completed", 111, unpaid_session(), None),
    ];
    assert_eq!(order(&after(Memory::default(), &events), "o1").0, "processing");
}

#[test]
fn the_captured_amount_pays_an_order_that_is_not_registered() {
    let events = [
        event(
            "evt_1",
            "payment_intent.amount_capturable_updated",
            100,
            intent("pi_1", "requires_capture", 2000, 0, "o1"),
            None,
        ),
        event("evt_2", "payment_intent.succeeded", 101, intent("pi_1", "succeeded", 2000, 1500, "o1"), None),
    ];
    let memory = after(Memory::default(), &events);
    assert_eq!(order(&memory, "o1"), ("paid", 1500, 0));
    assert!(memory.lasting.contains("order.paid/o1"));
}

#[test]
fn a_hold_without_a_payment_intent_that_ran_out_is_not_under_way() {
    let charge = |refunded: bool| {
        json!({
            "id": "ch_1", "object": "charge", "status": "succeeded", "paid": true, "captured": false, "amount": 2000,
            "amount_captured": 0, "amount_refunded": if refunded { 2000 } else { 0 }, "refunded": refunded,
            "currency": "usd", "payment_intent": null, "metadata": { "orderId": "o1" },
        })
    };
    let held = event("evt_1", "charge.succeeded", 100, charge(false), None);
    let memory = after(Memory::default(), &[held]);
    assert_eq!(order(&memory, "o1"), ("processing", 0, 0));
    let memory = after(memory, &[event("evt_2", "charge.expired", 200, charge(true), None)]);
    assert_eq!(order(&memory, "o1"), ("canceled", 0, 0));
}

#[test]
fn the_ledger_follows_a_capture_in_parts() {
    let part = json!({
        "id": "ch_1", "object": "charge", "status": "succeeded", "paid": true, "captured": true, "amount": 2000,
        "amount_captured": 500, "amount_refunded": 0, "refunded": false, "currency": "usd", "payment_intent": "pi_1",
        "metadata": { "orderId": "o1" },
    });
    let booked = |memory: &Memory| -> Vec<i64> {
        memory.whole_payment("pi_1").movements("pi_1").iter().map(|movement| movement.amount).collect()
    };
    let memory = after(Memory::default(), &[event("evt_1", "charge.captured", 100, part, None)]);
    assert_eq!(booked(&memory), [500]);
    let whole =
        event("evt_2", "payment_intent.succeeded", 101, intent("pi_1", "succeeded", 2000, 2000, "o1"), None);
    assert_eq!(booked(&after(memory, &[whole])), [2000]);
}

#[test]
fn a_refund_after_a_partial_capture_counts_whether_or_not_the_charge_lists_the_released_rest() {
    // 5000 were held, 3000 captured, 2000 released, 1000 refunded. Whether `amount_refunded` holds the 2000 differs.
    let charge = |amount_refunded: i64| {
        json!({
            "id": "ch_1", "object": "charge", "status": "succeeded", "paid": true, "captured": true, "amount": 5000,
            "amount_captured": 3000, "amount_refunded": amount_refunded, "refunded": false, "currency": "usd",
            "payment_intent": "pi_1", "metadata": { "orderId": "o1" },
        })
    };
    for released in [0, 2000] {
        let events = || {
            let before = Some(json!({ "amount_refunded": released }));
            [
                event("evt_1", "charge.captured", 100, charge(released), None),
                event(
                    "evt_2",
                    "payment_intent.succeeded",
                    100,
                    intent("pi_1", "succeeded", 5000, 3000, "o1"),
                    None,
                ),
                event("evt_3", "charge.refunded", 200, charge(released + 1000), before),
            ]
        };
        let mut reversed = events();
        reversed.reverse();
        for events in [events(), reversed] {
            let memory = after(Memory::default(), &events);
            assert_eq!(order(&memory, "o1"), ("partially_refunded", 3000, 1000), "{released}");
        }
    }
}
