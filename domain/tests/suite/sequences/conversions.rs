//! What the buyer pays in one currency and the company asked for in another: currencies with no decimals and with three,
//! discounts, disputes, and the event that comes first.
//! <https://docs.stripe.com/payments/currencies/localize-prices/adaptive-pricing>

use serde_json::{Value, json};

use super::Sequence;
use super::bodies::{charge, dispute, intent, refund, session, with};

const SUCCEEDED: &str = "payment_intent.succeeded";
const COMPLETED: &str = "checkout.session.completed";

/// A session before basil: its own amounts are the buyer's, `asked` (subtotal, total) the company's.
fn converted(total: i64, asked: (i64, i64), currency: &str) -> Value {
    let conversion = json!({
        "amount_subtotal": asked.0, "amount_total": asked.1, "fx_rate": "1.5", "source_currency": currency,
    });
    with(session("cs_1", Some("pi_1"), total, Some("o1")), json!({ "currency_conversion": conversion }))
}

#[test]
fn yen_that_were_asked_for_and_dollars_that_were_paid_of_which_half_is_refunded() {
    // 5000 JPY were asked for, 34.12 USD paid and 17.06 USD refunded.
    let half = with(charge("ch_1", Some("pi_1"), 3412, None), json!({ "amount_refunded": 1706 }));
    Sequence::new()
        .register("o1", None, 5000, "jpy")
        .then(SUCCEEDED, 100, intent("pi_1", "succeeded", 3412, None))
        .then(COMPLETED, 101, converted(3412, (5000, 5000), "jpy"))
        .then("charge.refunded", 200, half)
        .was(json!({ "amount_refunded": 0 }))
        .ends_in(&[
            "order o1 is partially_refunded: 5000 jpy paid, 2500 refunded, 0 disputed",
            "payment pi_1 for o1 is paid: 3412 captured, 1706 refunded, 0 lost, ledger 1706",
            "sent order.paid/o1",
            "sent order.payment_received/o1/pi_1",
        ]);
}

#[test]
fn dinars_of_three_decimals_that_were_asked_for_on_a_connected_account() {
    // 12.345 KWD were asked for, 40.20 USD paid, and all of it refunded.
    Sequence::new()
        .register("o1", None, 12_345, "kwd")
        .then(SUCCEEDED, 100, intent("pi_1", "succeeded", 4020, None))
        .of_account("acct_1")
        .then(COMPLETED, 101, converted(4020, (12_345, 12_345), "KWD"))
        .of_account("acct_1")
        .then("refund.created", 200, refund("re_1", "ch_1", Some("pi_1"), 4020, 200))
        .of_account("acct_1")
        .ends_in(&[
            "order o1 of acct_1 is refunded: 12345 kwd paid, 12345 refunded, 0 disputed",
            "payment pi_1 for o1 is paid: 4020 captured, 4020 refunded, 0 lost, ledger 0",
            "sent acct_1 order.paid/o1",
            "sent acct_1 order.payment_received/o1/pi_1",
            "sent acct_1 refund.created/re_1",
        ]);
}

#[test]
fn a_promotion_code_and_a_conversion_explain_the_amount_together() {
    // 100.00 EUR less 10 percent, paid in dollars.
    let session = with(converted(9900, (10_000, 9000), "eur"), json!({ "amount_subtotal": 11_000 }));
    Sequence::new()
        .register("o1", None, 10_000, "eur")
        .then(SUCCEEDED, 100, intent("pi_1", "succeeded", 9900, None))
        .then(COMPLETED, 101, session)
        .ends_in(&[
            "order o1 is paid: 9000 eur paid, 0 refunded, 0 disputed",
            "payment pi_1 for o1 is paid: 9900 captured, 0 refunded, 0 lost, ledger 9900",
            "sent order.paid/o1",
            "sent order.payment_received/o1/pi_1",
        ]);
}

