//! Which notices are sent: what is true at the commit that sends them, and no more.

use domain::decide::Prepared;
use domain::order::Expected;
use domain::payment::HeldReason;
use serde_json::{Value, json};

use crate::edges::{after, event, intent};
use crate::memory::Memory;

fn registered(amount: i64) -> Memory {
    let mut memory = Memory::default();
    let expected = Expected { customer: None, amount, currency: "usd".into(), reference_code: None };
    memory.expected.insert("o1".into(), expected);
    memory
}

fn notices(memory: &Memory) -> Vec<&str> {
    memory.notices.iter().map(String::as_str).collect()
}

fn of(n: i64, kind: &str, id: &str, status: &str, amount: i64) -> Prepared {
    let received = if status == "succeeded" { amount } else { 0 };
    event(&format!("evt_{n}"), kind, 100 + n, intent(id, status, amount, received, "o1"), None)
}

fn succeeded(n: i64, id: &str, amount: i64) -> Prepared {
    of(n, "payment_intent.succeeded", id, "succeeded", amount)
}

fn refund(n: i64, amount: i64) -> Prepared {
    let object = json!({
        "id": format!("re_{n}"), "object": "refund", "status": "succeeded", "amount": amount, "currency": "usd",
        "payment_intent": "pi_1",
    });
    event(&format!("evt_{n}"), "refund.created", 100 + n, object, None)
}

#[test]
fn a_declined_card_is_announced_once_no_other_payment_is_under_way() {
    let under_way = of(1, "payment_intent.processing", "pi_1", "processing", 2000);
    let declined = of(2, "payment_intent.payment_failed", "pi_2", "requires_payment_method", 2000);
    let memory = after(Memory::default(), &[under_way, declined]);
    assert_eq!(notices(&memory), ["order.processing/o1/pi_1"]);
    let memory = after(memory, &[of(3, "payment_intent.canceled", "pi_1", "canceled", 2000)]);
    assert_eq!(notices(&memory), ["order.payment_failed/o1/pi_2", "order.processing/o1/pi_1"]);
}

#[test]
fn a_canceled_and_an_expired_payment_are_announced() {
    let memory = after(Memory::default(), &[of(1, "payment_intent.canceled", "pi_1", "canceled", 2000)]);
    assert_eq!(notices(&memory), ["order.canceled/o1/pi_1"]);
    let session = json!({
        "id": "cs_1", "object": "checkout.session", "mode": "payment", "status": "expired", "payment_status": "unpaid",
        "amount_total": 2000, "currency": "usd", "metadata": { "orderId": "o1" },
    });
    let memory = after(Memory::default(), &[event("evt_1", "checkout.session.expired", 100, session, None)]);
    assert_eq!(notices(&memory), ["order.expired/o1/cs_1"]);
}

#[test]
fn an_order_is_announced_as_refunded_in_part_once_its_charge_shows_it_and_then_in_full() {
    let charge = |refunded: i64| {
        let object = json!({
            "id": "ch_1", "object": "charge", "status": "succeeded", "captured": true, "amount": 2000,
            "amount_captured": 2000, "amount_refunded": refunded, "refunded": refunded == 2000, "currency": "usd",
            "payment_intent": "pi_1", "metadata": { "orderId": "o1" },
        });
        event(&format!("evt_c{refunded}"), "charge.refunded", 200 + refunded, object, None)
    };
    let memory = after(Memory::default(), &[succeeded(1, "pi_1", 2000), refund(2, 500)]);
    assert_eq!(notices(&memory), Vec::<&str>::new());
    let memory = after(memory, &[charge(500)]);
    assert_eq!(notices(&memory), ["order.partially_refunded/o1/500"]);
    let memory = after(memory, &[refund(3, 1500)]);
    assert_eq!(notices(&memory), ["order.partially_refunded/o1/500", "order.refunded/o1"]);
}

#[test]
fn a_held_payment_is_announced_while_somebody_must_decide_about_it() {
    let sent = |events: &[Prepared]| {
        let memory = after(registered(1999), events);
        let order = memory.order("", "o1").unwrap();
        (notices(&memory).contains(&"payment.held/pi_1/amount_mismatch"), order.needs_decision("pi_1"))
    };
    let mismatch = Some(HeldReason::AmountMismatch);
    assert_eq!(sent(&[succeeded(1, "pi_1", 999)]), (true, mismatch));
    let held = of(1, "payment_intent.amount_capturable_updated", "pi_1", "requires_capture", 999);
    assert_eq!(sent(&[held]), (true, mismatch), "before any of it is captured");
    // What was refunded or charged back in full needs nobody's decision.
    assert_eq!(sent(&[refund(1, 999), succeeded(2, "pi_1", 999)]), (false, None));
    assert_eq!(sent(&[refund(1, 998), succeeded(2, "pi_1", 999)]), (true, mismatch));
    let lost = |amount: i64| {
        let object = json!({
            "id": "dp_1", "object": "dispute", "status": "lost", "amount": amount, "currency": "usd",
            "payment_intent": "pi_1",
        });
        event("evt_9", "charge.dispute.closed", 109, object, None)
    };
    assert_eq!(sent(&[lost(499), refund(1, 500), succeeded(2, "pi_1", 999)]), (false, None));
    assert_eq!(sent(&[lost(498), refund(1, 500), succeeded(2, "pi_1", 999)]), (true, mismatch));
    // One that counts, and one that nobody knows.
    assert_eq!(sent(&[succeeded(1, "pi_1", 1999)]), (false, None));
    assert_eq!(sent(&[succeeded(1, "pi_2", 5)]), (false, None));
}

