//! How long a subscription is paid for.
//! <https://docs.stripe.com/billing/subscriptions/overview>

use serde_json::{Value, json};

use super::Sequence;
use super::bodies::{cycle, item, line, one_off, subscription, with};

const MONTH: i64 = 2_592_000;
const YEAR: i64 = 31_536_000;
const T: i64 = 1_800_000_000;
const UPDATED: &str = "customer.subscription.updated";

fn of(status: &str, items: &[(&str, i64)]) -> Value {
    let items: Vec<_> = items.iter().map(|(id, end)| item(id, "price_1", *end)).collect();
    with(subscription(status, 0), json!({ "items": { "object": "list", "data": items } }))
}

/// The line of the subscription, and the messages of its paid invoices.
fn ends(sequence: &Sequence, line: &str, invoices: &[&str]) {
    let mut lines: Vec<String> = invoices.iter().map(|id| format!("invoice {id} is paid")).collect();
    lines.push(line.to_owned());
    lines.push("sent subscription.activated/sub_1".to_owned());
    lines.extend(invoices.iter().map(|id| format!("sent subscription.invoice_settled/{id}")));
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    sequence.ends_in(&lines);
}

#[test]
fn a_monthly_and_a_yearly_item_are_paid_through_the_earlier_end_whichever_invoice_is_newer() {
    // Flexible billing bills each interval by itself: the yearly item is renewed alone in month 12.
    let both = vec![line("si_m", 10, (T, T + MONTH), false), line("si_y", 100, (T, T + YEAR), false)];
    let second = vec![line("si_m", 10, (T + MONTH, T + 2 * MONTH), false)];
    let whole = Sequence::new()
        .then("customer.subscription.created", T, of("active", &[("si_m", T + MONTH), ("si_y", T + YEAR)]))
        .then("invoice.paid", T, cycle("in_1", "subscription_create", T, both.clone()));
    let line = format!("subscription sub_1 is active: access, paid through {}", T + MONTH);
    ends(&whole, &line, &["in_1"]);
    let renewed = whole
        .then(UPDATED, T + MONTH, of("active", &[("si_m", T + 2 * MONTH), ("si_y", T + YEAR)]))
        .was(json!({ "items": { "data": of("active", &[("si_m", T + MONTH), ("si_y", T + YEAR)])["items"]["data"] } }))
        .then("invoice.paid", T + MONTH, cycle("in_2", "subscription_cycle", T + MONTH, second));
    let line = format!("subscription sub_1 is active: access, paid through {}", T + 2 * MONTH);
    ends(&renewed, &line, &["in_1", "in_2"]);
}

#[test]
fn a_yearly_item_that_is_renewed_alone_does_not_pay_for_the_monthly_one() {
    let year = |n: i64| (T + n * YEAR, T + (n + 1) * YEAR);
    let month = (T + YEAR - MONTH / 2, T + YEAR + MONTH / 2);
    let items = [("si_m", month.1), ("si_y", year(1).1)];
    let whole = Sequence::new()
        .then("customer.subscription.created", T, of("active", &items))
        .then(
            "invoice.paid",
            month.0,
            cycle("in_1", "subscription_cycle", month.0, vec![line("si_m", 10, month, false)]),
        )
        .then(
            "invoice.paid",
            year(1).0,
            cycle("in_2", "subscription_cycle", year(1).0, vec![line("si_y", 100, year(1), false)]),
        );
    let line = format!("subscription sub_1 is active: access, paid through {}", month.1);
    ends(&whole, &line, &["in_1", "in_2"]);
}

#[test]
fn usage_of_the_period_before_does_not_end_what_is_paid_for() {
    // Metered prices are billed in arrears: their line has the period that is over.
    let lines = vec![
        line("si_seat", 10, (T + MONTH, T + 2 * MONTH), false),
        line("si_usage", 7, (T, T + MONTH), false),
    ];
    let whole = Sequence::new()
        .then(
            "customer.subscription.created",
            T,
            of("active", &[("si_seat", T + 2 * MONTH), ("si_usage", T + 2 * MONTH)]),
        )
        .then("invoice.paid", T + MONTH + 60, cycle("in_1", "subscription_cycle", T + MONTH, lines));
    let line = format!("subscription sub_1 is active: access, paid through {}", T + 2 * MONTH);
    ends(&whole, &line, &["in_1"]);
}

#[test]
fn a_fee_beside_a_downgrade_in_the_middle_of_the_period_ends_nothing() {
    let first = vec![line("si_1", 1000, (T, T + MONTH), false)];
    let now = T + 86_400;
    let change = vec![line("si_1", -500, (now, T + MONTH), true), one_off(300, (now, now))];
    let whole = Sequence::new()
        .then("customer.subscription.created", T, of("active", &[("si_1", T + MONTH)]))
        .then("invoice.paid", T, cycle("in_1", "subscription_create", T, first))
        .then("invoice.paid", now, cycle("in_2", "subscription_update", now, change));
    let line = format!("subscription sub_1 is active: access, paid through {}", T + MONTH);
    ends(&whole, &line, &["in_1", "in_2"]);
}

