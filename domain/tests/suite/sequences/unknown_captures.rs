//! Refunds of payments of which no event says what was captured, or that were canceled.

use serde_json::json;

use super::Sequence;
use super::bodies::{charge, intent, refund, with};
use super::refunds::{of, paid, sum};

#[test]
fn a_sum_that_the_charge_never_showed_is_not_sent() {
    // 1000 and then 1500 are refunded; the second refund is known first.
    let second = paid().then("refund.created", 300, of("re_2", 1500, 300, "succeeded"));
    assert_eq!(second.notices(), [""; 0]);
    let shown = second.then("charge.refunded", 300, sum(2500)).was(json!({ "amount_refunded": 1000 }));
    assert_eq!(shown.notices(), ["order.partially_refunded/o1/2500"]);
}

#[test]
fn a_canceled_payment_of_which_the_charge_is_not_known_was_released_and_not_refunded() {
    Sequence::new()
        .then("payment_intent.canceled", 200, intent("pi_1", "canceled", 5000, Some("o1")))
        .then("refund.created", 200, refund("re_1", "ch_1", Some("pi_1"), 5000, 200))
        .ends_with(
            &[
                "order o1 is canceled: 0 usd paid, 0 refunded, 0 disputed",
                "payment pi_1 for o1 is canceled: 0 captured, 0 refunded, 0 lost, ledger 0",
            ],
            &["order.canceled/o1/pi_1"],
        );
}

#[test]
fn a_payment_that_was_canceled_after_a_part_of_it_was_captured_is_refunded_by_that_part() {
    // The rest of a multi-capture is canceled: <https://docs.stripe.com/payments/multicapture>.
    let taken = |refunded: i64| {
        let changes = json!({ "amount_captured": 2000, "amount_refunded": refunded });
        with(charge("ch_1", Some("pi_1"), 5000, Some("o1")), changes)
    };
    let canceled = with(intent("pi_1", "canceled", 5000, Some("o1")), json!({ "amount_received": 2000 }));
    Sequence::new()
        .then("charge.captured", 100, taken(0))
        .then("payment_intent.canceled", 200, canceled)
        .then("refund.created", 300, refund("re_1", "ch_1", Some("pi_1"), 500, 300))
        .then("charge.refunded", 300, taken(500))
        .was(json!({ "amount_refunded": 0 }))
        .rows_end_in(&[
            "order o1 is partially_refunded: 2000 usd paid, 500 refunded, 0 disputed",
            "payment pi_1 for o1 is paid: 2000 captured, 500 refunded, 0 lost, ledger 1500",
        ]);
}

#[test]
fn a_refund_whose_payment_was_never_received_left_the_company() {
    Sequence::new()
        .then("refund.created", 300, of("re_1", 700, 300, "succeeded"))
        .ends_in(&["payment pi_1 is pending: 0 captured, 700 refunded, 0 lost, ledger -700"]);
}
