//! Invoices since 2025-03-31.basil with more lines than the body holds, and subscriptions whose items have intervals of
//! their own.

use serde_json::{Value, json};

use super::Sequence;
use super::bodies::{cycle, item, line, one_off, subscription, with};

const MONTH: i64 = 2_592_000;
const YEAR: i64 = 31_536_000;
const T: i64 = 1_800_000_000;
const CREATED: &str = "customer.subscription.created";
const UPDATED: &str = "customer.subscription.updated";

fn of(items: &[(&str, i64)]) -> Value {
    let items: Vec<_> = items.iter().map(|(id, end)| item(id, "price_1", *end)).collect();
    with(subscription("active", 0), json!({ "items": { "object": "list", "data": items } }))
}

fn was(items: &[(&str, i64)]) -> Value {
    json!({ "items": { "data": of(items)["items"]["data"] } })
}

fn hidden(id: &str, reason: &str, created: i64, lines: Vec<Value>) -> Value {
    let mut body = cycle(id, reason, created, lines);
    body["lines"]["has_more"] = json!(true);
    body
}

fn paid_through(sequence: &Sequence) -> Option<i64> {
    sequence.each_end(|memory| memory.rows.subscriptions["sub_1"].paid_through())
}

#[test]
fn ten_fees_hide_the_month() {
    let fees = |at: i64| vec![one_off(5, (at, at)); 10];
    let first = Sequence::new().then(CREATED, T, of(&[("si_1", T + MONTH)])).then(
        "invoice.paid",
        T,
        hidden("in_1", "subscription_create", T, fees(T)),
    );
    assert_eq!(paid_through(&first), Some(T + MONTH));
    let renewed =
        first.then(UPDATED, T + MONTH, of(&[("si_1", T + 2 * MONTH)])).was(was(&[("si_1", T + MONTH)])).then(
            "invoice.payment_succeeded",
            T + MONTH,
            hidden("in_2", "subscription_cycle", T + MONTH, fees(T)),
        );
    assert_eq!(paid_through(&renewed), Some(T + 2 * MONTH));
}

#[test]
fn ten_prorations_hide_the_month() {
    let now = T + MONTH;
    let prorations = vec![line("si_1", 7, (T + 86_400, T + MONTH), true); 10];
    let whole = Sequence::new()
        .then(CREATED, T, of(&[("si_1", T + MONTH)]))
        .then(
            "invoice.paid",
            T,
            cycle("in_1", "subscription_create", T, vec![line("si_1", 9, (T, now), false)]),
        )
        .then(UPDATED, now, of(&[("si_1", now + MONTH)]))
        .was(was(&[("si_1", now)]))
        .then("invoice.paid", now, hidden("in_2", "subscription_cycle", now, prorations));
    assert_eq!(paid_through(&whole), Some(now + MONTH));
}

#[test]
fn a_year_is_shown_and_the_month_is_hidden() {
    // Of several intervals the earliest end counts.
    let mut lines = vec![line("si_y", 100, (T, T + YEAR), false)];
    lines.extend(vec![one_off(5, (T, T)); 9]);
    let whole = Sequence::new().then(CREATED, T, of(&[("si_m", T + MONTH), ("si_y", T + YEAR)])).then(
        "invoice.paid",
        T,
        hidden("in_1", "subscription_create", T, lines),
    );
    assert_eq!(paid_through(&whole), Some(T + MONTH));
}

#[test]
fn a_weekly_item_beside_a_monthly_one_is_renewed_three_times() {
    let week = 604_800;
    let mut whole = Sequence::new().then(CREATED, T, of(&[("si_m", T + MONTH), ("si_w", T + week)])).then(
        "invoice.paid",
        T,
        cycle(
            "in_0",
            "subscription_create",
            T,
            vec![line("si_m", 10, (T, T + MONTH), false), line("si_w", 3, (T, T + week), false)],
        ),
    );
    assert_eq!(paid_through(&whole), Some(T + week));
    for n in 1..4 {
        let (start, end) = (T + n * week, T + (n + 1) * week);
        whole = whole
            .then(UPDATED, start, of(&[("si_m", T + MONTH), ("si_w", end)]))
            .was(was(&[("si_m", T + MONTH), ("si_w", start)]))
            .then(
                "invoice.paid",
                start,
                cycle(
                    &format!("in_{n}"),
                    "subscription_cycle",
                    start,
                    vec![line("si_w", 3, (start, end), false)],
                ),
            );
        assert_eq!(paid_through(&whole), Some(end.min(T + MONTH)));
    }
}
