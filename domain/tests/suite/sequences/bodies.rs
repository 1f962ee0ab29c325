//! Stripe objects with the fields that matter; a test changes what its API version or its case has otherwise.

use serde_json::{Value, json};

/// Changes some fields of an object.
pub(super) fn with(mut object: Value, changes: Value) -> Value {
    for (field, value) in changes.as_object().unwrap() {
        object[field] = value.clone();
    }
    object
}

/// A payment intent since 2022-11-15, made at 100.
pub(super) fn intent(id: &str, status: &str, amount: i64, order: Option<&str>) -> Value {
    let received = if status == "succeeded" { amount } else { 0 };
    json!({
        "id": id, "object": "payment_intent", "status": status, "amount": amount, "amount_received": received,
        "amount_capturable": if status == "requires_capture" { amount } else { 0 }, "currency": "usd", "created": 100,
        "customer": null, "latest_charge": null, "cancellation_reason": null, "metadata": order_metadata(order),
    })
}

/// A charge since 2022-11-15 that succeeded and was captured, made at 100.
pub(super) fn charge(id: &str, intent: Option<&str>, amount: i64, order: Option<&str>) -> Value {
    json!({
        "id": id, "object": "charge", "status": "succeeded", "paid": true, "captured": true, "amount": amount,
        "amount_captured": amount, "amount_refunded": 0, "refunded": false, "currency": "usd", "created": 100,
        "customer": null, "payment_intent": intent, "metadata": order_metadata(order),
    })
}

/// A refund that succeeded.
pub(super) fn refund(id: &str, charge: &str, intent: Option<&str>, amount: i64, at: i64) -> Value {
    json!({
        "id": id, "object": "refund", "status": "succeeded", "amount": amount, "currency": "usd", "charge": charge,
        "payment_intent": intent, "created": at, "metadata": {}, "reason": null,
    })
}

/// A dispute with the movements of its money: (transaction, minor units).
pub(super) fn dispute(id: &str, charge: &str, amount: i64, status: &str, moved: &[(&str, i64)]) -> Value {
    let entries: Vec<_> = moved
        .iter()
        .map(|(id, amount)| {
            json!({
                "id": id, "object": "balance_transaction", "amount": amount, "currency": "usd", "fee": 1500,
                "net": amount - 1500, "type": "adjustment",
            })
        })
        .collect();
    json!({
        "id": id, "object": "dispute", "status": status, "amount": amount, "currency": "usd", "charge": charge,
        "payment_intent": null, "reason": "fraudulent", "balance_transactions": entries,
        "evidence_details": { "due_by": 9_000 }, "metadata": {},
    })
}

/// A checkout session of mode payment that is complete and paid.
pub(super) fn session(id: &str, intent: Option<&str>, amount: i64, order: Option<&str>) -> Value {
    json!({
        "id": id, "object": "checkout.session", "mode": "payment", "status": "complete", "payment_status": "paid",
        "payment_intent": intent, "amount_total": amount, "amount_subtotal": amount, "currency": "usd",
        "client_reference_id": null, "customer": null, "created": 99, "metadata": order_metadata(order),
    })
}

/// A one-off invoice that is open.
pub(super) fn invoice(id: &str, amount: i64, order: Option<&str>) -> Value {
    json!({
        "id": id, "object": "invoice", "status": "open", "amount_due": amount, "amount_paid": 0, "currency": "usd",
        "customer": "cus_1", "billing_reason": "manual", "attempt_count": 0, "created": 90,
        "lines": { "object": "list", "has_more": false, "data": [] }, "metadata": order_metadata(order),
    })
}

/// `invoice_payment.paid` since 2025-03-31.basil.
pub(super) fn invoice_payment(id: &str, invoice: &str, amount: i64, payment: Value) -> Value {
    json!({
        "id": id, "object": "invoice_payment", "status": "paid", "invoice": invoice, "amount_paid": amount,
        "currency": "usd", "payment": payment,
    })
}

/// A subscription of one monthly item, since 2025-03-31.basil.
pub(super) fn subscription(status: &str, period_end: i64) -> Value {
    json!({
        "id": "sub_1", "object": "subscription", "status": status, "customer": "cus_1", "cancel_at_period_end": false,
        "items": { "object": "list", "data": [item("si_1", "price_month", period_end)] }, "metadata": {},
    })
}

/// A subscription item since 2025-03-31.basil.
pub(super) fn item(id: &str, price: &str, period_end: i64) -> Value {
    json!({
        "id": id, "object": "subscription_item", "quantity": 1, "price": { "id": price, "product": "prod_1" },
        "current_period_end": period_end,
    })
}

/// A paid invoice of `sub_1`, since 2025-03-31.basil.
pub(super) fn cycle(id: &str, reason: &str, created: i64, lines: Vec<Value>) -> Value {
    json!({
        "id": id, "object": "invoice", "status": "paid", "amount_due": 1000, "amount_paid": 1000, "currency": "usd",
        "customer": "cus_1", "billing_reason": reason, "attempt_count": 1, "created": created,
        "parent": { "type": "subscription_details", "subscription_details": { "subscription": "sub_1" } },
        "lines": { "object": "list", "has_more": false, "data": lines }, "metadata": {},
    })
}

/// A line of a subscription item, since 2025-03-31.basil.
pub(super) fn line(item: &str, amount: i64, period: (i64, i64), proration: bool) -> Value {
    json!({
        "object": "line_item", "amount": amount, "period": { "start": period.0, "end": period.1 },
        "parent": {
            "type": "subscription_item_details",
            "subscription_item_details": {
                "subscription": "sub_1", "subscription_item": item, "proration": proration, "invoice_item": null,
            },
        },
    })
}

/// A line of a one-off invoice item, since 2025-03-31.basil.
pub(super) fn one_off(amount: i64, period: (i64, i64)) -> Value {
    json!({
        "object": "line_item", "amount": amount, "period": { "start": period.0, "end": period.1 },
        "parent": {
            "type": "invoice_item_details",
            "invoice_item_details": { "invoice_item": "ii_1", "proration": false, "subscription": "sub_1" },
        },
    })
}

fn order_metadata(order: Option<&str>) -> Value {
    order.map_or(json!({}), |order| json!({ "orderId": order }))
}
