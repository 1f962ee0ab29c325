//! Holds, captures of a part, several captures, releases.
//! <https://docs.stripe.com/payments/place-a-hold-on-a-payment-method>, <https://docs.stripe.com/payments/multicapture>

use serde_json::json;

use super::Sequence;
use super::bodies::{charge, intent, refund, with};

#[test]
fn a_capture_in_three_parts_is_paid_by_what_was_captured() {
    let part = |captured: i64, status: &str| {
        let changes = json!({ "amount_received": captured, "amount_capturable": 5000 - captured });
        with(intent("pi_1", status, 5000, Some("o1")), changes)
    };
    let held = with(
        charge("ch_1", Some("pi_1"), 5000, Some("o1")),
        json!({ "captured": false, "amount_captured": 0 }),
    );
    let taken = |captured: i64| with(held.clone(), json!({ "captured": true, "amount_captured": captured }));
    let whole = Sequence::new()
        .then("charge.succeeded", 100, held.clone())
        .then("payment_intent.amount_capturable_updated", 100, part(0, "requires_capture"))
        .then("payment_intent.amount_capturable_updated", 200, part(2000, "requires_capture"))
        .then("charge.captured", 200, taken(2000))
        .was(json!({ "captured": false, "amount_captured": 0 }))
        .then("payment_intent.amount_capturable_updated", 300, part(4000, "requires_capture"))
        .then("charge.updated", 300, taken(4000))
        .was(json!({ "amount_captured": 2000 }))
        .then("charge.updated", 400, taken(4500))
        .was(json!({ "amount_captured": 4000 }))
        .then("payment_intent.succeeded", 400, part(4500, "succeeded"));
    let end = [
        "order o1 is paid: 4500 usd paid, 0 refunded, 0 disputed",
        "payment pi_1 for o1 is paid: 4500 captured, 0 refunded, 0 lost, ledger 4500",
        "sent order.paid/o1",
        "sent order.payment_received/o1/pi_1",
    ];
    whole.ends_in(&end);
    whole.without_first(4).ends_in(&end);
}

#[test]
fn a_part_that_only_the_payment_intent_shows_is_captured() {
    // The endpoint has no charge events.
    let part = |captured: i64| {
        let changes = json!({ "amount_received": captured, "amount_capturable": 5000 - captured });
        with(intent("pi_1", "requires_capture", 5000, Some("o1")), changes)
    };
    Sequence::new()
        .register("o1", None, 5000, "usd")
        .then("payment_intent.amount_capturable_updated", 100, part(0))
        .then("payment_intent.amount_capturable_updated", 200, part(2000))
        .ends_in(&[
            "order o1 is processing: 2000 usd paid, 0 refunded, 0 disputed",
            "payment pi_1 for o1 is paid: 2000 captured, 0 refunded, 0 lost, ledger 2000",
            "sent order.payment_received/o1/pi_1",
        ]);
}

#[test]
fn the_released_rest_that_comes_as_a_refund_event_moves_nothing() {
    let held =
        with(charge("ch_1", Some("pi_1"), 5000, None), json!({ "captured": false, "amount_captured": 0 }));
    let taken = |refunded: i64| {
        let changes = json!({ "captured": true, "amount_captured": 3000, "amount_refunded": refunded });
        with(held.clone(), changes)
    };
    let succeeded = with(intent("pi_1", "succeeded", 5000, Some("o1")), json!({ "amount_received": 3000 }));
    let release = || refund("re_rest", "ch_1", Some("pi_1"), 2000, 200);
    let captured = Sequence::new()
        .then("charge.succeeded", 100, held.clone())
        .then("charge.captured", 200, taken(2000))
        .was(json!({ "captured": false, "amount_captured": 0, "amount_refunded": 0 }))
        .then("payment_intent.succeeded", 200, succeeded.clone())
        .then("refund.created", 200, release())
        .then("charge.refund.updated", 201, release());
    captured.ends_with(
        &[
            "order o1 is paid: 3000 usd paid, 0 refunded, 0 disputed",
            "payment pi_1 for o1 is paid: 3000 captured, 0 refunded, 0 lost, ledger 3000",
            "sent order.paid/o1",
            "sent order.payment_received/o1/pi_1",
        ],
        &[],
    );
    // Then as much is refunded as was released.
    captured
        .then("refund.created", 300, refund("re_real", "ch_1", Some("pi_1"), 2000, 300))
        .then("charge.refunded", 300, taken(4000))
        .was(json!({ "amount_refunded": 2000 }))
        .ends_in(&[
            "order o1 is partially_refunded: 3000 usd paid, 2000 refunded, 0 disputed",
            "payment pi_1 for o1 is paid: 3000 captured, 2000 refunded, 0 lost, ledger 1000",
            "sent order.paid/o1",
            "sent order.payment_received/o1/pi_1",
            "sent refund.created/re_real",
        ]);
}

