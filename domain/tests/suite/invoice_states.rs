//! What an invoice and its subscription say, piece by piece.

use domain::event::Event;
use domain::invoice::{Invoice, Summary};
use domain::payment::Payment;
use domain::subscription::{InvoiceRefund, Refunded, Subscription};
use domain::version::{Rank, Versioned};
use serde_json::{Value, json};
use stripe::objects::{Invoice as Version, Period};

use crate::edges::{after, event};
use crate::memory::Memory;

fn version(changes: Value) -> Version {
    let mut object = json!({
        "id": "in_1", "object": "invoice", "status": "open", "amount_due": 5000, "amount_paid": 0, "currency": "usd",
        "billing_reason": "subscription_cycle", "created": 100, "lines": { "has_more": false, "data": [] },
    });
    object.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    Version::read(&object).unwrap()
}

fn of(changes: Value) -> Invoice {
    let event =
        json!({ "id": "evt_1", "type": "invoice.updated", "created": 100, "data": { "object": changes } });
    let event = Event::parse(event.to_string().as_bytes()).unwrap();
    let delta = event.delta(version(changes), Rank::default(), false);
    Invoice { versions: Some(Versioned::new(delta)), ..Invoice::default() }
}

#[test]
fn either_event_of_a_paid_invoice_says_that_it_is_paid() {
    let open = || of(json!({}));
    assert_eq!(open().status(), Some("open"));
    assert_eq!(Invoice { settled: true, ..open() }.status(), Some("paid"));
    assert_eq!(Invoice { payment_succeeded: true, ..open() }.status(), Some("paid"));
    assert_eq!(Invoice { deleted: true, ..of(json!({ "status": "draft" })) }.status(), Some("deleted"));
    assert_eq!(Invoice::default().status(), None);
}

#[test]
fn lines_are_known_for_good_once_all_of_them_were_shown_and_the_invoice_is_no_draft() {
    let lines = |changes: Value| {
        let mut invoice = Invoice::default();
        invoice.record_lines(&version(changes));
        invoice.lines
    };
    assert!(lines(json!({})).is_some());
    assert!(lines(json!({ "lines": { "has_more": true, "data": [] } })).is_none());
    assert!(lines(json!({ "status": "draft" })).is_none());
    let hidden = || of(json!({ "lines": { "has_more": true, "data": [] } }));
    assert!(hidden().summary().has_more_lines && hidden().summary().period_unknown);
    let mut known = hidden();
    known.record_lines(&version(json!({})));
    assert!(!known.summary().has_more_lines && !known.summary().period_unknown);
    assert!(!of(json!({})).summary().has_more_lines && !Invoice::default().summary().has_more_lines);
}

#[test]
fn an_invoice_that_was_seen_to_be_paid_by_a_payment_succeeded() {
    let noted = |settled: bool, payment_observed: bool, known: bool| {
        let mut invoice =
            Invoice { settled, payment_observed, payment_succeeded: known, ..Invoice::default() };
        invoice.note_observed_payment();
        invoice.payment_succeeded
    };
    assert!(noted(true, true, false) && noted(false, false, true) && noted(true, false, true));
    assert!(!noted(true, false, false) && !noted(false, true, false));
}

fn joined(id: &str, amount: i64, payment: Value) -> Value {
    json!({
        "id": id, "object": "invoice_payment", "status": "paid", "invoice": "in_1", "amount_paid": amount,
        "payment": payment,
    })
}

#[test]
fn payments_bring_what_is_due_unless_some_of_it_was_settled_out_of_band() {
    let paid = |payments: &[Value], status: &str| {
        let mut invoice = of(json!({ "status": status, "subtotal": 6000, "customer": "cus_1" }));
        for payment in payments {
            let payment = stripe::objects::InvoicePayment::read(payment).unwrap();
            invoice.payments.insert(payment.id.clone(), payment);
        }
        let paid = invoice.paid();
        assert_eq!(
            (paid.amount_due, paid.subtotal, paid.customer.as_deref()),
            (Some(5000), Some(6000), Some("cus_1"))
        );
        assert_eq!(paid.amount_paid, (status == "open").then_some(0));
        paid.due_by_payments
    };
    let by_intent = joined("inpay_1", 3000, json!({ "type": "payment_intent", "payment_intent": "pi_1" }));
    let by_charge = joined("inpay_2", 500, json!({ "type": "charge", "charge": "ch_1" }));
    let by_record = joined("inpay_3", 1500, json!({ "type": "payment_record", "payment_record": "pr_1" }));
    let nothing = joined("inpay_4", 0, json!({ "type": "payment_intent", "payment_intent": "pi_2" }));
    let too_much = joined("inpay_5", 9000, json!({ "type": "payment_intent", "payment_intent": "pi_3" }));
    assert_eq!(paid(&[by_intent.clone(), by_charge, by_record], "paid"), Some(3500));
    assert_eq!(paid(std::slice::from_ref(&by_intent), "open"), Some(5000), "more may come");
    assert_eq!(paid(&[], "paid"), Some(5000));
    assert_eq!(paid(&[nothing], "paid"), Some(5000));
    assert_eq!(paid(&[too_much], "paid"), Some(5000));
}

