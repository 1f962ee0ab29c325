//! Which objects are worth fetching: those whose events do not prove their newest version.

use domain::doubt::Doubt;
use domain::origin::Origin;
use serde_json::{Value, json};

use crate::edges::{after, event};
use crate::memory::Memory;

/// Two events of one second that say different things of an object and nothing of what it was before.
fn doubts_of(kind: &str, object: &Value) -> Vec<(Origin, Doubt)> {
    let of = |id: &str, note: &str| {
        let mut object = object.clone();
        object["metadata"] = json!({ "note": note });
        event(id, kind, 100, object, None)
    };
    let mut memory = Memory::default();
    assert!(memory.show(&of("evt_1", "one")).doubts.is_empty(), "{kind}: one event is no doubt");
    memory.show(&of("evt_2", "other")).doubts.into_iter().collect()
}

#[test]
fn each_object_whose_newest_version_is_not_proved_is_in_doubt() {
    let money = json!({ "amount": 2000, "currency": "usd", "payment_intent": "pi_1" });
    let of = |object: &str, id: &str, status: &str| {
        let mut all = money.clone();
        let named = json!({ "object": object, "id": id, "status": status });
        all.as_object_mut().unwrap().extend(named.as_object().unwrap().clone());
        all
    };
    let mut session = of("checkout.session", "cs_1", "complete");
    session["mode"] = json!("payment");
    let mut bought = of("subscription", "sub_1", "active");
    bought["customer"] = json!("cus_1");
    let cases = [
        ("payment_intent.processing", of("payment_intent", "pi_1", "processing"), "payment_intent"),
        ("checkout.session.completed", session, "checkout.session"),
        ("charge.updated", of("charge", "ch_1", "succeeded"), "charge"),
        ("refund.updated", of("refund", "re_1", "pending"), "refund"),
        ("charge.dispute.updated", of("dispute", "dp_1", "needs_response"), "dispute"),
        ("invoice.updated", of("invoice", "in_1", "open"), "invoice"),
        ("customer.subscription.updated", bought, "subscription"),
    ];
    for (kind, object, name) in cases {
        let id = object["id"].as_str().unwrap().to_owned();
        let origin = Origin { account: String::new(), livemode: true };
        assert_eq!(doubts_of(kind, &object), [(origin, Doubt { object: name, id })], "{kind}");
    }
}

#[test]
fn a_paid_invoice_whose_hidden_lines_may_say_through_when_is_in_doubt_until_it_is_known_not_to_be() {
    let invoice = |status: &str, reason: &str| {
        json!({
            "id": "in_1", "object": "invoice", "status": status, "amount_due": 5, "amount_paid": 5, "currency": "usd",
            "customer": "cus_1", "subscription": "sub_1", "billing_reason": reason, "created": 100,
            "lines": { "has_more": true, "data": [] },
        })
    };
    let in_doubt = |status: &str, reason: &str| {
        let shown =
            Memory::default().show(&event("e", "invoice.updated", 100, invoice(status, reason), None));
        !shown.doubts.is_empty()
    };
    assert!(in_doubt("paid", "subscription_cycle"));
    assert!(!in_doubt("open", "subscription_cycle"), "nothing was paid");
    assert!(!in_doubt("paid", "manual"), "one that somebody made by hand has no lines of a period");
}

#[test]
fn an_object_that_no_event_changed_is_not_fetched_again() {
    let of = |id: &str, at: i64, object: Value| event(id, "payment_intent.processing", at, object, None);
    let intent = |note: &str| {
        json!({
            "id": "pi_1", "object": "payment_intent", "status": "processing", "amount": 1, "currency": "usd",
            "metadata": { "note": note },
        })
    };
    let events = [of("evt_1", 100, intent("a")), of("evt_2", 100, intent("b"))];
    let mut memory = after(Memory::default(), &events);
    assert!(memory.rows.payments["pi_1"].ambiguous());
    let other = json!({
        "id": "pi_2", "object": "payment_intent", "status": "processing", "amount": 1, "currency": "usd",
    });
    assert!(memory.show(&of("evt_3", 100, other)).doubts.is_empty());
    // An event of a later second proves which version is the newest.
    assert!(memory.show(&of("evt_4", 101, intent("c"))).doubts.is_empty());
    assert!(!memory.rows.payments["pi_1"].ambiguous());
}
