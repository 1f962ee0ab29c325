//! How long a subscription is paid for, and whether its customer has access.
//! <https://docs.stripe.com/billing/subscriptions/overview>

use std::time::Duration;

use domain::rules::Rules;
use domain::subscription::Refunded;
use serde_json::{Value, json};

use super::Sequence;
use super::bodies::{charge, cycle, intent, item, line, one_off, refund, subscription, with};

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

fn with_grace() -> Rules {
    Rules { grace: Duration::from_secs(100), ..Rules::default() }
}

#[test]
fn access_that_comes_back_after_the_grace_period_is_restored() {
    let turned = |from: &str| json!({ "status": from });
    let late = |back: i64| {
        Sequence::new()
            .under(with_grace())
            .then("customer.subscription.created", T, of("active", &[("si_1", T + MONTH)]))
            .then(UPDATED, T + 50, of("past_due", &[("si_1", T + MONTH)]))
            .was(turned("active"))
            .then(UPDATED, back, of("active", &[("si_1", T + MONTH)]))
            .was(turned("past_due"))
            .then(
                UPDATED,
                T + 500,
                with(of("active", &[("si_1", T + MONTH)]), json!({ "cancel_at_period_end": true })),
            )
            .was(json!({ "cancel_at_period_end": false }))
    };
    let restored = |sequence: &Sequence| {
        let notices = sequence.notices();
        notices.into_iter().filter(|key| key.starts_with("subscription.access_restored/")).collect::<Vec<_>>()
    };
    assert_eq!(restored(&late(T + 151)), [format!("subscription.access_restored/sub_1/{}", T + 50)]);
    assert_eq!(restored(&late(T + 149)), [""; 0], "within the grace period nothing was lost");
}

#[test]
fn a_trial_whose_end_moves_nearer_is_told_again() {
    let trial = |end: i64| with(of("trialing", &[("si_1", end)]), json!({ "trial_end": end }));
    let told = |sequence: &Sequence| {
        let notices = sequence.notices();
        notices.into_iter().filter(|key| key.contains("trial_will_end")).collect::<Vec<_>>()
    };
    let announced = Sequence::new().then("customer.subscription.created", T, trial(T + 9000)).then(
        "customer.subscription.trial_will_end",
        T + 100,
        trial(T + 9000),
    );
    let nearer = announced.then(UPDATED, T + 200, trial(T + 5000)).was(json!({ "trial_end": T + 9000 }));
    let keys = [T + 5000, T + 9000].map(|end| format!("subscription.trial_will_end/sub_1/{end}"));
    assert_eq!(told(&nearer), keys);
    // Moved away, it ends soon no more: an announcement that comes late is not told.
    let extended = Sequence::new()
        .then("customer.subscription.created", T, trial(T + 9000))
        .then(UPDATED, T + 200, trial(T + 90_000))
        .was(json!({ "trial_end": T + 9000 }))
        .then("customer.subscription.trial_will_end", T + 100, trial(T + 9000));
    assert_eq!(told(&extended), [""; 0]);
}

#[test]
fn each_attempt_that_needs_the_customer_is_one_notice() {
    let attempt = |n: i64| {
        let changes = json!({ "status": "open", "amount_paid": 0, "attempt_count": n });
        with(cycle("in_1", "subscription_cycle", T, vec![line("si_1", 5, (T, T + MONTH), false)]), changes)
    };
    let whole = Sequence::new()
        .then("invoice.payment_failed", T, attempt(1))
        .then("invoice.payment_action_required", T, attempt(1))
        .then("invoice.payment_failed", T + 100, attempt(2))
        .then("invoice.payment_failed", T + 200, attempt(3))
        .then("invoice.payment_action_required", T + 200, attempt(3));
    let notices = whole.notices();
    let of_attempt = |n: i64| notices.iter().filter(|key| key.ends_with(&format!("in_1/{n}"))).count();
    assert_eq!([1, 2, 3].map(of_attempt), [1; 3], "{notices:?}");
}

#[test]
fn a_refund_of_a_subscriptions_payment_shows_on_the_subscription() {
    let joined = |amount: i64| {
        let refunded = json!({ "amount_refunded": amount, "refunded": amount == 1000 });
        with(charge("ch_1", Some("pi_1"), 1000, None), refunded)
    };
    let link = json!({
        "id": "inpay_1", "object": "invoice_payment", "status": "paid", "invoice": "in_1", "amount_paid": 1000,
        "payment": { "type": "payment_intent", "payment_intent": "pi_1" },
    });
    let refunded =
        |sequence: &Sequence| sequence.each_end(|memory| memory.rows.subscriptions["sub_1"].refunded());
    let paid = Sequence::new()
        .then("customer.subscription.created", T, of("active", &[("si_1", T + MONTH)]))
        .then("payment_intent.succeeded", T, intent("pi_1", "succeeded", 1000, None))
        .then("invoice_payment.paid", T, link)
        .then(
            "invoice.paid",
            T,
            cycle("in_1", "subscription_create", T, vec![line("si_1", 1000, (T, T + MONTH), false)]),
        );
    let part = paid.then("charge.refunded", T + 100, joined(400)).was(json!({ "amount_refunded": 0 }));
    assert_eq!(refunded(&part), Refunded { amount: 400, in_full: false });
    let full = part
        .then("charge.refunded", T + 200, joined(1000))
        .was(json!({ "amount_refunded": 400, "refunded": false }))
        .then("refund.created", T + 200, refund("re_1", "ch_1", Some("pi_1"), 600, T + 200));
    assert_eq!(refunded(&full), Refunded { amount: 1000, in_full: true });
    // The next month is paid and not refunded.
    let next = vec![line("si_1", 1000, (T + MONTH, T + 2 * MONTH), false)];
    let renewed = full.then("invoice.paid", T + MONTH, cycle("in_2", "subscription_cycle", T + MONTH, next));
    assert_eq!(refunded(&renewed), Refunded { amount: 1000, in_full: false });
}

#[test]
fn each_change_of_a_subscription_is_told_once_in_whatever_order_they_arrive() {
    let of_plan = |status: &str, quantity: i64| {
        let mut object = of(status, &[("si_1", T + MONTH)]);
        object["items"]["data"][0]["quantity"] = json!(quantity);
        object
    };
    let items = |quantity: i64| json!({ "items": { "data": of_plan("active", quantity)["items"]["data"] } });
    Sequence::new()
        .then("customer.subscription.created", T, of_plan("active", 1))
        .then(UPDATED, T + 10, of_plan("active", 2))
        .was(items(1))
        .then(UPDATED, T + 10, of_plan("active", 2))
        .was(items(1))
        .then(UPDATED, T + 20, of_plan("past_due", 2))
        .was(json!({ "status": "active" }))
        .then(UPDATED, T + 30, of_plan("active", 2))
        .was(json!({ "status": "past_due" }))
        .then(UPDATED, T + 40, with(of_plan("active", 2), json!({ "default_payment_method": "pm_1" })))
        .was(json!({ "default_payment_method": null }))
        .ends_in(&[
            "subscription sub_1 is active: access, paid through never",
            "sent subscription.activated/sub_1",
            "sent subscription.changed/sub_1/1800000010",
            "sent subscription.changed/sub_1/1800000020",
            "sent subscription.changed/sub_1/1800000030",
        ]);
}