fn subscription_of(amount_paid: i64, refunds: &[(i64, i64)]) -> Refunded {
    let mut subscription = Subscription::default();
    let period = Some(Period { start: 100, end: 200 });
    subscription.record_invoice("in_1", Summary { paid: true, amount_paid, period, ..Summary::default() });
    for (at, (refunded, lost)) in refunds.iter().enumerate() {
        let refund = InvoiceRefund { invoice: "in_1".into(), refunded: *refunded, lost: *lost };
        subscription.record_refund(&format!("pi_{at}"), Some(refund.clone()));
        assert_eq!(subscription.refund_of(&format!("pi_{at}")), Some(&refund));
    }
    let other = InvoiceRefund { invoice: "in_0".into(), refunded: 7, lost: 0 };
    subscription.record_refund("pi_other", Some(other));
    let refunded = subscription.refunded();
    subscription.record_refund("pi_other", None);
    assert_eq!(subscription.refunded().amount, refunded.amount - 7);
    refunded
}

#[test]
fn a_subscription_is_refunded_in_full_once_all_of_its_newest_invoice_is_refunded_or_lost() {
    let full = |paid, refunds: &[(i64, i64)]| subscription_of(paid, refunds).in_full;
    assert!(full(1000, &[(1000, 0)]) && full(1000, &[(0, 1000)]) && full(1000, &[(600, 400)]));
    assert!(full(1000, &[(500, 0), (500, 0)]));
    assert!(!full(1000, &[(999, 0)]) && !full(1000, &[(600, 399)]) && !full(1000, &[]));
    assert!(!full(0, &[]), "a trial costs nothing, and nothing was refunded");
    assert_eq!(subscription_of(1000, &[(600, 400)]).amount, 607);
}

#[test]
fn a_subscription_that_ended_is_recognized_by_its_status_or_by_its_last_event() {
    let of = |kind: &str, status: &str| {
        let object = json!({
            "id": "sub_1", "object": "subscription", "status": status, "customer": "cus_1", "items": { "data": [] },
        });
        let memory = after(Memory::default(), &[event("evt_1", kind, 100, object, None)]);
        memory.lasting.contains("subscription.canceled/sub_1")
    };
    assert!(of("customer.subscription.updated", "canceled"));
    assert!(of("customer.subscription.deleted", "canceled"));
    assert!(of("customer.subscription.deleted", "active"), "bodies of old versions");
    assert!(!of("customer.subscription.updated", "active"));
}

#[test]
fn two_payments_that_are_one_know_together_that_an_attempt_failed() {
    for (mine, theirs) in [
        ((Some(5), true), (Some(9), false)),
        ((Some(9), false), (None, true)),
        ((None, true), (Some(9), true)),
    ] {
        let of = |(attempt_failed, delayed_failed)| Payment {
            attempt_failed,
            delayed_failed,
            ..Payment::default()
        };
        let mut both = of(mine);
        both.merge(of(theirs));
        assert_eq!((both.attempt_failed, both.delayed_failed), (Some(9), true));
    }
    let mut neither = Payment::default();
    neither.merge(Payment::default());
    assert_eq!(neither, Payment::default());
}

#[test]
fn a_charge_that_stripe_shows_as_pending_has_not_failed_and_one_that_it_shows_as_failed_has() {
    let intent = json!({
        "id": "pi_1", "object": "payment_intent", "status": "requires_action", "amount": 2000, "currency": "usd",
    });
    let shown = |status: &str| {
        let charge = json!({
            "id": "ch_1", "object": "charge", "status": status, "captured": false, "amount": 2000, "currency": "usd",
            "payment_intent": "pi_1", "created": 95,
        });
        let body = json!({
            "id": "evt_f", "type": "charge.fetched", "created": 100, "livemode": true, "data": { "object": charge },
            "sluicegate": { "source": "doubt" },
        });
        let fetched = Event::parse(body.to_string().as_bytes()).unwrap();
        let first = event("evt_1", "payment_intent.requires_action", 90, intent.clone(), None);
        let memory = after(Memory::default(), &[first, domain::decide::Prepared::new(fetched)]);
        (memory.rows.payments["pi_1"].attempt_failed, memory.rows.payments["pi_1"].summary().status.as_str())
    };
    assert_eq!(shown("pending"), (None, "pending"));
    assert_eq!(shown("failed"), (Some(95), "failed"));
}