/// A charge whose order is named by an edit, its own first event being missing.
fn edited_charge(id: &str, payment: &str, amount: i64, at: i64) -> Prepared {
    let object = json!({
        "id": id, "object": "charge", "status": "succeeded", "captured": true, "amount": amount,
        "amount_captured": amount, "amount_refunded": 0, "currency": "usd", "payment_intent": payment, "created": at,
        "metadata": { "orderId": "o1" },
    });
    event(&format!("evt_{id}"), "charge.updated", at + 10, object, Some(json!({ "metadata": {} })))
}

#[test]
fn what_only_an_edited_charge_says_is_not_sent() {
    let memory = after(registered(1999), &[edited_charge("ch_1", "pi_1", 700, 100)]);
    assert_eq!(notices(&memory), Vec::<&str>::new());
    let memory = after(memory, &[succeeded(1, "pi_1", 700)]);
    assert_eq!(notices(&memory), ["payment.held/pi_1/amount_mismatch"]);
    // Refunded in full, by word of an edited charge.
    let edited = edited_charge("ch_1", "pi_1", 700, 100);
    let memory = after(Memory::default(), &[edited, refund(1, 700)]);
    assert_eq!(notices(&memory), Vec::<&str>::new());
}

#[test]
fn money_that_may_belong_to_another_order_pays_none_for_certain_wherever_it_is_kept() {
    // 1000 of a hold of 2000 were captured, and 1000 are known by an edited charge alone.
    let hold = |received: i64, status: &str| {
        let mut object = intent("pi_1", status, 2000, received, "o1");
        object["created"] = json!(50);
        event(&format!("evt_{received}"), "payment_intent.amount_capturable_updated", 100, object, None)
    };
    for kept in [1, 8] {
        let mut memory = Memory::default();
        memory.rules.kept_parts = domain::rules::KeptParts(kept);
        let memory =
            after(memory, &[hold(1000, "requires_capture"), edited_charge("ch_2", "pi_2", 1000, 100)]);
        let totals = memory.order("", "o1").unwrap().totals();
        assert_eq!((totals.status.as_str(), totals.paid, totals.amount), ("paid", 2000, Some(2000)));
        assert!(!memory.lasting.contains("order.paid/o1"), "{kept} kept: {:?}", memory.lasting);
        let memory = after(memory, &[succeeded(7, "pi_2", 1000)]);
        assert!(memory.lasting.contains("order.paid/o1"), "{kept} kept: {:?}", memory.lasting);
    }
}

#[test]
fn a_draft_that_cannot_be_finalized_is_announced_while_it_is_a_draft() {
    let of = |id: &str, kind: &str, at: i64, status: &str| {
        let object: Value = json!({
            "id": "in_1", "object": "invoice", "status": status, "amount_due": 5, "currency": "usd",
            "customer": "cus_1", "created": 100,
        });
        event(id, kind, at, object, None)
    };
    let failed = || of("evt_1", "invoice.finalization_failed", 100, "draft");
    let sent = after(Memory::default(), &[failed()]);
    assert_eq!(notices(&sent), ["invoice.finalization_failed/in_1"]);
    let finalized = of("evt_2", "invoice.finalized", 200, "open");
    assert_eq!(notices(&after(Memory::default(), &[finalized, failed()])), Vec::<&str>::new());
}

#[test]
fn an_order_that_is_registered_later_decides_anew_about_payments_in_rows() {
    let mut memory = Memory::default();
    memory.rules.kept_parts = domain::rules::KeptParts(1);
    let paid = |n: i64| {
        let mut object = intent(&format!("pi_{n}"), "succeeded", 1000, 1000, "o1");
        object["created"] = json!(n);
        event(&format!("evt_{n}"), "payment_intent.succeeded", 100 + n, object, None)
    };
    let mut memory = after(memory, &[paid(1), paid(2), paid(3)]);
    let key = memory.rows.orders.keys().next().unwrap().clone();
    let expected = |amount| Expected { customer: None, amount, currency: "usd".into(), reference_code: None };
    // Two of the three come to the price together.
    memory.rows.orders.get_mut(&key).unwrap().expected = Some(expected(2000));
    let declined = |n: i64| of(n, "payment_intent.payment_failed", "pi_4", "requires_payment_method", 5);
    let memory = after(memory, &[declined(4)]);
    let order = memory.whole_order(&key);
    let held: Vec<_> = order.known_payments().filter_map(|(id, _, held)| Some((id, held?))).collect();
    assert_eq!(held, [("pi_3", HeldReason::AmountMismatch)]);
    assert_eq!(order.totals().paid, 2000);
    assert_eq!(memory.rows.payments["pi_3"].held, Some(HeldReason::AmountMismatch));
}