#[test]
fn an_item_of_a_year_on_a_monthly_invoice_extends_nothing() {
    let lines = vec![line("si_1", 1000, (T, T + MONTH), false), one_off(9000, (T, T + YEAR))];
    let whole = Sequence::new()
        .then("customer.subscription.created", T, of("active", &[("si_1", T + MONTH)]))
        .then("invoice.paid", T, cycle("in_1", "subscription_create", T, lines));
    let line = format!("subscription sub_1 is active: access, paid through {}", T + MONTH);
    ends(&whole, &line, &["in_1"]);
}

#[test]
fn a_manual_invoice_of_eleven_items_does_not_pay_for_a_period() {
    let first = vec![line("si_1", 1000, (T, T + MONTH), false)];
    let mut manual = cycle("in_2", "manual", T + MONTH + 10, vec![one_off(5, (T + MONTH, T + MONTH)); 10]);
    manual["lines"]["has_more"] = json!(true);
    let whole = Sequence::new()
        .then("customer.subscription.created", T, of("active", &[("si_1", T + MONTH)]))
        .then("invoice.paid", T, cycle("in_1", "subscription_create", T, first))
        .then(UPDATED, T + MONTH, of("active", &[("si_1", T + 2 * MONTH)]))
        .was(json!({ "items": { "data": of("active", &[("si_1", T + MONTH)])["items"]["data"] } }))
        .then("invoice.paid", T + MONTH + 10, manual);
    let line = format!("subscription sub_1 is active: access, paid through {}", T + MONTH);
    ends(&whole, &line, &["in_1", "in_2"]);
}

#[test]
fn a_quantity_that_changes_with_prorations_keeps_the_end_of_the_period() {
    let first = vec![line("si_1", 1000, (T, T + MONTH), false)];
    let now = T + 86_400;
    let change = vec![line("si_1", -900, (now, T + MONTH), true), line("si_1", 1900, (now, T + MONTH), true)];
    let whole = Sequence::new()
        .then("customer.subscription.created", T, of("active", &[("si_1", T + MONTH)]))
        .then("invoice.paid", T, cycle("in_1", "subscription_create", T, first))
        .then("invoice.paid", now, cycle("in_2", "subscription_update", now, change));
    let line = format!("subscription sub_1 is active: access, paid through {}", T + MONTH);
    ends(&whole, &line, &["in_1", "in_2"]);
    // An endpoint that is newer than the first invoice learns it from the change.
    let line = "subscription sub_1 is active: access, paid through ".to_owned() + &(T + MONTH).to_string();
    let newer =
        Sequence::new().then("customer.subscription.created", T, of("active", &[("si_1", T + MONTH)])).then(
            "invoice.paid",
            now,
            cycle(
                "in_2",
                "subscription_update",
                now,
                vec![
                    super::bodies::line("si_1", -900, (now, T + MONTH), true),
                    super::bodies::line("si_1", 1900, (now, T + MONTH), true),
                ],
            ),
        );
    ends(&newer, &line, &["in_2"]);
}

#[test]
fn a_yearly_price_that_becomes_monthly_under_another_item_is_paid_through_the_month() {
    // The yearly item is deleted and a monthly one added: its credit and the new month are one invoice.
    let now = T + 60 * 86_400;
    let first = vec![line("si_y", 12_000, (T, T + YEAR), false)];
    let change =
        vec![line("si_y", -10_000, (now, T + YEAR), true), line("si_m", 1200, (now, now + MONTH), false)];
    let whole = Sequence::new()
        .then("customer.subscription.created", T, of("active", &[("si_y", T + YEAR)]))
        .then("invoice.paid", T, cycle("in_1", "subscription_create", T, first))
        .then(UPDATED, now, of("active", &[("si_m", now + MONTH)]))
        .was(json!({ "items": { "data": of("active", &[("si_y", T + YEAR)])["items"]["data"] } }))
        .then("invoice.paid", now, cycle("in_2", "subscription_update", now, change));
    let line = format!("subscription sub_1 is active: access, paid through {}", now + MONTH);
    ends(&whole, &line, &["in_1", "in_2"]);
}

