//! How long a subscription is paid for by invoices of before 2025-03-31.basil, whose lines say `type` and `proration`
//! themselves. <https://docs.stripe.com/api/invoice-line-item/object?api-version=2024-06-20>

use serde_json::{Value, json};

use super::Sequence;
use super::bodies::with;

const MONTH: i64 = 2_592_000;
const YEAR: i64 = 31_536_000;
const T: i64 = 1_800_000_000;
const CREATED: &str = "customer.subscription.created";
const UPDATED: &str = "customer.subscription.updated";

fn subscription(period_end: i64) -> Value {
    json!({
        "id": "sub_1", "object": "subscription", "status": "active", "customer": "cus_1",
        "cancel_at_period_end": false, "current_period_start": T, "current_period_end": period_end,
        "items": { "object": "list", "data": [{ "id": "si_1", "price": { "id": "price_1" }, "quantity": 1 }] },
    })
}

/// A recurring line.
fn line(item: &str, amount: i64, period: (i64, i64)) -> Value {
    json!({
        "object": "line_item", "type": "subscription", "amount": amount, "proration": false,
        "subscription": "sub_1", "subscription_item": item, "period": { "start": period.0, "end": period.1 },
    })
}

/// A proration: an invoice item that names the subscription's item.
fn proration(item: &str, amount: i64, period: (i64, i64)) -> Value {
    with(
        line(item, amount, period),
        json!({ "type": "invoiceitem", "proration": true, "invoice_item": "ii_1" }),
    )
}

/// A fee with a period of its own.
fn fee(amount: i64, period: (i64, i64)) -> Value {
    let changes = json!({ "type": "invoiceitem", "subscription_item": null, "invoice_item": "ii_2" });
    with(line("", amount, period), changes)
}

fn invoice(id: &str, reason: &str, created: i64, lines: &[Value]) -> Value {
    json!({
        "id": id, "object": "invoice", "status": "paid", "paid": true, "amount_due": 1000, "amount_paid": 1000,
        "currency": "jpy", "customer": "cus_1", "billing_reason": reason, "attempt_count": 1, "created": created,
        "subscription": "sub_1", "payment_intent": null, "charge": null, "metadata": {},
        "lines": { "object": "list", "has_more": false, "data": lines },
    })
}

fn paid_through(sequence: &Sequence) -> Option<i64> {
    sequence.each_end(|memory| memory.rows.subscriptions["sub_1"].paid_through())
}

#[test]
fn a_yearly_plan_becomes_monthly_and_is_billed_at_once() {
    let now = T + 60 * 86_400;
    let change = [proration("si_1", -10_000, (now, T + YEAR)), line("si_1", 1200, (now, now + MONTH))];
    let whole = Sequence::new()
        .then(CREATED, T, subscription(T + YEAR))
        .then(
            "invoice.paid",
            T,
            invoice("in_1", "subscription_create", T, &[line("si_1", 12_000, (T, T + YEAR))]),
        )
        .then("invoice.paid", now, invoice("in_2", "subscription_update", now, &change));
    assert_eq!(paid_through(&whole), Some(now + MONTH));
    let whole =
        whole.then(UPDATED, now, subscription(now + MONTH)).was(json!({ "current_period_end": T + YEAR }));
    assert_eq!(paid_through(&whole), Some(now + MONTH));
}

#[test]
fn a_monthly_plan_becomes_yearly_and_is_billed_at_once() {
    let now = T + 10 * 86_400;
    let change = [proration("si_1", -660, (now, T + MONTH)), line("si_1", 9000, (now, now + YEAR))];
    let whole = Sequence::new()
        .then(CREATED, T, subscription(T + MONTH))
        .then(
            "invoice.paid",
            T,
            invoice("in_1", "subscription_create", T, &[line("si_1", 1000, (T, T + MONTH))]),
        )
        .then(UPDATED, now, subscription(now + YEAR))
        .was(json!({ "current_period_end": T + MONTH }))
        .then("invoice.paid", now, invoice("in_2", "subscription_update", now, &change));
    assert_eq!(paid_through(&whole), Some(now + YEAR));
}

