//! What thousands of events of one aggregate leave in its document, no more than a few do, and what one more writes.

use domain::decide::Prepared;
use domain::order::Order;
use domain::payment::{Status, Summary};
use serde_json::{Value, json};

use crate::edges::{after, event, intent, order};
use crate::memory::Memory;

/// The length of a stored state, in bytes.
fn length(state: &impl serde::Serialize) -> usize {
    serde_json::to_string(state).unwrap().len()
}

#[test]
fn thousands_of_declined_cards_make_no_state_grow() {
    let failed_payment = |n: u32| {
        let mut object = intent(&format!("pi_{n}"), "requires_payment_method", 2000, 0, "o1");
        object["created"] = json!(100 + n);
        event(&format!("evt_{n}"), "payment_intent.payment_failed", 100 + i64::from(n), object, None)
    };
    let failed_charge = |n: u32| {
        let object = json!({
            "id": format!("ch_{n}"), "object": "charge", "status": "failed", "paid": false, "captured": false,
            "amount": 2000, "amount_refunded": 0, "refunded": false, "currency": "usd", "payment_intent": "pi_0",
            "created": 100 + n, "metadata": { "orderId": "o1" },
        });
        event(&format!("evt_c{n}"), "charge.failed", 100 + i64::from(n), object, None)
    };
    let both = |range: std::ops::Range<u32>| -> Vec<_> {
        range.flat_map(|n| [failed_payment(n), failed_charge(n)]).collect()
    };
    let few = after(Memory::default(), &both(0..50));
    let (order_length, payment_length) =
        (length(few.order("", "o1").unwrap()), length(&few.rows.payments["pi_0"]));
    let many = after(few, &both(50..3000));
    assert!(length(many.order("", "o1").unwrap()) <= order_length + order_length / 10);
    assert!(length(&many.rows.payments["pi_0"]) <= payment_length + payment_length / 10);
    assert_eq!(order(&many, "o1").0, "payment_failed");
    // The one that is paid in the end counts, whatever was forgotten before.
    let paid = event(
        "evt_paid",
        "payment_intent.succeeded",
        9000,
        intent("pi_2500", "succeeded", 2000, 2000, "o1"),
        None,
    );
    assert_eq!(order(&after(many, &[paid]), "o1"), ("paid", 2000, 0));
}

#[test]
fn a_hundred_invoices_of_a_subscription_make_its_state_no_longer_than_fifty() {
    let invoice = |n: i64| {
        let (start, end) = (1_000_000 + n * 1000, 1_000_000 + (n + 1) * 1000);
        let object = json!({
            "id": format!("in_{n}"), "object": "invoice", "status": "paid", "paid": true, "amount_due": 5,
            "amount_paid": 5, "currency": "usd", "created": start, "subscription": "sub_1", "customer": "cus_1",
            "billing_reason": "subscription_cycle",
            "lines": { "data": [{ "type": "subscription", "amount": 5, "period": { "start": start, "end": end } }] },
        });
        event(&format!("evt_{n}"), "invoice.paid", start, object, None)
    };
    let fifty = after(Memory::default(), &(0..50).map(invoice).collect::<Vec<_>>());
    let before = length(&fifty.rows.subscriptions["sub_1"]);
    let all = after(fifty, &(50..100).map(invoice).collect::<Vec<_>>());
    assert!(length(&all.rows.subscriptions["sub_1"]) <= before + 100);
    assert_eq!(all.rows.subscriptions["sub_1"].paid_through(), Some(1_100_000));
    // In any order: the newest first leaves the same.
    let reversed = after(Memory::default(), &(0..100).rev().map(invoice).collect::<Vec<_>>());
    assert_eq!(reversed.rows.subscriptions, all.rows.subscriptions);
}

/// Delivers the events in batches of a few.
fn in_batches(mut memory: Memory, events: &[Prepared]) -> Memory {
    events.chunks(50).for_each(|batch| memory.deliver(&batch.iter().collect::<Vec<_>>()));
    memory
}

/// What one more event on the loaded aggregate writes to rows of parts.
fn part_writes(memory: Memory, one_more: Prepared) -> (usize, Memory) {
    let before = memory.part_writes;
    let memory = after(memory, &[one_more]);
    (memory.part_writes - before, memory)
}

