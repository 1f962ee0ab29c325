//! What still happens after an order or a subscription was over: a dispute of a refunded payment, an invoice that is paid
//! after its subscription ended, an end that is planned by its date alone.

use domain::aggregate::Aggregate;
use serde_json::{Value, json};

use super::Sequence;
use super::bodies::{charge, cycle, dispute, intent, line, refund, subscription, with};

const MONTH: i64 = 2_592_000;
const T: i64 = 1_800_000_000;
const UPDATED: &str = "customer.subscription.updated";

/// A payment that was refunded in full while the customer's bank was already asked.
fn refunded() -> Sequence {
    let refunded = json!({ "amount_refunded": 1000, "refunded": true });
    Sequence::new()
        .then("payment_intent.succeeded", 100, intent("pi_1", "succeeded", 1000, Some("o1")))
        .then("charge.succeeded", 100, charge("ch_1", Some("pi_1"), 1000, Some("o1")))
        .then("refund.created", 500, refund("re_1", "ch_1", Some("pi_1"), 1000, 500))
        .then("charge.refunded", 500, with(charge("ch_1", Some("pi_1"), 1000, Some("o1")), refunded))
        .was(json!({ "amount_refunded": 0, "refunded": false }))
}

#[test]
fn a_dispute_of_a_refunded_payment_takes_the_money_again_until_it_is_won() {
    let of = |status: &str, moved: &[(&str, i64)]| dispute("dp_1", "ch_1", 1000, status, moved);
    let away = [("txn_1", -1000)];
    let disputed = refunded().then("charge.dispute.created", 600, of("needs_response", &away)).then(
        "charge.dispute.funds_withdrawn",
        600,
        of("needs_response", &away),
    );
    let ends = |sequence: &Sequence, order: &str, payment: &str| {
        sequence.rows_end_in(&[
            &format!("order o1 is {order}: 1000 usd paid, 1000 refunded, {payment}"),
            &format!(
                "payment pi_1 for o1 is paid: 1000 captured, 1000 refunded, {}",
                match order {
                    "refunded" => "0 lost, ledger 0",
                    "disputed" => "0 lost, ledger -1000",
                    _ => "1000 lost, ledger -1000",
                }
            ),
        ]);
    };
    ends(&disputed, "disputed", "1000 disputed");
    let back = [("txn_1", -1000), ("txn_2", 1000)];
    let won = refunded()
        .then("charge.dispute.created", 600, of("needs_response", &away))
        .then("charge.dispute.funds_withdrawn", 600, of("needs_response", &away))
        .then("charge.dispute.closed", 900, of("won", &back))
        .then("charge.dispute.funds_reinstated", 900, of("won", &back));
    ends(&won, "refunded", "0 disputed");
    let lost = disputed.then("charge.dispute.closed", 900, of("lost", &away));
    ends(&lost, "charged_back", "1000 disputed");
}

#[test]
fn an_invoice_that_is_paid_after_the_subscription_ended_gives_no_access() {
    let month = |n: i64| vec![line("si_1", 1000, (T + n * MONTH, T + (n + 1) * MONTH), false)];
    let open = json!({ "status": "open", "amount_paid": 0 });
    let second = || cycle("in_2", "subscription_cycle", T + MONTH, month(1));
    let ended = T + MONTH + 1_000_000;
    let canceled = with(subscription("canceled", T + 2 * MONTH), json!({ "ended_at": ended }));
    let whole = Sequence::new()
        .then("customer.subscription.created", T, subscription("active", T + MONTH))
        .then("invoice.paid", T, cycle("in_1", "subscription_create", T, month(0)))
        .then(UPDATED, T + MONTH, subscription("active", T + 2 * MONTH))
        .was(json!({ "items": { "data": subscription("active", T + MONTH)["items"]["data"] } }))
        .then("invoice.payment_failed", T + MONTH + 3600, with(second(), open.clone()))
        .then(UPDATED, T + MONTH + 3600, subscription("past_due", T + 2 * MONTH))
        .was(json!({ "status": "active" }))
        .then(
            "invoice.marked_uncollectible",
            ended,
            with(second(), json!({ "status": "uncollectible", "amount_paid": 0 })),
        )
        .then("customer.subscription.deleted", ended, canceled)
        .then("invoice.paid", ended + 36_000, second())
        .then("invoice.payment_succeeded", ended + 36_000, second());
    whole.ends_in_with_any_notices(&[
        "invoice in_1 is paid",
        "invoice in_2 is paid",
        &format!("subscription sub_1 is canceled: no access, paid through {}", T + 2 * MONTH),
        "sent subscription.activated/sub_1",
        "sent subscription.canceled/sub_1",
        &format!("sent subscription.changed/sub_1/{}", T + MONTH + 3600),
        "sent subscription.invoice_settled/in_1",
        "sent subscription.invoice_settled/in_2",
        "sent subscription.payment_succeeded/in_2",
    ]);
}

/// Flexible billing, the default since 2025-08-27, plans the end by `cancel_at` alone:
/// <https://docs.stripe.com/billing/subscriptions/billing-mode/compare>.
#[test]
fn an_end_that_the_customer_plans_in_the_portal_is_in_the_messages_by_its_date() {
    let planned = json!({ "cancel_at": T + MONTH, "cancel_at_period_end": false });
    let canceling = with(subscription("active", T + MONTH), planned);
    let whole = Sequence::new()
        .then("customer.subscription.created", T, subscription("active", T + MONTH))
        .then(UPDATED, T + 100, canceling)
        .was(json!({ "cancel_at": null }));
    let data = whole.each_end(|memory| {
        let messages = memory.rows.subscriptions["sub_1"].messages(&"sub_1".to_owned(), &memory.rules);
        messages.into_iter().map(|message| message.data["cancel_at"].clone()).collect::<Vec<Value>>()
    });
    assert_eq!(data, [json!(T + MONTH)]);
    whole.ends_in(&[
        "subscription sub_1 is active: access, paid through never",
        "sent subscription.activated/sub_1",
        &format!("sent subscription.changed/sub_1/{}", T + 100),
    ]);
}
