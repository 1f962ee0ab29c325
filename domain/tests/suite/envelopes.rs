//! How an event's envelope is read: <https://docs.stripe.com/api/events/object>,
//! <https://docs.stripe.com/event-destinations#thin-events>.

use domain::decide::{Decision, Prepared};
use domain::event::Event;
use domain::rejection::Reason;
use serde_json::{Value, json};

use crate::memory::Memory;

fn read(body: &Value) -> Event {
    Event::parse(body.to_string().as_bytes()).unwrap()
}

fn with(mut object: Value, changes: Value) -> Value {
    object.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    object
}

fn snapshot() -> Value {
    json!({
        "id": "evt_1", "object": "event", "type": "charge.refunded", "created": 1_700_000_000, "livemode": true,
        "api_version": "2024-06-20", "account": "acct_1", "request": { "id": "req_1", "idempotency_key": null },
        "data": { "object": { "id": "ch_1", "object": "charge" }, "previous_attributes": { "amount_refunded": 0 } },
    })
}

fn thin() -> Value {
    json!({
        "id": "evt_thin", "object": "v2.core.event", "type": "v1.charge.refunded", "livemode": true,
        "created": "2024-06-20T12:00:00.500Z", "related_object": { "id": "ch_1", "type": "charge", "url": "/v1/charges/ch_1" },
    })
}

#[test]
fn a_snapshot_event_says_what_its_object_is_and_was() {
    let event = read(&snapshot());
    assert_eq!(
        (event.id.as_str(), event.kind.as_str(), event.created),
        ("evt_1", "charge.refunded", 1_700_000_000)
    );
    assert_eq!((event.livemode, event.thin, event.observed, event.quiet), (true, false, false, false));
    assert_eq!(
        (event.account.as_deref(), event.api_version.as_deref()),
        (Some("acct_1"), Some("2024-06-20"))
    );
    assert_eq!((event.object_id(), event.request.as_deref()), (Some("ch_1"), Some("req_1")));
    assert_eq!(event.previous.map(Value::Object), Some(json!({ "amount_refunded": 0 })));
    let origin = read(&snapshot()).origin();
    assert_eq!((origin.account.as_str(), origin.livemode), ("acct_1", true));
}

#[test]
fn what_an_envelope_does_not_say_is_not_guessed() {
    let bare = read(&json!({ "id": "evt_1", "type": "t", "created": 0 }));
    assert_eq!((bare.livemode, bare.account, bare.request, bare.previous), (false, None, None, None));
    assert_eq!((bare.object, bare.observed), (Value::Null, false));
    // The request was its id itself before 2017-05-25.
    assert_eq!(read(&with(snapshot(), json!({ "request": "req_9" }))).request.as_deref(), Some("req_9"));
    // A context belongs to thin events.
    let body = with(snapshot(), json!({ "account": null, "context": "acct_9" }));
    assert_eq!(read(&body).account, None);
    // A snapshot event of which another speaks keeps its own id.
    assert_eq!(read(&with(snapshot(), json!({ "snapshot_event": "evt_0" }))).id, "evt_1");
}

#[test]
fn a_thin_event_is_dated_in_words_and_takes_effect_under_the_id_of_its_snapshot() {
    let event = read(&thin());
    // 2024-06-20T12:00:00Z
    assert_eq!((event.created, event.thin, event.id.as_str()), (1_718_884_800, true, "evt_thin"));
    assert_eq!(event.object_id(), Some("ch_1"));
    for snapshot in [json!("evt_1"), json!({ "id": "evt_1" })] {
        assert_eq!(read(&with(thin(), json!({ "snapshot_event": snapshot }))).id, "evt_1");
    }
    let account = |context: &str| read(&with(thin(), json!({ "context": context }))).account;
    assert_eq!(account("acct_1").as_deref(), Some("acct_1"));
    assert_eq!(account("org_1/acct_2").as_deref(), Some("acct_2"));
}

#[test]
fn a_body_without_id_type_or_time_is_malformed() {
    let malformed = |body: &[u8]| Event::parse(body).unwrap_err().reason() == Reason::MalformedEvent;
    assert!(malformed(b"{}") && malformed(b"not json") && malformed(b"[]"));
    for (field, value) in
        [("created", json!(null)), ("created", json!("2024-06-20T12:00:00Z")), ("id", json!(7))]
    {
        assert!(malformed(with(snapshot(), json!({ field: value })).to_string().as_bytes()), "{field}");
    }
    // Beyond what a point in time can be.
    assert!(malformed(with(snapshot(), json!({ "created": i64::MAX })).to_string().as_bytes()));
    assert!(malformed(with(thin(), json!({ "created": "yesterday" })).to_string().as_bytes()));
    // Some senders put a byte order mark first.
    let marked = [b"\xef\xbb\xbf".as_slice(), snapshot().to_string().as_bytes()].concat();
    assert_eq!(Event::parse(&marked).unwrap().id, "evt_1");
}

#[test]
fn a_thin_event_of_a_handled_type_needs_its_object_and_another_is_ignored() {
    let decided = |kind: &str| {
        let event = read(&with(thin(), json!({ "type": kind })));
        Memory::default().show(&Prepared::new(event)).decision
    };
    let needs_key = |kind: &str| match decided(kind) {
        Decision::Rejected(rejection) => rejection.reason() == Reason::NeedsApiKey,
        other => panic!("{other:?}"),
    };
    assert!(needs_key("v1.charge.refunded") && needs_key("charge.refunded"));
    assert!(needs_key("v2.core.health.event_generation_failure.resolved"));
    assert_eq!(decided("v1.billing.meter.error_report_triggered"), Decision::Ignored("unhandled_type"));
}

#[test]
fn handled_types_are_known_by_name() {
    assert!(domain::handlers::handles("charge.refunded") && !domain::handlers::handles("customer.created"));
}