#[test]
fn thousands_of_paid_payments_of_an_order_make_its_document_no_longer() {
    let paid = |n: u32| {
        let mut object = intent(&format!("pi_{n:05}"), "succeeded", 2000, 2000, "o1");
        object["created"] = json!(100 + n);
        object["customer"] = json!(format!("cus_{n}"));
        event(&format!("evt_{n}"), "payment_intent.succeeded", 100 + i64::from(n), object, None)
    };
    let few = in_batches(Memory::default(), &(0..100).map(paid).collect::<Vec<_>>());
    let document = length(few.order("", "o1").unwrap());
    let many = in_batches(few, &(100..3000).map(paid).collect::<Vec<_>>());
    assert!(length(many.order("", "o1").unwrap()) <= document + document / 10);
    assert_eq!(order(&many, "o1"), ("overpaid", 6_000_000, 0));
    assert_eq!(many.lasting.len(), 3001, "one message for each payment, and one for the order");
    let (written, many) = part_writes(many, paid(3000));
    assert!(written <= 2, "{written} rows");
    // A refund of a payment that is in a row changes this row alone.
    let refund = json!({
        "id": "re_1", "object": "refund", "status": "succeeded", "amount": 2000, "currency": "usd",
        "payment_intent": "pi_01500",
    });
    let (written, many) = part_writes(many, event("evt_r", "refund.created", 9000, refund, None));
    assert!(written <= 2, "{written} rows");
    assert_eq!(order(&many, "o1"), ("overpaid", 6_002_000, 2000));
    assert_eq!(many.whole_loads, 0);
}

/// A payment whose charge is known.
fn captured(amount: i64) -> Vec<Prepared> {
    let charge = charge(amount, 0);
    let mut paid = intent("pi_1", "succeeded", amount, amount, "o1");
    paid["created"] = json!(90);
    vec![
        event("evt_paid", "payment_intent.succeeded", 100, paid, None),
        event("evt_charge", "charge.succeeded", 100, charge, None),
    ]
}

fn charge(amount: i64, refunded: i64) -> Value {
    json!({
        "id": "ch_1", "object": "charge", "status": "succeeded", "paid": true, "captured": true, "amount": amount,
        "amount_captured": amount, "amount_refunded": refunded, "refunded": refunded == amount, "currency": "usd",
        "payment_intent": "pi_1", "created": 95, "metadata": { "orderId": "o1" },
    })
}

#[test]
fn thousands_of_refunds_of_a_payment_make_its_document_no_longer() {
    let refunded = |n: u32| {
        let at = 200 + i64::from(n);
        let refund = json!({
            "id": format!("re_{n:05}"), "object": "refund", "status": "succeeded", "amount": 1, "currency": "usd",
            "charge": "ch_1", "payment_intent": "pi_1", "created": at,
        });
        let sum = i64::from(n) + 1;
        let step = Some(json!({ "amount_refunded": sum - 1 }));
        [
            event(&format!("evt_r{n}"), "refund.created", at, refund, None),
            event(&format!("evt_c{n}"), "charge.refunded", at, charge(9000, sum), step),
        ]
    };
    let all = |range: std::ops::Range<u32>| range.flat_map(refunded).collect::<Vec<_>>();
    let few = in_batches(after(Memory::default(), &captured(9000)), &all(0..100));
    let document = length(&few.rows.payments["pi_1"]);
    let many = in_batches(few, &all(100..2000));
    assert!(length(&many.rows.payments["pi_1"]) <= document + document / 10);
    assert_eq!(order(&many, "o1"), ("partially_refunded", 9000, 2000));
    let (written, many) = part_writes(many, all(2000..2001).remove(0));
    assert!(written <= 2, "{written} rows");
    assert_eq!(many.whole_loads, 0);
    // One that is in a row fails after all: its row and the sums follow.
    let failed = json!({
        "id": "re_00500", "object": "refund", "status": "failed", "amount": 1, "currency": "usd", "charge": "ch_1",
        "payment_intent": "pi_1", "created": 700,
    });
    let many = after(many, &[event("evt_failed", "refund.failed", 9000, failed, None)]);
    assert_eq!(order(&many, "o1"), ("partially_refunded", 9000, 2000));
    let balance: i64 =
        many.whole_payment("pi_1").movements("pi_1").iter().map(|movement| movement.amount).sum();
    assert_eq!(balance, 7000);
    assert!(many.notices.union(&many.lasting).any(|key| key == "refund.failed/re_00500"));
}

