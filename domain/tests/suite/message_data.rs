//! What the messages say: the data of each, whole, as docs/MESSAGES.md describes it.

use domain::decide::Prepared;
use domain::order::Expected;
use serde_json::{Value, json};

use crate::edges::{after, event};
use crate::memory::Memory;

fn with(mut object: Value, changes: Value) -> Value {
    object.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    object
}

fn registered(customer: Option<&str>, amount: i64) -> Memory {
    let customer = customer.map(str::to_owned);
    let expected = Expected { customer, amount, currency: "usd".into(), reference_code: None };
    let mut memory = Memory::default();
    memory.expected.insert("o1".into(), expected);
    memory
}

fn paid(id: &str, amount: i64, products: &str) -> Prepared {
    let object = json!({
        "id": id, "object": "payment_intent", "status": "succeeded", "amount": amount, "amount_received": amount,
        "currency": "usd", "customer": "cus_1", "created": 100,
        "metadata": { "orderId": "o1", "customerId": "42", "productIds": products },
    });
    event(&format!("evt_{id}"), "payment_intent.succeeded", 100, object, None)
}

/// The data of the messages of the last event.
fn data_of_last(mut memory: Memory, events: &[Prepared]) -> Value {
    let (last, first) = events.split_last().unwrap();
    memory = after(memory, first);
    json!(memory.show(last).data())
}

#[test]
fn an_order_that_is_paid_says_what_it_cost_and_who_paid_what() {
    let order = json!({
        "order": "o1", "status": "paid", "customer": "42", "amount": 2000, "currency": "usd", "amount_paid": 2000,
        "amount_refunded": 0, "amount_disputed": 0, "payment_intent": "pi_1", "payment": null, "products": "p1,p2",
    });
    let payment = json!({
        "payment": "pi_1", "payment_amount": 2000, "payment_currency": "usd", "held": null, "payment_customer": "42",
    });
    let sent = data_of_last(Memory::default(), &[paid("pi_1", 2000, "p1,p2")]);
    let expected = json!({
        "order.paid/o1": order, "order.payment_received/o1/pi_1": with(order.clone(), payment),
    });
    assert_eq!(sent, expected);
}

#[test]
fn a_held_payment_says_why_and_its_release_says_why_it_was() {
    let order = json!({
        "order": "o1", "status": "pending", "customer": "42", "amount": 1999, "currency": "usd", "amount_paid": 0,
        "amount_refunded": 0, "amount_disputed": 0, "payment_intent": null, "payment": "pi_1", "products": "p1",
        "payment_amount": 999, "payment_currency": "usd", "held": "amount_mismatch", "payment_customer": "42",
    });
    let first = paid("pi_1", 999, "p1");
    let sent = data_of_last(registered(Some("42"), 1999), std::slice::from_ref(&first));
    let expected =
        json!({ "order.payment_received/o1/pi_1": order, "payment.held/pi_1/amount_mismatch": order });
    assert_eq!(sent, expected);
    let sent = data_of_last(registered(Some("42"), 1999), &[first, paid("pi_2", 1000, "p2")]);
    let released = json!({
        "order": "o1", "status": "paid", "customer": "42", "amount": 1999, "currency": "usd", "amount_paid": 1999,
        "amount_refunded": 0, "amount_disputed": 0, "payment_intent": "pi_1", "payment": "pi_1", "products": "p1",
        "reason": "amount_mismatch",
    });
    assert_eq!(sent["payment.released/pi_1"], released);
    assert_eq!(sent["order.payment_received/o1/pi_2"]["products"], "p2");
    assert_eq!(sent["order.payment_received/o1/pi_2"]["held"], Value::Null);
}

#[test]
fn a_declined_card_says_which_payment_failed() {
    let object = json!({
        "id": "pi_1", "object": "payment_intent", "status": "requires_payment_method", "amount": 2000,
        "currency": "usd", "customer": "cus_1", "created": 100, "metadata": { "orderId": "o1" },
    });
    let declined = event("evt_1", "payment_intent.payment_failed", 100, object, None);
    let expected = json!({ "order.payment_failed/o1/pi_1": {
        "order": "o1", "status": "payment_failed", "customer": "cus_1", "amount": 2000, "currency": "usd",
        "amount_paid": 0, "amount_refunded": 0, "amount_disputed": 0, "payment_intent": "pi_1", "payment": "pi_1",
        "products": null,
    }});
    assert_eq!(data_of_last(Memory::default(), &[declined]), expected);
}

