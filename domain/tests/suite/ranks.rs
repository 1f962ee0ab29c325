//! Two states of one object in one second, of which no event says what was before: the life of the object, as Stripe's
//! documentation describes it, says which is the newer one, or that it cannot be known.

use serde_json::{Value, json};

use crate::edges::{after, event};
use crate::memory::Memory;

fn with(mut object: Value, changes: Value) -> Value {
    object.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    object
}

/// The kinds of object, each with an event type that says nothing of what was before.
fn object(kind: &str) -> (Value, &'static str) {
    let money = json!({ "amount": 2000, "currency": "usd", "payment_intent": "pi_1", "charge": "ch_1" });
    let (named, of) = match kind {
        "intent" => (json!({ "object": "payment_intent", "id": "pi_1" }), "payment_intent.processing"),
        "session" => (
            json!({ "object": "checkout.session", "id": "cs_1", "mode": "payment", "payment_status": "unpaid" }),
            "checkout.session.completed",
        ),
        "charge" => (json!({ "object": "charge", "id": "ch_1", "captured": false }), "charge.updated"),
        "refund" => (json!({ "object": "refund", "id": "re_1" }), "refund.updated"),
        "dispute" => (json!({ "object": "dispute", "id": "dp_1" }), "charge.dispute.updated"),
        "invoice" => (json!({ "object": "invoice", "id": "in_1", "amount_due": 2000 }), "invoice.updated"),
        _ => (
            json!({ "object": "subscription", "id": "sub_1", "customer": "cus_1" }),
            "customer.subscription.updated",
        ),
    };
    (with(money, named), of)
}

/// The status of the newest version, and whether it is uncertain.
fn newest(memory: &Memory, kind: &str) -> (String, bool) {
    let payment = || &memory.rows.payments["pi_1"];
    match kind {
        "intent" => {
            let versions = payment().intent.as_ref().unwrap();
            (versions.latest().status.clone(), versions.ambiguous())
        }
        "session" => {
            let versions = &payment().sessions["cs_1"];
            (versions.latest().status.clone().unwrap(), versions.ambiguous())
        }
        "charge" => {
            let (versions, latest) = (&payment().charges["ch_1"], payment().charges["ch_1"].latest());
            let captured = if latest.captured { " and captured" } else { "" };
            (format!("{}{captured}", latest.status), versions.ambiguous())
        }
        "refund" => {
            let versions = &payment().refunds["re_1"];
            (versions.latest().status.clone(), versions.ambiguous())
        }
        "dispute" => {
            let versions = &payment().disputes["dp_1"].versions;
            (versions.latest().status.clone(), versions.ambiguous())
        }
        "invoice" => {
            let versions = memory.rows.invoices["in_1"].versions.as_ref().unwrap();
            (versions.latest().status.clone(), versions.ambiguous())
        }
        _ => {
            let versions = memory.rows.subscriptions["sub_1"].versions.as_ref().unwrap();
            (versions.latest().status.clone(), versions.ambiguous())
        }
    }
}

/// What two states that were reported at these times end in, whichever event comes first and whatever their ids.
fn end(kind: &str, states: [(i64, Value); 2]) -> (String, bool) {
    let mut ends = Vec::new();
    for ids in [["evt_1", "evt_2"], ["evt_2", "evt_1"]] {
        let (object, of) = object(kind);
        let [first, second] =
            [0, 1].map(|n| event(ids[n], of, states[n].0, with(object.clone(), states[n].1.clone()), None));
        for events in [[&first, &second], [&second, &first]] {
            let mut memory = Memory::default();
            events.iter().for_each(|one| memory.deliver(&[one]));
            ends.push(newest(&memory, kind));
        }
    }
    assert!(ends.iter().all(|one| *one == ends[0]), "{kind} {states:?}: {ends:?}");
    ends.swap_remove(0)
}

