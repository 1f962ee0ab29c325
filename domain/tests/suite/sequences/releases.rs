//! Which refunds only release the rest of a hold, where the capture itself was not received.
//! <https://docs.stripe.com/payments/place-a-hold-on-a-payment-method>

use serde_json::{Value, json};

use super::Sequence;
use super::bodies::{charge, refund, with};

/// 3000 of 5000 are captured; the charge shows this sum as refunded, and these refunds (id, minor units, time).
fn taken(refunded: i64, refunds: &[(&str, i64, i64)]) -> Value {
    let all: Vec<_> = refunds.iter().map(|(id, amount, at)| refund(id, "ch_1", None, *amount, *at)).collect();
    let changes = json!({
        "captured": true, "amount_captured": 3000, "amount_refunded": refunded,
        "refunds": { "object": "list", "data": all },
    });
    with(charge("ch_1", None, 5000, Some("o1")), changes)
}

const PAID: [&str; 2] = ["sent order.paid/o1", "sent order.payment_received/o1/ch_1"];

#[test]
fn of_two_refunds_inside_a_charge_the_one_of_the_rest_is_the_release() {
    for (id, amount, refunds) in [
        ("re_1", 1000, [("re_1", 1000, 300), ("re_rest", 2000, 200)]),
        // As much is refunded as was released: the earlier one is the release.
        ("re_1", 2000, [("re_1", 2000, 300), ("re_rest", 2000, 200)]),
    ] {
        Sequence::new()
            .then("charge.refunded", 300, taken(2000 + amount, &refunds))
            .was(json!({ "amount_refunded": 2000 }))
            .rows_end_in(&[
                &format!("order o1 is partially_refunded: 3000 usd paid, {amount} refunded, 0 disputed"),
                &format!(
                    "payment ch_1 for o1 is paid: 3000 captured, {amount} refunded, 0 lost, ledger {}",
                    3000 - amount
                ),
            ]);
        let messages = Sequence::new()
            .then("charge.succeeded", 100, charge("ch_1", None, 5000, Some("o1")))
            .then("charge.refunded", 300, taken(2000 + amount, &refunds))
            .was(json!({ "amount_refunded": 2000 }))
            .each_end(|memory| {
                memory.lasting.iter().filter(|key| key.contains("refund")).cloned().collect::<Vec<_>>()
            });
        assert!(messages.is_empty() || messages == [format!("refund.created/{id}")], "{messages:?}");
    }
}

#[test]
fn a_charge_that_does_not_count_the_rest_is_refunded_by_as_much_as_the_rest() {
    let real = refund("re_1", "ch_1", None, 2000, 300);
    Sequence::new()
        .then(
            "charge.succeeded",
            100,
            with(charge("ch_1", None, 5000, Some("o1")), json!({ "captured": false })),
        )
        .then("charge.updated", 200, taken(0, &[]))
        .was(json!({ "captured": false, "amount_captured": 0 }))
        .then("refund.created", 300, real)
        .then("charge.refunded", 300, taken(2000, &[]))
        .was(json!({ "amount_refunded": 0 }))
        .rows_end_in(&[
            "order o1 is partially_refunded: 3000 usd paid, 2000 refunded, 0 disputed",
            "payment ch_1 for o1 is paid: 3000 captured, 2000 refunded, 0 lost, ledger 1000",
        ]);
}

#[test]
fn of_two_refunds_of_the_rest_at_the_capture_one_is_the_release() {
    // Staff refund at once as much as was released.
    let (rest, real) = (("re_a", 2000, 200), ("re_b", 2000, 203));
    let mut end = vec![
        "order o1 is partially_refunded: 3000 usd paid, 2000 refunded, 0 disputed",
        "payment ch_1 for o1 is paid: 3000 captured, 2000 refunded, 0 lost, ledger 1000",
    ];
    end.extend(PAID);
    end.push("sent refund.created/re_b");
    Sequence::new()
        .then(
            "charge.succeeded",
            100,
            with(charge("ch_1", None, 5000, Some("o1")), json!({ "captured": false })),
        )
        .then("charge.captured", 200, taken(2000, &[rest]))
        .was(json!({ "captured": false, "amount_captured": 0, "amount_refunded": 0 }))
        .then("charge.refunded", 203, taken(4000, &[real, rest]))
        .was(json!({ "amount_refunded": 2000 }))
        .ends_in(&end);
}

/// The same hold with a payment intent, since 2022-11-15: the rest is not listed.
fn captured_in_part() -> Sequence {
    let held = with(
        charge("ch_1", Some("pi_1"), 5000, Some("o1")),
        json!({ "captured": false, "amount_captured": 0 }),
    );
    let taken = with(held.clone(), json!({ "captured": true, "amount_captured": 3000 }));
    let succeeded = with(
        super::bodies::intent("pi_1", "succeeded", 5000, Some("o1")),
        json!({ "amount_received": 3000 }),
    );
    Sequence::new()
        .then("charge.succeeded", 100, held)
        .then("charge.captured", 200, taken)
        .was(json!({ "captured": false, "amount_captured": 0 }))
        .then("payment_intent.succeeded", 200, succeeded)
}

#[test]
fn a_refund_of_as_much_as_the_rest_is_real_where_the_release_is_not_listed() {
    captured_in_part().then("refund.created", 300, refund("re_1", "ch_1", Some("pi_1"), 2000, 300)).ends_in(
        &[
            "order o1 is partially_refunded: 3000 usd paid, 2000 refunded, 0 disputed",
            "payment pi_1 for o1 is paid: 3000 captured, 2000 refunded, 0 lost, ledger 1000",
            "sent order.paid/o1",
            "sent order.payment_received/o1/pi_1",
            "sent refund.created/re_1",
        ],
    );
}

#[test]
fn a_refund_of_another_amount_seconds_after_the_capture_is_real() {
    captured_in_part().then("refund.created", 203, refund("re_1", "ch_1", Some("pi_1"), 1000, 203)).ends_in(
        &[
            "order o1 is partially_refunded: 3000 usd paid, 1000 refunded, 0 disputed",
            "payment pi_1 for o1 is paid: 3000 captured, 1000 refunded, 0 lost, ledger 2000",
            "sent order.paid/o1",
            "sent order.payment_received/o1/pi_1",
            "sent refund.created/re_1",
        ],
    );
}