fn refund(status: &str, failure: Option<&str>) -> Value {
    json!({
        "id": "re_1", "object": "refund", "status": status, "amount": 500, "currency": "usd", "charge": "ch_1",
        "payment_intent": "pi_1", "created": 200, "reason": "requested_by_customer", "failure_reason": failure,
    })
}

#[test]
fn a_refund_says_what_of_which_payment_and_why_it_failed() {
    let failed =
        event("evt_2", "refund.failed", 300, refund("failed", Some("expired_or_canceled_card")), None);
    let created = event("evt_1", "refund.created", 200, refund("succeeded", None), None);
    let data = json!({
        "refund": "re_1", "payment": "pi_1", "order": "o1", "charge": "ch_1", "amount": 500, "currency": "usd",
        "status": "succeeded", "reason": "requested_by_customer", "failure_reason": null, "customer": "42",
    });
    let sent = data_of_last(Memory::default(), &[paid("pi_1", 2000, "p1"), created]);
    assert_eq!(sent["refund.created/re_1"], data);
    let sent = data_of_last(Memory::default(), &[paid("pi_1", 2000, "p1"), failed]);
    let data = with(data, json!({ "status": "failed", "failure_reason": "expired_or_canceled_card" }));
    assert_eq!(sent["refund.failed/re_1"], data);
}

fn dispute(status: &str, moved: &[i64]) -> Value {
    let moved = moved.iter().enumerate();
    let moved: Vec<_> = moved
        .map(|(n, amount)| json!({ "id": format!("txn_{n}"), "amount": amount, "currency": "usd" }))
        .collect();
    json!({
        "id": "dp_1", "object": "dispute", "status": status, "amount": 2000, "currency": "usd", "charge": "ch_1",
        "payment_intent": "pi_1", "reason": "fraudulent", "balance_transactions": moved,
        "evidence_details": { "due_by": 9000 },
    })
}

#[test]
fn a_dispute_says_what_is_at_stake_until_when_and_what_was_lost() {
    let opened = event("evt_1", "charge.dispute.created", 200, dispute("needs_response", &[]), None);
    let data = json!({
        "dispute": "dp_1", "payment": "pi_1", "order": "o1", "charge": "ch_1", "amount": 2000, "currency": "usd",
        "status": "needs_response", "state": "open", "reason": "fraudulent", "evidence_due_by": 9000,
        "amount_lost": 0, "customer": "42",
    });
    let sent = data_of_last(Memory::default(), &[paid("pi_1", 2000, "p1"), opened]);
    assert_eq!(sent["dispute.opened/dp_1"], data);
    let lost = event("evt_2", "charge.dispute.closed", 300, dispute("lost", &[-2000]), None);
    let sent = data_of_last(Memory::default(), &[paid("pi_1", 2000, "p1"), lost]);
    let data = with(data, json!({ "status": "lost", "state": "lost", "amount_lost": 2000 }));
    assert_eq!(sent["dispute.closed/dp_1"], data);
}

fn subscription_invoice(status: &str, changes: Value) -> Value {
    let object = json!({
        "id": "in_1", "object": "invoice", "status": status, "amount_due": 1000, "amount_paid": 0, "currency": "usd",
        "customer": "cus_9", "billing_reason": "subscription_cycle", "attempt_count": 1, "created": 100,
        "subscription": "sub_1", "payment_intent": "pi_1",
        "lines": { "data": [{ "type": "subscription", "amount": 1000, "period": { "start": 100, "end": 5000 } }] },
    });
    with(object, changes)
}

#[test]
fn the_payment_of_a_subscription_names_invoice_subscription_and_customer() {
    let settled = subscription_invoice("paid", json!({ "amount_paid": 1000 }));
    let settled = event("evt_1", "invoice.payment_succeeded", 100, settled, None);
    let invoice = json!({
        "invoice": "in_1", "subscription": "sub_1", "status": "paid", "customer": "cus_9", "amount_due": 1000,
        "amount_paid": 1000, "currency": "usd", "billing_reason": "subscription_cycle", "period_end": 5000,
        "payment_intent": "pi_1",
    });
    let expected = json!({
        "subscription.payment_succeeded/in_1": invoice, "subscription.invoice_settled/in_1": invoice,
    });
    assert_eq!(data_of_last(Memory::default(), std::slice::from_ref(&settled)), expected);
    // What is refunded or disputed of it says so too, by the invoice's customer.
    let money = json!({
        "id": "pi_1", "object": "payment_intent", "status": "succeeded", "amount": 1000, "amount_received": 1000,
        "currency": "usd", "customer": "cus_other",
    });
    let money = || event("evt_2", "payment_intent.succeeded", 100, money.clone(), None);
    let of_invoice = json!({ "invoice": "in_1", "subscription": "sub_1", "customer": "cus_9" });
    let refunded = event("evt_3", "refund.created", 200, refund("succeeded", None), None);
    let disputed = event("evt_4", "charge.dispute.created", 200, dispute("needs_response", &[]), None);
    for (last, key) in [(refunded, "refund.created/re_1"), (disputed, "dispute.opened/dp_1")] {
        let data = after(Memory::default(), &[money()]);
        let data = &data_of_last(after(data, std::slice::from_ref(&settled)), &[last])[key];
        let named = json!({
            "invoice": data["invoice"], "subscription": data["subscription"], "customer": data["customer"],
        });
        assert_eq!((named, &data["order"]), (of_invoice.clone(), &Value::Null), "{key}");
    }
}

