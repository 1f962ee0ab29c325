//! Each movement of money by itself: its key, what moved it, minor units, and when, by Stripe's time.

use serde_json::json;

use super::Sequence;
use super::bodies::{charge, dispute, intent, refund, session, with};
use super::refunds::{of, paid, sum};

type Row = (&'static str, &'static str, i64, i64);

fn moves(sequence: &Sequence, payment: &str, expected: &[Row]) {
    let rows = sequence.each_end(|memory| {
        let movements = memory.whole_payment(payment).movements(payment);
        let row = |movement: domain::payment::Movement| {
            assert_eq!(movement.key.split('/').next(), Some(movement.kind.as_str()));
            assert_eq!(movement.currency, "usd");
            (movement.key, movement.object, movement.amount, movement.at)
        };
        movements.into_iter().map(row).collect::<Vec<_>>()
    });
    let expected: Vec<_> = expected
        .iter()
        .map(|(key, object, amount, at)| ((*key).to_owned(), (*object).to_owned(), *amount, *at))
        .collect();
    assert_eq!(rows, expected);
}

#[test]
fn a_refund_that_fails_and_a_dispute_that_is_won_are_four_movements() {
    let of_dispute = |status: &str, moved: &[(&str, i64)]| {
        with(dispute("dp_1", "ch_1", 5000, status, moved), json!({ "payment_intent": "pi_1" }))
    };
    let whole = Sequence::new()
        .then("charge.succeeded", 101, charge("ch_1", Some("pi_1"), 5000, Some("o1")))
        .then("payment_intent.succeeded", 102, intent("pi_1", "succeeded", 5000, Some("o1")))
        .then("refund.created", 201, of("re_1", 1000, 200, "pending"))
        .then("refund.failed", 400, of("re_1", 1000, 200, "failed"))
        .then("charge.dispute.created", 500, of_dispute("needs_response", &[("txn_1", -5000)]))
        .then("charge.dispute.closed", 600, of_dispute("won", &[("txn_1", -5000), ("txn_2", 5000)]));
    moves(
        &whole,
        "pi_1",
        &[
            ("payment/pi_1", "pi_1", 5000, 102),
            ("refund/re_1", "re_1", -1000, 200),
            ("refund_undone/re_1", "re_1", 1000, 400),
            ("dispute_withdrawn/txn_1", "dp_1", -5000, 500),
            ("dispute_reinstated/txn_2", "dp_1", 5000, 600),
        ],
    );
}

#[test]
fn a_payment_is_dated_by_what_is_known_of_it() {
    let charged = Sequence::new()
        .then("payment_intent.created", 90, intent("pi_1", "requires_payment_method", 5000, Some("o1")))
        .then("charge.succeeded", 101, charge("ch_1", Some("pi_1"), 5000, Some("o1")));
    moves(&charged, "pi_1", &[("payment/pi_1", "pi_1", 5000, 100)]);
    let bought = Sequence::new().then(
        "checkout.session.completed",
        103,
        session("cs_1", Some("pi_1"), 5000, Some("o1")),
    );
    moves(&bought, "pi_1", &[("payment/pi_1", "pi_1", 5000, 103)]);
}

#[test]
fn what_was_not_captured_moves_nothing() {
    let open = Sequence::new().then(
        "payment_intent.processing",
        100,
        intent("pi_1", "processing", 5000, Some("o1")),
    );
    moves(&open, "pi_1", &[]);
}

#[test]
fn sums_on_the_charge_are_one_movement_for_each_step() {
    let steps = paid()
        .then("charge.refunded", 200, sum(1000))
        .was(json!({ "amount_refunded": 0 }))
        .then("charge.refunded", 300, sum(2500))
        .was(json!({ "amount_refunded": 1000 }));
    moves(
        &steps,
        "pi_1",
        &[
            ("payment/pi_1", "pi_1", 5000, 100),
            ("refund/ch_1/1000", "ch_1", -1000, 200),
            ("refund/ch_1/2500", "ch_1", -1500, 300),
        ],
    );
}

#[test]
fn what_the_known_refunds_leave_open_is_one_movement() {
    // The endpoint knows one refund object; the sum shows that there were others.
    let rest = paid()
        .then("refund.created", 300, of("re_2", 700, 300, "succeeded"))
        .then("charge.refunded", 300, sum(3200))
        .was(json!({ "amount_refunded": 2500 }));
    moves(
        &rest,
        "pi_1",
        &[
            ("payment/pi_1", "pi_1", 5000, 100),
            ("refund/re_2", "re_2", -700, 300),
            ("refund/ch_1/unlisted", "ch_1", -2500, 300),
        ],
    );
}

#[test]
fn a_refund_of_another_charge_leaves_the_steps_of_a_charge_alone() {
    // A second charge of the payment was refunded, and so was the first, of which only the sum is known.
    let other = with(refund("re_9", "ch_9", Some("pi_1"), 700, 200), json!({}));
    let whole = paid()
        .then("refund.created", 200, other)
        .then("charge.refunded", 300, sum(1000))
        .was(json!({ "amount_refunded": 0 }));
    moves(
        &whole,
        "pi_1",
        &[
            ("payment/pi_1", "pi_1", 5000, 100),
            ("refund/re_9", "re_9", -700, 200),
            ("refund/ch_1/1000", "ch_1", -1000, 300),
        ],
    );
}
