//! Refund objects beside what the charge shows as refunded: which of them its sum contains.

use serde_json::json;

use super::bodies::with;
use super::refunds::{ends, of, paid, sum};

#[test]
fn a_refund_that_came_after_the_newest_version_of_its_charge_is_not_in_its_sum() {
    // The first refund is of an API version that shows only sums; the endpoint has no charge.refunded any more.
    let whole = paid().then("charge.refunded", 200, sum(1000)).was(json!({ "amount_refunded": 0 })).then(
        "refund.created",
        300,
        of("re_2", 500, 300, "succeeded"),
    );
    ends(
        &whole,
        "order o1 is partially_refunded: 5000 usd paid, 1500 refunded, 0 disputed",
        "payment pi_1 for o1 is paid: 5000 captured, 1500 refunded, 0 lost, ledger 3500",
        &["sent refund.created/re_2"],
    );
}

#[test]
fn a_refund_that_fails_in_the_second_in_which_the_charge_changes_otherwise() {
    let noted = |receipt: &str| with(sum(2500), json!({ "receipt_number": receipt }));
    let whole = paid()
        .then("charge.refunded", 200, sum(1000))
        .was(json!({ "amount_refunded": 0 }))
        .then("charge.refunded", 300, sum(2500))
        .was(json!({ "amount_refunded": 1000 }))
        .then("charge.refund.updated", 400, of("re_2", 1500, 300, "failed"))
        .was(json!({ "status": "succeeded" }))
        .then("charge.updated", 400, noted("1234-5678"))
        .was(json!({ "receipt_number": null }));
    ends(
        &whole,
        "order o1 is partially_refunded: 5000 usd paid, 1000 refunded, 0 disputed",
        "payment pi_1 for o1 is paid: 5000 captured, 1000 refunded, 0 lost, ledger 4000",
        &["sent refund.created/re_2", "sent refund.failed/re_2"],
    );
}

#[test]
fn a_failed_refund_stays_in_the_sum_beside_others_that_stand() {
    let whole = paid()
        .then("refund.created", 200, of("re_1", 1000, 200, "succeeded"))
        .then("charge.refunded", 200, sum(1000))
        .was(json!({ "amount_refunded": 0 }))
        .then("refund.created", 300, of("re_2", 1500, 300, "succeeded"))
        .then("charge.refunded", 300, sum(2500))
        .was(json!({ "amount_refunded": 1000 }))
        .then("refund.failed", 400, of("re_2", 1500, 300, "failed"))
        .then("refund.created", 500, of("re_3", 500, 500, "succeeded"))
        .then("charge.refunded", 500, sum(3000))
        .was(json!({ "amount_refunded": 2500 }));
    ends(
        &whole,
        "order o1 is partially_refunded: 5000 usd paid, 1500 refunded, 0 disputed",
        "payment pi_1 for o1 is paid: 5000 captured, 1500 refunded, 0 lost, ledger 3500",
        &[
            "sent refund.created/re_1",
            "sent refund.created/re_2",
            "sent refund.created/re_3",
            "sent refund.failed/re_2",
        ],
    );
}

#[test]
fn a_failed_refund_is_taken_off_in_the_step_that_is_not_received() {
    // 2500 fell to 1000 unseen, then 500 were refunded.
    let whole = paid()
        .then("charge.refunded", 300, sum(2500))
        .was(json!({ "amount_refunded": 1000 }))
        .then("charge.refund.updated", 400, of("re_2", 1500, 300, "failed"))
        .was(json!({ "status": "succeeded" }))
        .then("charge.refunded", 500, sum(1500))
        .was(json!({ "amount_refunded": 1000 }));
    ends(
        &whole,
        "order o1 is partially_refunded: 5000 usd paid, 1500 refunded, 0 disputed",
        "payment pi_1 for o1 is paid: 5000 captured, 1500 refunded, 0 lost, ledger 3500",
        &["sent refund.created/re_2", "sent refund.failed/re_2"],
    );
}

#[test]
fn refunds_before_and_after_the_newest_version_of_their_charge_are_added_up() {
    let whole = paid()
        .then("refund.created", 200, of("re_1", 1000, 200, "succeeded"))
        .then("charge.refunded", 200, sum(1000))
        .was(json!({ "amount_refunded": 0 }))
        .then("refund.created", 300, of("re_2", 500, 300, "succeeded"))
        .then("refund.created", 400, of("re_3", 700, 400, "succeeded"));
    ends(
        &whole,
        "order o1 is partially_refunded: 5000 usd paid, 2200 refunded, 0 disputed",
        "payment pi_1 for o1 is paid: 5000 captured, 2200 refunded, 0 lost, ledger 2800",
        &["sent refund.created/re_1", "sent refund.created/re_2", "sent refund.created/re_3"],
    );
}