#[test]
fn a_better_plan_in_the_middle_of_the_month_keeps_the_end_of_the_month() {
    let now = T + 10 * 86_400;
    let change = [proration("si_1", -660, (now, T + MONTH)), proration("si_1", 1320, (now, T + MONTH))];
    let whole = Sequence::new()
        .then(CREATED, T, subscription(T + MONTH))
        .then(
            "invoice.paid",
            T,
            invoice("in_1", "subscription_create", T, &[line("si_1", 1000, (T, T + MONTH))]),
        )
        .then("invoice.paid", now, invoice("in_2", "subscription_update", now, &change));
    assert_eq!(paid_through(&whole), Some(T + MONTH));
}

#[test]
fn a_fee_for_a_year_beside_the_month_extends_nothing() {
    let lines = [line("si_1", 1000, (T, T + MONTH)), fee(9000, (T, T + YEAR))];
    let whole = Sequence::new().then(CREATED, T, subscription(T + MONTH)).then(
        "invoice.paid",
        T,
        invoice("in_1", "subscription_create", T, &lines),
    );
    assert_eq!(paid_through(&whole), Some(T + MONTH));
}

#[test]
fn prorations_of_last_month_on_the_renewal_extend_nothing() {
    let second = (T + MONTH, T + 2 * MONTH);
    let lines = [
        proration("si_1", -660, (T + 86_400, T + MONTH)),
        proration("si_1", 1320, (T + 86_400, T + MONTH)),
        line("si_1", 2000, second),
    ];
    let whole = Sequence::new()
        .then(CREATED, T, subscription(T + MONTH))
        .then(
            "invoice.paid",
            T,
            invoice("in_1", "subscription_create", T, &[line("si_1", 1000, (T, T + MONTH))]),
        )
        .then(UPDATED, T + MONTH, subscription(T + 2 * MONTH))
        .was(json!({ "current_period_end": T + MONTH }))
        .then("invoice.paid", T + MONTH + 3600, invoice("in_2", "subscription_cycle", T + MONTH, &lines));
    assert_eq!(paid_through(&whole), Some(T + 2 * MONTH));
}

#[test]
fn an_invoice_that_hides_its_recurring_line_leaves_the_period_to_the_subscription() {
    let hidden = |id: &str, reason: &str, created: i64| {
        let mut body = invoice(id, reason, created, &vec![fee(100, (created, created)); 10]);
        body["lines"]["has_more"] = json!(true);
        body
    };
    let first = Sequence::new().then(CREATED, T, subscription(T + MONTH)).then(
        "invoice.paid",
        T,
        hidden("in_1", "subscription_create", T),
    );
    assert_eq!(paid_through(&first), Some(T + MONTH));
    let renewed = first
        .then(UPDATED, T + MONTH, subscription(T + 2 * MONTH))
        .was(json!({ "current_period_end": T + MONTH }))
        .then("invoice.paid", T + MONTH, hidden("in_2", "subscription_cycle", T + MONTH));
    assert_eq!(paid_through(&renewed), Some(T + 2 * MONTH));
}

#[test]
fn a_renewal_that_nobody_paid_leaves_the_month_before() {
    let second = [line("si_1", 1000, (T + MONTH, T + 2 * MONTH))];
    let open = with(
        invoice("in_2", "subscription_cycle", T + MONTH, &second),
        json!({ "status": "open", "paid": false, "amount_paid": 0 }),
    );
    let whole = Sequence::new()
        .then(CREATED, T, subscription(T + MONTH))
        .then(
            "invoice.paid",
            T,
            invoice("in_1", "subscription_create", T, &[line("si_1", 1000, (T, T + MONTH))]),
        )
        .then(UPDATED, T + MONTH, with(subscription(T + 2 * MONTH), json!({ "status": "past_due" })))
        .was(json!({ "current_period_end": T + MONTH, "status": "active" }))
        .then("invoice.payment_failed", T + MONTH, open);
    assert_eq!(paid_through(&whole), Some(T + MONTH));
}