/// In one second the later status of a life is the newest, for certain or as the likeliest.
fn lives(kind: &str, statuses: &[&str], ambiguous: bool) {
    for (at, earlier) in statuses.iter().enumerate() {
        for later in &statuses[at + 1..] {
            let states = [earlier, later].map(|status| (100, json!({ "status": status })));
            assert_eq!(end(kind, states), ((*later).to_owned(), ambiguous), "{kind}: {earlier}, {later}");
        }
    }
}

#[test]
fn what_only_goes_forward_is_certain() {
    lives("session", &["open", "complete", "expired"], false);
    lives("refund", &["pending", "requires_action", "succeeded", "failed"], false);
    lives("invoice", &["draft", "open", "uncollectible", "void"], false);
    lives("charge", &["pending", "succeeded"], false);
    let inquiry = ["warning_needs_response", "warning_under_review", "warning_closed"];
    lives("dispute", &[&inquiry[..], &["needs_response", "under_review", "won"]].concat(), false);
    for ended in ["lost", "won", "prevented"] {
        lives("dispute", &["needs_response", "under_review", ended], false);
    }
    for later in ["trialing", "active", "past_due", "unpaid", "paused"] {
        lives("subscription", &["incomplete", later], false);
    }
}

#[test]
fn what_goes_round_is_guessed_and_marked() {
    let round = ["requires_payment_method", "requires_action", "processing", "requires_capture"];
    lives("intent", &round, true);
    lives("subscription", &["trialing", "active", "past_due", "unpaid", "paused"], true);
    // Two words that nobody knows may be the same stage.
    let unknown = |status: &str| (100, json!({ "status": status }));
    assert!(end("refund", [unknown("requires_action"), unknown("brand_new")]).1);
}

#[test]
fn a_charge_is_captured_after_it_succeeded_and_counts_what_was_refunded() {
    let succeeded = |changes: Value| (100, with(json!({ "status": "succeeded", "captured": true }), changes));
    let held = (100, json!({ "status": "succeeded", "captured": false }));
    assert_eq!(end("charge", [held, succeeded(json!({}))]), ("succeeded and captured".into(), false));
    let pending = (100, json!({ "status": "pending", "captured": true }));
    assert_eq!(end("charge", [pending, (100, json!({ "status": "failed" }))]), ("failed".into(), false));
    // What was refunded shrinks when a refund fails: the larger sum is only likelier.
    let events = [succeeded(json!({ "amount_refunded": 500 })), succeeded(json!({ "amount_refunded": 0 }))];
    let (object, of) = object("charge");
    let [one, two] =
        [0, 1].map(|n| event(&format!("evt_{n}"), of, 100, with(object.clone(), events[n].1.clone()), None));
    let memory = after(Memory::default(), &[one, two]);
    let charge = &memory.rows.payments["pi_1"].charges["ch_1"];
    assert_eq!((charge.latest().amount_refunded, charge.ambiguous()), (500, true));
}

#[test]
fn an_invoice_counts_its_attempts_and_a_dispute_its_movements() {
    let attempt = |count: i64| json!({ "status": "open", "attempt_count": count });
    for (fewer, more) in [(0, 1), (1, 2), (998, 999)] {
        let (object, of) = object("invoice");
        let [one, two] = [fewer, more]
            .map(|n| event(&format!("evt_{n}"), of, 100, with(object.clone(), attempt(n)), None));
        let memory = after(Memory::default(), &[two, one]);
        let versions = memory.rows.invoices["in_1"].versions.as_ref().unwrap();
        assert_eq!((versions.latest().attempt_count, versions.ambiguous()), (more, false));
    }
    // However often it was tried, a paid invoice is newer.
    let tried = (100, json!({ "status": "open", "attempt_count": 5000 }));
    assert_eq!(
        end("invoice", [tried, (100, json!({ "status": "uncollectible" }))]),
        ("uncollectible".into(), false)
    );
    let moved = |count: usize| {
        let all: Vec<_> = (0..count)
            .map(|n| json!({ "id": format!("txn_{n}"), "amount": -2000, "currency": "usd" }))
            .collect();
        json!({ "status": "needs_response", "balance_transactions": all })
    };
    for (fewer, more) in [(0, 1), (1, 2), (14, 15)] {
        let (object, of) = object("dispute");
        let [one, two] =
            [fewer, more].map(|n| event(&format!("evt_{n}"), of, 100, with(object.clone(), moved(n)), None));
        let memory = after(Memory::default(), &[two, one]);
        let versions = &memory.rows.payments["pi_1"].disputes["dp_1"].versions;
        assert_eq!((versions.latest().balance_transactions.len(), versions.ambiguous()), (more, false));
    }
    // A status that is later in the dispute's life outweighs any number of movements.
    let many = (100, moved(40));
    assert_eq!(
        end("dispute", [many, (100, json!({ "status": "under_review" }))]),
        ("under_review".into(), false)
    );
}