#[test]
fn a_dispute_of_a_converted_payment_that_is_lost_takes_the_whole_order() {
    let lost = |status: &str| dispute("dp_1", "ch_1", 3412, status, &[("txn_1", -3412)]);
    let paid = with(intent("pi_1", "succeeded", 3412, None), json!({ "latest_charge": "ch_1" }));
    Sequence::new()
        .then(SUCCEEDED, 100, paid)
        .then(COMPLETED, 101, converted(3412, (5000, 5000), "jpy"))
        .then("charge.dispute.created", 200, lost("needs_response"))
        .then("charge.dispute.closed", 300, lost("lost"))
        .ends_in(&[
            "order o1 is charged_back: 5000 jpy paid, 0 refunded, 5000 disputed",
            "payment pi_1 for o1 is paid: 3412 captured, 0 refunded, 3412 lost, ledger 0",
            "sent dispute.closed/dp_1",
            "sent dispute.funds_withdrawn/dp_1",
            "sent dispute.opened/dp_1",
            "sent order.paid/o1",
            "sent order.payment_received/o1/pi_1",
        ]);
}

#[test]
fn parts_of_a_converted_payment_that_are_refunded_one_by_one_are_all_of_it_in_the_end() {
    // 1000 JPY for 7.01 USD: three refunds of which none is a whole number of yen.
    let step = |id: &str, amount: i64, at: i64| refund(id, "ch_1", Some("pi_1"), amount, at);
    Sequence::new()
        .register("o1", None, 1000, "jpy")
        .then(SUCCEEDED, 100, intent("pi_1", "succeeded", 701, None))
        .then(COMPLETED, 101, converted(701, (1000, 1000), "jpy"))
        .then("refund.created", 200, step("re_1", 233, 200))
        .then("refund.created", 300, step("re_2", 234, 300))
        .then("refund.created", 400, step("re_3", 234, 400))
        .ends_in(&[
            "order o1 is refunded: 1000 jpy paid, 1000 refunded, 0 disputed",
            "payment pi_1 for o1 is paid: 701 captured, 701 refunded, 0 lost, ledger 0",
            "sent order.paid/o1",
            "sent order.payment_received/o1/pi_1",
            "sent refund.created/re_1",
            "sent refund.created/re_2",
            "sent refund.created/re_3",
        ]);
}

#[test]
fn a_conversion_of_another_amount_than_the_price_is_held() {
    Sequence::new()
        .register("o1", None, 6000, "jpy")
        .then(SUCCEEDED, 100, intent("pi_1", "succeeded", 3412, None))
        .then(COMPLETED, 101, converted(3412, (5000, 5000), "jpy"))
        .ends_in_with_any_notices(&[
            "order o1 is pending: 0 jpy paid, 0 refunded, 0 disputed",
            "payment pi_1 for o1 is paid: 3412 captured, 0 refunded, 0 lost, ledger 3412, held: amount_mismatch",
            "sent order.payment_received/o1/pi_1",
        ]);
}

#[test]
fn a_converted_voucher_is_under_way_and_then_paid() {
    let unpaid = with(converted(3412, (5000, 5000), "jpy"), json!({ "payment_status": "unpaid" }));
    Sequence::new()
        .register("o1", None, 5000, "jpy")
        .then(COMPLETED, 100, unpaid)
        .then("payment_intent.processing", 100, intent("pi_1", "processing", 3412, None))
        .then(SUCCEEDED, 9000, intent("pi_1", "succeeded", 3412, None))
        .then("checkout.session.async_payment_succeeded", 9001, converted(3412, (5000, 5000), "jpy"))
        .ends_in_with_any_notices(&[
            "order o1 is paid: 5000 jpy paid, 0 refunded, 0 disputed",
            "payment pi_1 for o1 is paid: 3412 captured, 0 refunded, 0 lost, ledger 3412",
            "sent order.paid/o1",
            "sent order.payment_received/o1/pi_1",
        ]);
}
