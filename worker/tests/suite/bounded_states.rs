//! What hundreds of events of one aggregate leave in its state: no more than a few do.

use serde_json::json;

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