#[test]
fn a_charge_without_amount_captured_shows_by_its_payment_intent_what_was_released() {
    // Bodies of before 2020-05 have no amount_captured: 375 of 20675 were released.
    let rest = json!({
        "id": "re_1", "object": "refund", "amount": 375, "charge": "ch_1", "created": 200, "currency": "usd",
        "payment_intent": "pi_1", "status": "succeeded",
    });
    let mut held = with(charge("ch_1", Some("pi_1"), 20675, Some("o1")), json!({ "captured": false }));
    held.as_object_mut().unwrap().remove("amount_captured");
    let taken = with(
        held.clone(),
        json!({ "captured": true, "amount_refunded": 375, "refunds": { "object": "list", "data": [rest] } }),
    );
    let succeeded = with(intent("pi_1", "succeeded", 20675, Some("o1")), json!({ "amount_received": 20300 }));
    Sequence::new()
        .then("charge.succeeded", 100, held)
        .then(
            "payment_intent.amount_capturable_updated",
            100,
            intent("pi_1", "requires_capture", 20675, Some("o1")),
        )
        .then("charge.captured", 200, taken)
        .was(json!({ "captured": false, "amount_refunded": 0, "refunds": { "data": [] } }))
        .then("payment_intent.succeeded", 200, succeeded)
        .ends_with(
            &[
                "order o1 is paid: 20300 usd paid, 0 refunded, 0 disputed",
                "payment pi_1 for o1 is paid: 20300 captured, 0 refunded, 0 lost, ledger 20300",
                "sent order.paid/o1",
                "sent order.payment_received/o1/pi_1",
            ],
            &["order.processing/o1/pi_1"],
        );
}

#[test]
fn a_charge_without_a_payment_intent_is_captured_in_part_and_refunded_in_part() {
    let held =
        with(charge("ch_1", None, 5000, Some("o1")), json!({ "captured": false, "amount_captured": 0 }));
    let list = |refunds: &[(&str, i64, i64)]| {
        let all: Vec<_> =
            refunds.iter().map(|(id, amount, at)| refund(id, "ch_1", None, *amount, *at)).collect();
        json!({ "object": "list", "data": all })
    };
    let taken = |refunded: i64, refunds: &[(&str, i64, i64)]| {
        let changes = json!({
            "captured": true, "amount_captured": 3000, "amount_refunded": refunded, "refunds": list(refunds),
        });
        with(held.clone(), changes)
    };
    let whole = Sequence::new()
        .then("charge.succeeded", 100, held.clone())
        .then("charge.captured", 200, taken(2000, &[("re_rest", 2000, 200)]))
        .was(json!({ "captured": false, "amount_captured": 0, "amount_refunded": 0, "refunds": list(&[]) }))
        .then("charge.refunded", 300, taken(3000, &[("re_1", 1000, 300), ("re_rest", 2000, 200)]))
        .was(json!({ "amount_refunded": 2000, "refunds": list(&[("re_rest", 2000, 200)]) }));
    let end = [
        "order o1 is partially_refunded: 3000 usd paid, 1000 refunded, 0 disputed",
        "payment ch_1 for o1 is paid: 3000 captured, 1000 refunded, 0 lost, ledger 2000",
        "sent order.paid/o1",
        "sent order.payment_received/o1/ch_1",
        "sent refund.created/re_1",
    ];
    whole.ends_in(&end);
    whole.without_first(1).ends_in(&end);
}

