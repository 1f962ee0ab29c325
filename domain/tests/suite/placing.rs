//! Where an event of a refund, a dispute or a charge belongs, and what is locked for it.

use domain::keys::Keys;
use domain::link::PaymentRef;
use serde_json::{Value, json};

use crate::edges::{after, event};
use crate::memory::Memory;

fn keys(payment_intent: Option<&str>, charge: Option<&str>, own: &str) -> Keys {
    let owned = |id: Option<&str>| id.map(str::to_owned);
    let mut keys = Keys::default();
    PaymentRef { payment_intent: owned(payment_intent), charge: owned(charge), own_id: own.to_owned() }
        .keys(&mut keys);
    keys
}

fn ids(of: &[&str]) -> std::collections::BTreeSet<String> {
    of.iter().map(|id| (*id).to_owned()).collect()
}

#[test]
fn no_more_is_locked_than_what_an_object_may_belong_to() {
    let charges = |of: &[(&str, bool)]| of.iter().map(|(id, alone)| ((*id).to_owned(), *alone)).collect();
    let charge = Keys { charges: charges(&[("ch_1", false)]), payments: ids(&["pi_1"]), ..Keys::default() };
    assert_eq!(keys(Some("pi_1"), Some("ch_1"), "ch_1"), charge, "a charge");
    let alone = Keys { charges: charges(&[("ch_1", true)]), ..Keys::default() };
    assert_eq!(keys(None, Some("ch_1"), "ch_1"), alone, "a charge without a payment intent");
    assert_eq!(keys(Some("pi_1"), Some("ch_1"), "pi_1"), charge, "a payment intent");
    let intent = Keys { payments: ids(&["pi_1"]), ..Keys::default() };
    assert_eq!(keys(Some("pi_1"), None, "pi_1"), intent, "a payment intent without a charge");
    let dispute = Keys {
        charges: charges(&[("ch_1", true), ("dp_1", false)]),
        payments_if_known: ids(&["dp_1"]),
        ..Keys::default()
    };
    assert_eq!(keys(None, Some("ch_1"), "dp_1"), dispute, "a dispute that names only its charge");
    let nothing = Keys {
        charges: charges(&[("re_1", false)]),
        payments: ids(&["re_1"]),
        unplaced: ids(&["re_1"]),
        ..Keys::default()
    };
    assert_eq!(keys(None, None, "re_1"), nothing, "a refund that names nothing");
}

fn refund(id: &str, event_id: &str, at: i64, status: &str, charge: Option<&str>) -> domain::decide::Prepared {
    let object = json!({
        "id": id, "object": "refund", "status": status, "amount": 500, "currency": "usd", "charge": charge,
    });
    event(event_id, "refund.updated", at, object, None)
}

#[test]
fn within_one_batch_a_refund_that_names_nothing_follows_its_charge_to_the_payment_intent() {
    let charge = json!({
        "id": "ch_1", "object": "charge", "status": "succeeded", "captured": true, "amount": 2000, "currency": "usd",
        "payment_intent": "pi_1",
    });
    let batch = [
        refund("re_1", "evt_1", 100, "pending", Some("ch_1")),
        refund("re_2", "evt_2", 100, "pending", Some("ch_2")),
        event("evt_3", "charge.succeeded", 90, charge, None),
        refund("re_1", "evt_4", 200, "failed", None),
        refund("re_2", "evt_5", 200, "failed", None),
    ];
    let mut memory = Memory::default();
    memory.deliver(&batch.iter().collect::<Vec<_>>());
    let status =
        |payment: &str, refund: &str| memory.rows.payments[payment].refunds[refund].latest().status.clone();
    assert_eq!((status("pi_1", "re_1").as_str(), status("ch_2", "re_2").as_str()), ("failed", "failed"));
    assert_eq!(memory.rows.payments.keys().collect::<Vec<_>>(), ["ch_2", "pi_1"]);
}

#[test]
fn what_a_subscription_lost_to_a_dispute_shows_on_it_and_a_payment_that_stands_does_not() {
    let invoice = json!({
        "id": "in_1", "object": "invoice", "status": "paid", "amount_due": 1000, "amount_paid": 1000, "currency": "usd",
        "customer": "cus_1", "subscription": "sub_1", "payment_intent": "pi_1", "billing_reason": "subscription_cycle",
        "created": 100,
        "lines": { "data": [{ "type": "subscription", "amount": 1000, "period": { "start": 100, "end": 5000 } }] },
    });
    let paid: Value = json!({
        "id": "pi_1", "object": "payment_intent", "status": "succeeded", "amount": 1000, "currency": "usd",
    });
    let events = [
        event("evt_1", "invoice.paid", 100, invoice, None),
        event("evt_2", "payment_intent.succeeded", 100, paid, None),
    ];
    let memory = after(Memory::default(), &events);
    assert_eq!(memory.rows.subscriptions["sub_1"].refund_of("pi_1"), None);
    let lost = json!({
        "id": "dp_1", "object": "dispute", "status": "lost", "amount": 1000, "currency": "usd", "payment_intent": "pi_1",
    });
    let memory = after(memory, &[event("evt_3", "charge.dispute.closed", 200, lost, None)]);
    let refund = memory.rows.subscriptions["sub_1"].refund_of("pi_1").unwrap();
    assert_eq!((refund.refunded, refund.lost), (0, 1000));
    assert!(memory.rows.subscriptions["sub_1"].refunded().in_full);
}

#[test]
fn a_subscription_that_ends_without_a_word_of_what_it_was_lost_its_access() {
    let of = |status: &str| {
        json!({
            "id": "sub_1", "object": "subscription", "status": status, "customer": "cus_1", "items": { "data": [] },
        })
    };
    let events = [
        event("evt_1", "customer.subscription.created", 100, of("active"), None),
        event("evt_2", "customer.subscription.deleted", 200, of("canceled"), None),
    ];
    let memory = after(Memory::default(), &events);
    assert_eq!(memory.notices.into_iter().collect::<Vec<_>>(), ["subscription.access_lost/sub_1/ended"]);
}