#[test]
fn a_failed_attempt_says_which_and_when_the_next_follows() {
    let failed = subscription_invoice("open", json!({ "attempt_count": 2, "next_payment_attempt": 7000 }));
    let failed = event("evt_1", "invoice.payment_failed", 100, failed, None);
    let expected = json!({ "subscription.payment_failed/in_1/2": {
        "invoice": "in_1", "subscription": "sub_1", "status": "open", "customer": "cus_9", "amount_due": 1000,
        "amount_paid": 0, "currency": "usd", "billing_reason": "subscription_cycle", "period_end": 5000,
        "payment_intent": "pi_1", "attempt_count": 2, "next_payment_attempt": 7000,
    }});
    assert_eq!(data_of_last(Memory::default(), std::slice::from_ref(&failed)), expected);
    // An attempt that the customer must confirm is one notice, whichever of its two events comes first.
    let to_confirm = subscription_invoice("open", json!({ "attempt_count": 2 }));
    let to_confirm = event("evt_2", "invoice.payment_action_required", 101, to_confirm, None);
    let key = "subscription.payment_action_required/in_1/2";
    let shown = Memory::default().show(&to_confirm);
    assert_eq!(shown.messages[0].key, key);
    assert_eq!(shown.messages[0].instead_of.as_deref(), Some("subscription.payment_failed/in_1/2"));
    assert_eq!(data_of_last(Memory::default(), &[failed, to_confirm]), json!({}));
}

fn subscription(status: &str, quantity: i64, changes: Value) -> Value {
    let object = json!({
        "id": "sub_1", "object": "subscription", "status": status, "customer": "cus_9", "cancel_at_period_end": false,
        "current_period_end": 5000, "trial_end": 900, "metadata": { "orderId": "o1" },
        "items": { "data": [{ "id": "si_1", "quantity": quantity, "price": { "id": "price_1", "product": "prod_1" } }] },
    });
    with(object, changes)
}

#[test]
fn a_subscription_says_what_was_bought_and_what_was_changed() {
    let item = |quantity: i64| json!([{ "price": "price_1", "product": "prod_1", "quantity": quantity }]);
    let data = json!({
        "subscription": "sub_1", "customer": "cus_9", "status": "active", "items": item(1), "paid_through": 5000,
        "current_period_end": 5000, "cancel_at_period_end": false, "cancel_at": null, "trial_end": 900, "ended_at": null,
        "order": "o1",
    });
    let settled = subscription_invoice("paid", json!({ "amount_paid": 1000 }));
    let settled = event("evt_1", "invoice.paid", 100, settled, None);
    let created =
        event("evt_2", "customer.subscription.created", 100, subscription("active", 1, json!({})), None);
    let mut memory = after(Memory::default(), &[settled]);
    assert_eq!(json!(memory.show(&created).data()), json!({ "subscription.activated/sub_1": data }));
    let items = subscription("active", 1, json!({}))["items"].clone();
    let before = json!({ "items": items, "cancel_at_period_end": false, "cancel_at": null });
    let changed = subscription("active", 3, json!({ "cancel_at_period_end": true, "cancel_at": 5000 }));
    let changed = event("evt_3", "customer.subscription.updated", 200, changed, Some(before));
    let sent = memory.show(&changed);
    let data = with(
        data,
        json!({
            "items": item(3), "cancel_at_period_end": true, "cancel_at": 5000, "changed_at": 200,
            "what": ["cancel_at", "cancel_at_period_end", "items"],
            "from": { "cancel_at": null, "cancel_at_period_end": false, "items": item(1) },
            "to": { "cancel_at": 5000, "cancel_at_period_end": true, "items": item(3) },
        }),
    );
    let [changed] = sent.messages.as_slice() else { panic!("one message") };
    assert!(changed.key.starts_with("subscription.changed/sub_1/200/"), "{}", changed.key);
    assert_eq!(changed.data, data);
}