#[test]
fn a_hold_that_is_canceled_was_never_paid_nor_refunded() {
    let held =
        with(charge("ch_1", Some("pi_1"), 5000, None), json!({ "captured": false, "amount_captured": 0 }));
    let released = with(held.clone(), json!({ "amount_refunded": 5000, "refunded": true }));
    Sequence::new()
        .then("charge.succeeded", 100, held)
        .then(
            "payment_intent.amount_capturable_updated",
            100,
            intent("pi_1", "requires_capture", 5000, Some("o1")),
        )
        .then("charge.refunded", 200, released)
        .was(json!({ "amount_refunded": 0, "refunded": false }))
        .then("refund.created", 200, refund("re_1", "ch_1", Some("pi_1"), 5000, 200))
        .then("payment_intent.canceled", 200, intent("pi_1", "canceled", 5000, Some("o1")))
        .ends_with(
            &[
                "order o1 is canceled: 0 usd paid, 0 refunded, 0 disputed",
                "payment pi_1 for o1 is canceled: 0 captured, 0 refunded, 0 lost, ledger 0",
            ],
            &["order.canceled/o1/pi_1", "order.processing/o1/pi_1"],
        );
}

#[test]
fn more_than_was_authorized_is_captured() {
    // Over-capture, such as a tip: <https://docs.stripe.com/payments/overcapture>.
    let over = json!({ "amount_captured": 5500, "captured": true, "amount": 5000 });
    let held =
        with(charge("ch_1", Some("pi_1"), 5000, None), json!({ "captured": false, "amount_captured": 0 }));
    let succeeded = with(intent("pi_1", "succeeded", 5000, Some("o1")), json!({ "amount_received": 5500 }));
    let taken = with(held.clone(), over);
    Sequence::new()
        .then("charge.succeeded", 100, held)
        .then("charge.captured", 200, taken.clone())
        .then("payment_intent.succeeded", 200, succeeded)
        .then("refund.created", 300, refund("re_1", "ch_1", Some("pi_1"), 5500, 300))
        .then("charge.refunded", 300, with(taken, json!({ "amount_refunded": 5500, "refunded": true })))
        .was(json!({ "amount_refunded": 0, "refunded": false }))
        .ends_in(&[
            "order o1 is refunded: 5500 usd paid, 5500 refunded, 0 disputed",
            "payment pi_1 for o1 is paid: 5500 captured, 5500 refunded, 0 lost, ledger 0",
            "sent order.paid/o1",
            "sent order.payment_received/o1/pi_1",
            "sent refund.created/re_1",
        ]);
}

#[test]
fn a_hold_whose_metadata_changes_before_the_capture_announces_nothing_for_the_older_order() {
    let held = with(
        charge("ch_1", Some("pi_1"), 5000, Some("old")),
        json!({ "captured": false, "amount_captured": 0 }),
    );
    let taken = with(held.clone(), json!({ "captured": true, "amount_captured": 5000 }));
    let capturable =
        with(intent("pi_1", "requires_capture", 5000, Some("old")), json!({ "latest_charge": "ch_1" }));
    Sequence::new()
        .then("charge.succeeded", 100, held)
        .then("payment_intent.amount_capturable_updated", 100, capturable)
        .then("charge.captured", 200, taken)
        .then("payment_intent.succeeded", 200, intent("pi_1", "succeeded", 5000, Some("new")))
        .ends_in(&[
            "order new is paid: 5000 usd paid, 0 refunded, 0 disputed",
            "payment pi_1 for new is paid: 5000 captured, 0 refunded, 0 lost, ledger 5000",
            "sent order.paid/new",
            "sent order.payment_received/new/pi_1",
        ]);
}

#[test]
fn a_debit_whose_metadata_changes_while_it_is_under_way_announces_nothing_for_the_older_order() {
    let pending = with(
        charge("ch_1", Some("pi_1"), 5000, Some("old")),
        json!({ "status": "pending", "paid": false, "amount_captured": 0 }),
    );
    Sequence::new()
        .then("payment_intent.processing", 100, intent("pi_1", "processing", 5000, Some("old")))
        .then("charge.pending", 100, pending)
        .then("charge.succeeded", 500_000, charge("ch_1", Some("pi_1"), 5000, Some("old")))
        .then("payment_intent.succeeded", 500_000, intent("pi_1", "succeeded", 5000, Some("new")))
        .ends_in(&[
            "order new is paid: 5000 usd paid, 0 refunded, 0 disputed",
            "payment pi_1 for new is paid: 5000 captured, 0 refunded, 0 lost, ledger 5000",
            "sent order.paid/new",
            "sent order.payment_received/new/pi_1",
        ]);
}