#[test]
fn refunds_that_failed_before_and_after_the_newest_version_of_their_charge() {
    // The charge shows both at 300 and takes neither off.
    let whole = paid()
        .then("refund.created", 200, of("re_1", 1000, 200, "succeeded"))
        .then("charge.refunded", 200, sum(1000))
        .was(json!({ "amount_refunded": 0 }))
        .then("refund.failed", 250, of("re_1", 1000, 200, "failed"))
        .then("refund.created", 300, of("re_2", 1500, 300, "succeeded"))
        .then("charge.refunded", 300, sum(2500))
        .was(json!({ "amount_refunded": 1000 }))
        .then("refund.failed", 400, of("re_2", 1500, 300, "failed"))
        .then("refund.created", 500, of("re_3", 500, 500, "succeeded"))
        .then("refund.created", 600, of("re_4", 300, 600, "succeeded"));
    let messages: Vec<String> =
        ["created/re_1", "created/re_2", "created/re_3", "created/re_4", "failed/re_1", "failed/re_2"]
            .map(|key| format!("sent refund.{key}"))
            .to_vec();
    ends(
        &whole,
        "order o1 is partially_refunded: 5000 usd paid, 800 refunded, 0 disputed",
        "payment pi_1 for o1 is paid: 5000 captured, 800 refunded, 0 lost, ledger 4200",
        &messages.iter().map(String::as_str).collect::<Vec<_>>(),
    );
}

#[test]
fn a_refund_that_fails_in_the_second_of_another_refund_stays_in_the_sum() {
    let whole = paid()
        .then("charge.refunded", 300, sum(2500))
        .was(json!({ "amount_refunded": 1000 }))
        .then("charge.refund.updated", 400, of("re_2", 1500, 300, "failed"))
        .was(json!({ "status": "succeeded" }))
        .then("charge.refunded", 400, sum(3000))
        .was(json!({ "amount_refunded": 2500 }));
    ends(
        &whole,
        "order o1 is partially_refunded: 5000 usd paid, 1500 refunded, 0 disputed",
        "payment pi_1 for o1 is paid: 5000 captured, 1500 refunded, 0 lost, ledger 3500",
        &["sent refund.created/re_2", "sent refund.failed/re_2"],
    );
}

#[test]
fn the_charge_takes_a_failed_refund_off_a_while_later() {
    let whole = paid()
        .then("charge.refunded", 200, sum(1000))
        .was(json!({ "amount_refunded": 0 }))
        .then("charge.refunded", 300, sum(2500))
        .was(json!({ "amount_refunded": 1000 }))
        .then("charge.refund.updated", 400, of("re_2", 1500, 300, "failed"))
        .was(json!({ "status": "succeeded" }))
        .then("charge.updated", 450, sum(1000))
        .was(json!({ "amount_refunded": 2500 }));
    ends(
        &whole,
        "order o1 is partially_refunded: 5000 usd paid, 1000 refunded, 0 disputed",
        "payment pi_1 for o1 is paid: 5000 captured, 1000 refunded, 0 lost, ledger 4000",
        &["sent refund.created/re_2", "sent refund.failed/re_2"],
    );
}

#[test]
fn a_refund_fails_after_the_charge_has_taken_off_another_that_was_not_received() {
    let whole = paid()
        .then("refund.created", 210, of("re_2", 1500, 210, "succeeded"))
        .then("charge.refunded", 210, sum(2500))
        .was(json!({ "amount_refunded": 1000 }))
        .then("charge.updated", 300, sum(1500))
        .was(json!({ "amount_refunded": 2500 }))
        .then("refund.failed", 400, of("re_2", 1500, 210, "failed"))
        .then("refund.created", 500, of("re_3", 500, 500, "succeeded"))
        .then("refund.created", 600, of("re_4", 300, 600, "succeeded"));
    ends(
        &whole,
        "order o1 is partially_refunded: 5000 usd paid, 800 refunded, 0 disputed",
        "payment pi_1 for o1 is paid: 5000 captured, 800 refunded, 0 lost, ledger 4200",
        &[
            "sent refund.created/re_2",
            "sent refund.created/re_3",
            "sent refund.created/re_4",
            "sent refund.failed/re_2",
        ],
    );
}
