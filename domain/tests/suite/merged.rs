//! Two records of one charge or payment that turn out to be one: what either knows, both know together.

use domain::event::Event;
use domain::payment::Attempt;
use serde_json::{Value, json};
use stripe::objects::Charge;

fn charge(order: &str) -> Value {
    json!({
        "id": "ch_1", "object": "charge", "status": "succeeded", "captured": true, "amount": 2000, "currency": "usd",
        "payment_intent": "pi_1", "created": 100, "metadata": { "orderId": order },
    })
}

fn record(attempt: &mut Attempt, (kind, at, order): (&str, i64, &str)) {
    let body = json!({ "id": "evt_1", "type": kind, "created": at, "data": { "object": charge(order) } });
    let event = Event::parse(body.to_string().as_bytes()).unwrap();
    attempt.record(&event, &Charge::read(&event.object).unwrap());
}

#[test]
fn two_records_of_an_attempt_know_together_what_one_record_of_all_its_events_knows() {
    let events = [
        ("charge.pending", 100, "o1"),
        ("charge.succeeded", 100_000, "o2"),
        ("charge.captured", 200_000, "o3"),
    ];
    let mut all = Attempt::default();
    events.into_iter().for_each(|event| record(&mut all, event));
    for split in 0_u8..8 {
        let mut parts = [Attempt::default(), Attempt::default()];
        for (at, event) in events.into_iter().enumerate() {
            record(&mut parts[usize::from(split >> at & 1)], event);
        }
        let [one, other] = parts;
        for (mut mine, theirs) in [(one.clone(), other.clone()), (other, one)] {
            mine.merge(theirs);
            assert_eq!(mine, all, "{split:b}");
        }
    }
}

#[test]
fn only_an_hour_or_more_after_it_was_made_a_charge_was_made_by_a_delayed_method() {
    let delayed = |at: i64| {
        let mut attempt = Attempt::default();
        record(&mut attempt, ("charge.succeeded", 100 + at, "o1"));
        serde_json::to_value(attempt).unwrap()["delayed"] == true
    };
    let day = 86_400;
    let is = [0, 3599, 3600, day, 60 * day - 1, 60 * day].map(delayed);
    assert_eq!(is, [false, false, true, true, true, false]);
}
