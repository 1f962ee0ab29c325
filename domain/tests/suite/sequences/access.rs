//! Access, trials, attempts, refunds and changes of a subscription.

use std::time::Duration;

use domain::rules::Rules;
use domain::subscription::Refunded;
use serde_json::{Value, json};

use super::Sequence;
use super::bodies::{charge, cycle, intent, item, line, refund, subscription, with};

const MONTH: i64 = 2_592_000;
const T: i64 = 1_800_000_000;
const UPDATED: &str = "customer.subscription.updated";

fn of(status: &str, items: &[(&str, i64)]) -> Value {
    let items: Vec<_> = items.iter().map(|(id, end)| item(id, "price_1", *end)).collect();
    with(subscription(status, 0), json!({ "items": { "object": "list", "data": items } }))
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
fn a_trial_whose_end_moves_nearer_is_announced_again() {
    let trial = |end: i64| with(of("trialing", &[("si_1", end)]), json!({ "trial_end": end }));
    let sent = |sequence: &Sequence| {
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
    assert_eq!(sent(&nearer), keys);
    // Moved away, it ends soon no more: an announcement that comes late is not sent.
    let extended = Sequence::new()
        .then("customer.subscription.created", T, trial(T + 9000))
        .then(UPDATED, T + 200, trial(T + 90_000))
        .was(json!({ "trial_end": T + 9000 }))
        .then("customer.subscription.trial_will_end", T + 100, trial(T + 9000));
    assert_eq!(sent(&extended), [""; 0]);
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
fn each_change_of_a_subscription_is_sent_once_in_whatever_order_they_arrive() {
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
