//! Usage, which is billed when its period is over, and prorations, beside what is paid for in advance.
//! <https://docs.stripe.com/billing/subscriptions/mixed-interval>,
//! <https://docs.stripe.com/billing/subscriptions/usage-based/thresholds>

use serde_json::{Value, json};

use super::Sequence;
use super::bodies::{cycle, item, line, subscription, with};

const DAY: i64 = 86_400;
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

fn paid(sequence: Sequence, id: &str, reason: &str, at: i64, lines: Vec<Value>) -> Sequence {
    sequence.then("invoice.paid", at + 3600, cycle(id, reason, at, lines))
}

fn paid_through(sequence: &Sequence) -> Option<i64> {
    sequence.each_end(|memory| memory.rows.subscriptions["sub_1"].paid_through())
}

#[test]
fn a_year_that_is_paid_in_advance_stands_whatever_usage_is_billed_each_month() {
    let year = vec![line("si_flat", 12_000, (T, T + YEAR), false)];
    let mut whole = Sequence::new().then(CREATED, T, of(&[("si_flat", T + YEAR), ("si_usage", T + MONTH)]));
    whole = paid(whole, "in_0", "subscription_create", T, year);
    for n in 1..4 {
        let (start, end) = (T + (n - 1) * MONTH, T + n * MONTH);
        whole = whole
            .then(UPDATED, end, of(&[("si_flat", T + YEAR), ("si_usage", end + MONTH)]))
            .was(was(&[("si_flat", T + YEAR), ("si_usage", end)]));
        let usage = vec![line("si_usage", 700, (start, end), false)];
        whole = paid(whole, &format!("in_{n}"), "subscription_cycle", end, usage);
        assert_eq!(paid_through(&whole), Some(T + YEAR));
    }
}

#[test]
fn a_month_that_is_paid_in_advance_stands_when_usage_reaches_its_threshold() {
    let month = vec![line("si_seat", 1000, (T, T + MONTH), false)];
    let first = Sequence::new().then(CREATED, T, of(&[("si_seat", T + MONTH), ("si_usage", T + MONTH)]));
    let first = paid(first, "in_1", "subscription_create", T, month);
    let usage = vec![line("si_usage", 5000, (T, T + 10 * DAY), false)];
    let whole = paid(first, "in_2", "subscription_threshold", T + 10 * DAY, usage);
    assert_eq!(paid_through(&whole), Some(T + MONTH));
}

#[test]
fn usage_alone_is_paid_through_its_own_period() {
    let first = Sequence::new().then(CREATED, T, of(&[("si_seat", T + MONTH), ("si_usage", T + MONTH)]));
    let first =
        paid(first, "in_1", "subscription_create", T, vec![line("si_seat", 1000, (T, T + MONTH), false)]);
    // The seat is removed with the first month; usage goes on alone.
    let alone = first
        .then(UPDATED, T + MONTH, of(&[("si_usage", T + 2 * MONTH)]))
        .was(was(&[("si_seat", T + MONTH), ("si_usage", T + MONTH)]));
    let month = |n: i64| vec![line("si_usage", 700, (T + n * MONTH, T + (n + 1) * MONTH), false)];
    let second = paid(alone, "in_2", "subscription_cycle", T + MONTH, month(0));
    assert_eq!(paid_through(&second), Some(T + MONTH));
    let third = second
        .then(UPDATED, T + 2 * MONTH, of(&[("si_usage", T + 3 * MONTH)]))
        .was(was(&[("si_usage", T + 2 * MONTH)]));
    let third = paid(third, "in_3", "subscription_cycle", T + 2 * MONTH, month(1));
    assert_eq!(paid_through(&third), Some(T + 2 * MONTH));
}

#[test]
fn ten_meters_hide_the_month() {
    let meters = |n: i64| {
        let of = |at: i64| line(&format!("si_{at}"), 7, (T + (n - 1) * MONTH, T + n * MONTH), false);
        let mut body = cycle("in_1", "subscription_cycle", T + n * MONTH, (0..10).map(of).collect());
        body["lines"]["has_more"] = json!(true);
        body
    };
    let mut items: Vec<(String, i64)> = (0..10).map(|at| (format!("si_{at}"), T + 2 * MONTH)).collect();
    items.push(("si_seat".to_owned(), T + 2 * MONTH));
    let items: Vec<(&str, i64)> = items.iter().map(|(id, end)| (id.as_str(), *end)).collect();
    let whole =
        Sequence::new().then(CREATED, T, of(&items)).then("invoice.paid", T + MONTH + 3600, meters(1));
    assert_eq!(paid_through(&whole), Some(T + 2 * MONTH));
}

#[test]
fn a_change_of_the_yearly_item_does_not_pay_for_the_monthly_one() {
    let year = line("si_flat", 12_000, (T, T + YEAR), false);
    let month = |n: i64| line("si_seat", 1000, (T + n * MONTH, T + (n + 1) * MONTH), false);
    let now = T + MONTH + 10 * DAY;
    let changed =
        vec![line("si_flat", -10_000, (now, T + YEAR), true), line("si_flat", 20_000, (now, T + YEAR), true)];
    let first = Sequence::new().then(CREATED, T, of(&[("si_flat", T + YEAR), ("si_seat", T + MONTH)]));
    let first = paid(first, "in_1", "subscription_create", T, vec![year, month(0)]);
    let second = first
        .then(UPDATED, T + MONTH, of(&[("si_flat", T + YEAR), ("si_seat", T + 2 * MONTH)]))
        .was(was(&[("si_flat", T + YEAR), ("si_seat", T + MONTH)]));
    let second = paid(second, "in_2", "subscription_cycle", T + MONTH, vec![month(1)]);
    assert_eq!(paid_through(&second), Some(T + 2 * MONTH));
    let whole = paid(second, "in_3", "subscription_update", now, changed);
    assert_eq!(paid_through(&whole), Some(T + 2 * MONTH));
}