#[test]
fn a_trial_that_is_free_is_paid_through_its_end_and_then_the_month() {
    let end = T + 14 * 86_400;
    let trial = vec![line("si_1", 0, (T, end), false)];
    let month = vec![line("si_1", 1000, (end, end + MONTH), false)];
    let whole = Sequence::new()
        .then(
            "customer.subscription.created",
            T,
            with(of("trialing", &[("si_1", end)]), json!({ "trial_end": end })),
        )
        .then("invoice.paid", T, cycle("in_1", "subscription_create", T, trial));
    ends(&whole, &format!("subscription sub_1 is trialing: access, paid through {end}"), &["in_1"]);
    let open = json!({ "status": "open", "amount_paid": 0 });
    let cycle_of = |id: &str| cycle(id, "subscription_cycle", end, month.clone());
    whole
        .then(UPDATED, end, with(of("active", &[("si_1", end + MONTH)]), json!({ "trial_end": end })))
        .was(json!({ "status": "trialing" }))
        .then("invoice.finalized", end + 3600, with(cycle_of("in_2"), open))
        .then("invoice.payment_failed", end + 3600, {
            with(cycle_of("in_2"), json!({ "status": "open", "amount_paid": 0, "attempt_count": 1 }))
        })
        .ends_in(&[
            "invoice in_1 is paid",
            "invoice in_2 is open",
            &format!("subscription sub_1 is active: access, paid through {end}"),
            "sent subscription.activated/sub_1",
            &format!("sent subscription.changed/sub_1/{end}"),
            "sent subscription.invoice_settled/in_1",
        ]);
}

#[test]
fn a_month_that_was_uncollectible_and_is_settled_out_of_band_extends_what_is_paid() {
    let month = |n: i64| vec![line("si_1", 1000, (T + n * MONTH, T + (n + 1) * MONTH), false)];
    let second = |status: &str| {
        let paid = if status == "paid" { 1000 } else { 0 };
        let changes = json!({ "status": status, "amount_paid": paid });
        with(cycle("in_2", "subscription_cycle", T + MONTH, month(1)), changes)
    };
    let uncollectible = Sequence::new()
        .then("customer.subscription.created", T, of("active", &[("si_1", T + 2 * MONTH)]))
        .then("invoice.paid", T, cycle("in_1", "subscription_create", T, month(0)))
        .then("invoice.finalized", T + MONTH, second("open"))
        .then("invoice.marked_uncollectible", T + MONTH + 10, second("uncollectible"));
    assert_eq!(uncollectible.each_end(|m| m.rows.subscriptions["sub_1"].paid_through()), Some(T + MONTH));
    let settled = with(second("paid"), json!({ "paid_out_of_band": true }));
    let settled = uncollectible.then("invoice.paid", T + MONTH + 20, settled);
    let line = format!("subscription sub_1 is active: access, paid through {}", T + 2 * MONTH);
    ends(&settled, &line, &["in_1", "in_2"]);
}

#[test]
fn a_plan_that_is_renewed_early_by_a_new_anchor_is_paid_through_the_new_period() {
    // billing_cycle_anchor=now: the unused time is credited and a whole month begins.
    let now = T + 10 * 86_400;
    let first = vec![line("si_1", 1000, (T, T + MONTH), false)];
    let change =
        vec![line("si_1", -660, (now, T + MONTH), true), line("si_1", 1000, (now, now + MONTH), false)];
    let whole = Sequence::new()
        .then("customer.subscription.created", T, of("active", &[("si_1", T + MONTH)]))
        .then("invoice.paid", T, cycle("in_1", "subscription_create", T, first))
        .then("invoice.paid", now, cycle("in_2", "subscription_update", now, change))
        .then(UPDATED, now, of("active", &[("si_1", now + MONTH)]))
        .was(json!({ "items": { "data": of("active", &[("si_1", T + MONTH)])["items"]["data"] } }));
    let line = format!("subscription sub_1 is active: access, paid through {}", now + MONTH);
    ends(&whole, &line, &["in_1", "in_2"]);
}

#[test]
fn an_item_that_was_removed_does_not_shorten_what_is_paid_for() {
    let two = vec![line("si_1", 1000, (T, T + MONTH), false), line("si_2", 500, (T, T + MONTH), false)];
    let one = vec![line("si_1", 1000, (T + MONTH, T + 2 * MONTH), false)];
    let whole = Sequence::new()
        .then("customer.subscription.created", T, of("active", &[("si_1", T + MONTH), ("si_2", T + MONTH)]))
        .then("invoice.paid", T, cycle("in_1", "subscription_create", T, two))
        .then(UPDATED, T + MONTH, of("active", &[("si_1", T + 2 * MONTH)]))
        .then("invoice.paid", T + MONTH, cycle("in_2", "subscription_cycle", T + MONTH, one));
    let line = format!("subscription sub_1 is active: access, paid through {}", T + 2 * MONTH);
    ends(&whole, &line, &["in_1", "in_2"]);
}
