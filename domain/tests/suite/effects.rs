//! What an event is said to have changed: what support staff read, and what a preview shows.

use domain::decide::{Decision, Prepared};
use domain::event::Event;
use domain::fetched::{Fetched, Source};
use domain::origin::Origin;
use domain::payment::Payment;
use domain::rejection::Reason;
use domain::rules::Rules;
use serde_json::{Value, json};

use crate::edges::{after, event, intent};
use crate::memory::Memory;

fn paid() -> Prepared {
    event("evt_1", "payment_intent.succeeded", 100, intent("pi_1", "succeeded", 2000, 2000, "o1"), None)
}

#[test]
fn a_payment_and_its_order_show_what_differs_and_the_messages() {
    let shown = Memory::default().show(&paid());
    assert_eq!(shown.decision, Decision::Processed);
    let payment = json!({
        "from": { "status": "pending", "order": null, "amount": null, "currency": null, "amount_paid": 0 },
        "to": { "status": "paid", "order": "o1", "amount": 2000, "currency": "usd", "amount_paid": 2000 },
    });
    assert_eq!(shown.change("payment"), &payment);
    let order = json!({
        "from": { "status": "pending", "amount": null, "currency": null, "amount_paid": 0 },
        "to": { "status": "paid", "amount": 2000, "currency": "usd", "amount_paid": 2000 },
        "messages": ["order.payment_received/o1/pi_1", "order.paid/o1"],
    });
    assert_eq!(shown.change("order"), &order);
    let effect = shown.effects.iter().find(|effect| effect.aggregate == "order").unwrap();
    assert_eq!(effect.id, "o1");
    assert_eq!(effect.messages, ["order.payment_received/o1/pi_1", "order.paid/o1"]);
    assert_eq!(shown.effects.len(), 2);
}

#[test]
fn a_refund_and_a_dispute_show_their_amounts() {
    let object = json!({
        "id": "re_1", "object": "refund", "status": "succeeded", "amount": 500, "currency": "usd",
        "payment_intent": "pi_1",
    });
    let refunded = event("evt_2", "refund.created", 200, object, None);
    let mut memory = after(Memory::default(), &[paid()]);
    let shown = memory.show(&refunded);
    let payment = json!({
        "from": { "amount_refunded": 0 }, "to": { "amount_refunded": 500 }, "messages": ["refund.created/re_1"],
    });
    assert_eq!(shown.change("payment"), &payment);
    let order = json!({
        "from": { "status": "paid", "amount_refunded": 0 },
        "to": { "status": "partially_refunded", "amount_refunded": 500 },
    });
    assert_eq!(shown.change("order"), &order);
    let object = json!({
        "id": "dp_1", "object": "dispute", "status": "needs_response", "amount": 1500, "currency": "usd",
        "payment_intent": "pi_1",
    });
    let shown = memory.show(&event("evt_3", "charge.dispute.created", 300, object, None));
    let payment = json!({
        "from": { "dispute": null }, "to": { "dispute": "open" }, "messages": ["dispute.opened/dp_1"],
    });
    assert_eq!(shown.change("payment"), &payment);
    let order = json!({
        "from": { "status": "partially_refunded", "amount_disputed": 0 },
        "to": { "status": "disputed", "amount_disputed": 1500 },
    });
    assert_eq!(shown.change("order"), &order);
}

#[test]
fn a_held_payment_shows_why_and_its_order_how_many_are_held() {
    let mut memory = Memory::default();
    let expected = domain::order::Expected {
        customer: None,
        amount: 1999,
        currency: "usd".into(),
        reference_code: None,
    };
    memory.expected.insert("o1".into(), expected);
    let shown = memory.show(&paid());
    assert_eq!(shown.change("payment")["to"]["held"], "amount_mismatch");
    assert_eq!(shown.change("order")["to"], json!({ "held_payments": 1 }));
}

#[test]
fn an_invoice_and_its_subscription_show_what_was_paid_and_until_when() {
    let object = json!({
        "id": "in_1", "object": "invoice", "status": "paid", "amount_due": 1000, "amount_paid": 1000,
        "currency": "usd", "customer": "cus_1", "billing_reason": "subscription_cycle", "attempt_count": 1,
        "created": 100, "subscription": "sub_1", "payment_intent": "pi_1",
        "lines": { "data": [{ "type": "subscription", "amount": 1000, "period": { "start": 100, "end": 5000 } }] },
    });
    let mut memory = Memory::default();
    let shown = memory.show(&event("evt_1", "invoice.paid", 100, object, None));
    let to = json!({
        "status": "paid", "subscription": "sub_1", "amount_due": 1000, "amount_paid": 1000, "currency": "usd",
        "attempt_count": 1, "payment_intent": "pi_1",
    });
    assert_eq!(shown.change("invoice")["to"], to);
    assert_eq!(shown.change("subscription")["to"], json!({ "paid_through": 5000 }));
    let object = json!({
        "id": "sub_1", "object": "subscription", "status": "active", "customer": "cus_1",
        "cancel_at_period_end": false, "current_period_end": 5000,
        "items": { "data": [{ "id": "si_1", "quantity": 2, "price": { "id": "price_1", "product": "prod_1" } }] },
    });
    let shown = memory.show(&event("evt_2", "customer.subscription.created", 100, object, None));
    let to = json!({
        "status": "active", "access": true, "cancel_at_period_end": false,
        "items": [{ "price": "price_1", "product": "prod_1", "quantity": 2 }],
    });
    assert_eq!(shown.change("subscription")["to"], to);
    let refund = json!({
        "id": "re_1", "object": "refund", "status": "succeeded", "amount": 1000, "currency": "usd",
        "payment_intent": "pi_1",
    });
    let money = json!({
        "id": "pi_1", "object": "payment_intent", "status": "succeeded", "amount": 1000, "currency": "usd",
    });
    memory.deliver(&[&event("evt_3", "payment_intent.succeeded", 100, money, None)]);
    let shown = memory.show(&event("evt_4", "refund.created", 300, refund, None));
    let refunded = json!({
        "from": { "amount_refunded": 0, "refunded": false }, "to": { "amount_refunded": 1000, "refunded": true },
    });
    assert_eq!(shown.change("subscription"), &refunded);
}