#[test]
fn thousands_of_disputes_of_a_payment_make_its_document_no_longer() {
    let dispute = |n: u32, status: &str, at: i64| {
        let object = json!({
            "id": format!("dp_{n:05}"), "object": "dispute", "status": status, "amount": 1, "currency": "usd",
            "charge": "ch_1", "payment_intent": "pi_1",
            "balance_transactions": [{ "id": format!("txn_{n}"), "amount": -1, "currency": "usd" }],
        });
        event(&format!("evt_{n}_{status}"), "charge.dispute.updated", at, object, None)
    };
    let opened = |n: u32| dispute(n, "needs_response", 200 + i64::from(n));
    let few =
        in_batches(after(Memory::default(), &captured(9000)), &(0..100).map(opened).collect::<Vec<_>>());
    let document = length(&few.rows.payments["pi_1"]);
    let many = in_batches(few, &(100..2000).map(opened).collect::<Vec<_>>());
    assert!(length(&many.rows.payments["pi_1"]) <= document + document / 10);
    let totals = |memory: &Memory| {
        let summary = memory.rows.payments["pi_1"].summary();
        (summary.disputed, summary.lost)
    };
    assert_eq!(totals(&many), (2000, 0));
    // One that is in a row is lost: its row alone changes.
    let (written, many) = part_writes(many, dispute(700, "lost", 9000));
    assert!(written <= 1, "{written} rows");
    assert_eq!((totals(&many), many.whole_loads), ((1999, 1), 0));
}

#[test]
fn a_thousand_events_of_a_dispute_make_no_state_grow() {
    let updated = |n: i64| {
        let status = if n < 10 { "needs_response" } else { "lost" };
        let object = json!({
            "id": "dp_1", "object": "dispute", "status": status, "amount": 2000, "currency": "usd", "charge": "ch_1",
            "payment_intent": "pi_1", "balance_transactions": [], "metadata": { "note": n.to_string() },
        });
        let kind = if n % 2 == 0 { "charge.dispute.updated" } else { "charge.dispute.funds_withdrawn" };
        event(&format!("evt_{n}"), kind, 100 + n, object, None)
    };
    let some = after(Memory::default(), &(0..200).map(updated).collect::<Vec<_>>());
    let before = length(&some.rows.payments["pi_1"]);
    let all = after(some, &(200..1000).map(updated).collect::<Vec<_>>());
    assert!(length(&all.rows.payments["pi_1"]) <= before + before / 10);
    let movements = all.rows.payments["pi_1"].movements("pi_1");
    assert_eq!(movements.iter().map(|movement| movement.amount).collect::<Vec<_>>(), [-2000]);
}

#[test]
fn of_many_payments_without_money_the_worst_and_of_these_the_first_are_remembered() {
    let of = |status, created| Summary { status, created: Some(created), ..Summary::default() };
    let mut order = Order::default();
    for at in 0..20 {
        order.payments.insert(format!("pi_f{at:02}"), of(Status::Failed, 500 + at));
    }
    order.forget_idle_payments();
    assert_eq!(order.payments.len(), 20);
    order.payments.insert("pi_a".into(), of(Status::Failed, 400));
    order.payments.insert("pi_b".into(), of(Status::Canceled, 1));
    let paid = Summary { status: Status::Paid, amount: Some(2000), paid: 2000, ..Summary::default() };
    order.payments.insert("pi_paid".into(), paid);
    order.forget_idle_payments();
    let left: Vec<_> = order.payments.keys().cloned().collect();
    assert_eq!(left.len(), 21, "twenty, and the one with money");
    assert!(left.contains(&"pi_a".to_owned()) && left.contains(&"pi_paid".to_owned()));
    assert!(!left.contains(&"pi_f19".to_owned()) && !left.contains(&"pi_b".to_owned()));
    // Canceled before expired, expired before open.
    let mut order = Order::default();
    for at in 0..19 {
        order.payments.insert(format!("pi_f{at:02}"), of(Status::Failed, 500 + at));
    }
    for (id, status, at) in
        [("c", Status::Canceled, 30), ("e", Status::Expired, 20), ("p", Status::Pending, 10)]
    {
        order.payments.insert(id.into(), of(status, at));
    }
    order.forget_idle_payments();
    assert_eq!(order.payments.len(), 20);
    assert!(order.payments.contains_key("c"));
    order.payments.remove("c");
    for (id, status, at) in [("e", Status::Expired, 20), ("p", Status::Pending, 10)] {
        order.payments.insert(id.into(), of(status, at));
    }
    order.forget_idle_payments();
    assert!(order.payments.contains_key("e") && !order.payments.contains_key("p"));
}