#[test]
fn a_final_status_stands_whatever_is_stamped_later() {
    for (kind, earlier, last) in [
        ("intent", "processing", "succeeded"),
        ("intent", "requires_capture", "canceled"),
        ("session", "open", "expired"),
        ("refund", "succeeded", "failed"),
        ("refund", "pending", "canceled"),
        ("invoice", "open", "paid"),
        ("invoice", "open", "void"),
        ("subscription", "active", "canceled"),
        ("subscription", "incomplete", "incomplete_expired"),
    ] {
        let states = [(200, json!({ "status": earlier })), (100, json!({ "status": last }))];
        assert_eq!(end(kind, states), (last.to_owned(), false), "{kind}");
    }
    for paid in ["paid", "no_payment_required"] {
        let complete = |at, payment: &str| (at, json!({ "status": "complete", "payment_status": payment }));
        let (object, of) = object("session");
        let [one, two] = [(1, complete(200, "unpaid")), (2, complete(100, paid))]
            .map(|(n, (at, state))| event(&format!("evt_{n}"), of, at, with(object.clone(), state), None));
        let memory = after(Memory::default(), &[one, two]);
        let session = memory.rows.payments["pi_1"].sessions["cs_1"].latest();
        assert_eq!(session.payment_status.as_deref(), Some(paid));
    }
    // Nothing of a charge or a dispute is final: an appeal may reverse the result.
    let states = [(200, json!({ "status": "won" })), (100, json!({ "status": "lost" }))];
    assert_eq!(end("dispute", states), ("won".into(), false));
    // An invoice that was given up may be paid after all.
    let states = [(200, json!({ "status": "open" })), (100, json!({ "status": "uncollectible" }))];
    assert_eq!(end("invoice", states), ("open".into(), false));
}

#[test]
fn a_refunds_own_event_says_more_than_the_copy_inside_its_charge() {
    let refund = |status: &str, note: &str| {
        json!({
            "id": "re_1", "object": "refund", "status": status, "amount": 500, "currency": "usd", "charge": "ch_1",
            "payment_intent": "pi_1", "metadata": { "note": note },
        })
    };
    let charge = |inner: Value| {
        json!({
            "id": "ch_1", "object": "charge", "status": "succeeded", "captured": true, "amount": 2000,
            "amount_refunded": 500, "currency": "usd", "payment_intent": "pi_1", "refunds": { "data": [inner] },
        })
    };
    let end = |copy: &str, own: &str| {
        let events = [
            event("evt_1", "charge.refunded", 100, charge(refund(copy, "copy")), None),
            event("evt_2", "charge.refund.updated", 100, refund(own, "own"), None),
        ];
        let [a, b] = &events;
        let ends = [[a, b], [b, a]].map(|order| {
            let mut memory = Memory::default();
            order.iter().for_each(|one| memory.deliver(&[one]));
            newest(&memory, "refund")
        });
        assert_eq!(ends[0], ends[1]);
        ends[0].clone()
    };
    assert_eq!(end("succeeded", "succeeded"), ("succeeded".into(), false));
    assert_eq!(end("pending", "succeeded"), ("succeeded".into(), false));
    assert_eq!(end("succeeded", "pending"), ("succeeded".into(), false));
}