#[test]
fn an_uncertain_version_is_shown_as_ambiguous() {
    let of = |id: &str, status: &str| {
        event(id, "payment_intent.requires_action", 100, intent("pi_1", status, 2000, 0, "o1"), None)
    };
    let mut memory = Memory::default();
    assert_eq!(memory.show(&of("evt_1", "requires_action")).change("payment")["to"].get("ambiguous"), None);
    let shown = memory.show(&of("evt_2", "processing"));
    assert_eq!(shown.change("payment")["to"]["ambiguous"], true);
}

fn rejected(kind: &str, object: Value) -> Reason {
    let shown = Memory::default().show(&event("evt_1", kind, 100, object, None));
    assert!(shown.effects.is_empty() && shown.messages.is_empty());
    let Decision::Rejected(rejection) = shown.decision else { panic!("{kind} took effect") };
    rejection.reason()
}

#[test]
fn an_object_that_cannot_be_read_is_rejected_with_the_reason() {
    assert_eq!(
        rejected("charge.succeeded", json!({ "object": "charge", "id": "ch_1" })),
        Reason::MissingField
    );
    let other = json!({ "object": "refund", "id": "re_1", "amount": 1, "currency": "usd" });
    assert_eq!(rejected("charge.succeeded", other), Reason::UnexpectedObject);
    let odd = json!({ "object": "charge", "id": "ch_1", "amount": "many", "currency": "usd" });
    assert_eq!(rejected("charge.succeeded", odd), Reason::InvalidData);
}

#[test]
fn an_event_that_asks_for_nothing_is_ignored_with_the_reason() {
    let ignored =
        |kind: &str, object: Value| match Memory::default().show(&event("e", kind, 1, object, None)).decision
        {
            Decision::Ignored(why) => why,
            other => panic!("{other:?}"),
        };
    assert_eq!(ignored("customer.created", json!({ "object": "customer", "id": "cus_1" })), "unhandled_type");
    let forecast = json!({ "object": "invoice", "status": "draft", "amount_due": 5, "currency": "usd" });
    assert_eq!(ignored("invoice.upcoming", forecast), "forecast");
    let card = json!({ "object": "checkout.session", "id": "cs_1", "mode": "setup", "subscription": null });
    assert_eq!(ignored("checkout.session.completed", card), "no_payment_or_subscription");
    let live = Rules { livemode: Some(true), ..Rules::default() };
    let test = json!({
        "id": "e", "type": "payment_intent.succeeded", "created": 1, "livemode": false,
        "data": { "object": intent("pi_1", "succeeded", 1, 1, "o1") },
    });
    let prepared = Prepared::under(&live, Event::parse(test.to_string().as_bytes()).unwrap());
    assert_eq!(Memory::default().show(&prepared).decision, Decision::Ignored("other_mode"));
}

#[test]
fn the_backfill_that_sends_nothing_shows_no_messages_and_another_does() {
    let object = intent("pi_1", "succeeded", 2000, 2000, "o1");
    let origin = Origin { account: String::new(), livemode: true };
    let of = |source: Source| {
        let fetched = Fetched { object: &object, origin: &origin, version: "2024-06-20", as_of: 100, source };
        Prepared::new(Event::parse(&fetched.event().unwrap().body).unwrap())
    };
    let shown = Memory::default().show(&of(Source::QuietBackfill));
    assert_eq!(shown.change("order").get("messages"), None);
    assert_eq!(shown.change("order")["to"]["status"], "paid");
    let shown = Memory::default().show(&of(Source::Backfill));
    assert_eq!(shown.change("order")["messages"], json!(["order.payment_received/o1/pi_1", "order.paid/o1"]));
}

#[test]
fn an_event_whose_handler_panics_leaves_the_state_as_it_was() {
    // The order that the payment names was not locked.
    let mut state = domain::state::State::default();
    state.payments.add("pi_1".to_owned(), None);
    let (decision, effects) = domain::decide::decide(&paid(), &mut state, &Rules::default());
    let Decision::Rejected(rejection) = decision else { panic!("{decision:?}") };
    assert_eq!((rejection.reason(), effects.len()), (Reason::HandlerPanic, 0));
    assert!(state.payments.rows().all(|(_, row)| row.now == Payment::default()));
}
