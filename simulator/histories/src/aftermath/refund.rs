//! Refunds: the refund itself, and what it does to its charge.

use serde_json::{Value, json};

use crate::company::Company;
use crate::expected_state::ExpectedRefund;
use crate::object::Object;
use crate::objects;

/// A refund on its way.
#[derive(Debug)]
pub(crate) struct Given {
    refund: Object,
    /// Its index among the expected state's refunds.
    at: usize,
}

/// Gives an amount back. `charge.refunded` comes whatever the refund's status is.
pub(crate) fn give(company: &mut Company, charge: &mut Object, amount: i64, status: &'static str) -> Given {
    company.asked();
    let refund = objects::refund(company, charge, amount, status);
    let seen = company.version.refund_events();
    if seen {
        company.tick();
        company.emit("refund.created", &refund);
    }
    let refunded = charge.int("amount_refunded") + amount;
    let receipt = format!("https://pay.stripe.com/receipts/payment/{}/{refunded}", charge.id());
    let changes = vec![
        ("amount_refunded", refunded.into()),
        ("refunded", (refunded == charge.int("amount")).into()),
        ("receipt_url", receipt.into()),
    ];
    company.step(Some("charge.refunded"), &[], charge, changes);
    company.expected_state.refunds.push(ExpectedRefund {
        id: refund.id().to_owned(),
        payment: match refund.text("payment_intent") {
            // A charge without a payment intent stands for its payment.
            "" => refund.text("charge").to_owned(),
            intent => intent.to_owned(),
        },
        charge: refund.text("charge").to_owned(),
        amount,
        currency: company.currency.code,
        status,
        seen,
        failed: false,
    });
    Given { refund, at: company.expected_state.refunds.len() - 1 }
}

/// The refund gets another status.
pub(crate) fn becomes(company: &mut Company, given: &mut Given, status: &'static str) {
    update(company, given, &[], vec![("status", status.into())]);
    company.expected_state.refunds[given.at].status = status;
}

/// The bank's reference for the refund arrives; nothing else changes.
pub(crate) fn refer(company: &mut Company, given: &mut Given) {
    if company.version.since("2023-10-16") {
        company.by_itself();
        let changes = vec![
            ("destination_details.card.reference", Value::from("4242424242424242")),
            ("destination_details.card.reference_status", Value::from("available")),
        ];
        update(company, given, &[], changes);
    }
}

/// The refund fails or is canceled: the company has the money again.
pub(crate) fn undone(company: &mut Company, charge: &mut Object, given: &mut Given, status: &'static str) {
    let failed = status == "failed";
    let mut changes = vec![("status", Value::from(status))];
    if failed {
        changes.push(("failure_reason", json!("expired_or_canceled_card")));
        changes.push(("failure_balance_transaction", company.ids.next("txn_3").into()));
    }
    let also: &[_] = if failed && company.version.refund_events() { &["refund.failed"] } else { &[] };
    update(company, given, also, changes);
    let expected_state = &mut company.expected_state.refunds[given.at];
    (expected_state.status, expected_state.failed) = (status, failed);
    // Whether the charge takes the failed refund back off is not documented; both occur.
    if company.rng.chance(50) {
        let refunded = charge.int("amount_refunded") - given.refund.int("amount");
        let changes = vec![("amount_refunded", refunded.into()), ("refunded", false.into())];
        company.step(Some("charge.updated"), &[], charge, changes);
    }
}

/// The events that report a changed refund in this API version; sometimes both do.
fn update(company: &mut Company, given: &mut Given, also: &[&'static str], changes: Vec<(&str, Value)>) {
    let both = company.rng.chance(30);
    let (update, old) = if company.version.refund_events() {
        ("refund.updated", both.then_some("charge.refund.updated"))
    } else {
        ("charge.refund.updated", None)
    };
    let mut before = given.refund.clone();
    company.step(Some(update), also, &mut given.refund, changes.clone());
    if let Some(old) = old {
        company.update(old, &mut before, changes);
    }
    company.expected_state.refunds[given.at].seen = true;
}
