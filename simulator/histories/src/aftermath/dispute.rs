//! Disputes and inquiries.

use serde_json::{Value, json};

use crate::company::Company;
use crate::expected_state::ExpectedDispute;
use crate::object::Object;
use crate::objects;

const DAY: i64 = 86_400;

/// A dispute on its way.
#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) dispute: Object,
    /// Its index among the expected state's disputes.
    pub(crate) at: usize,
}

/// The bank opens a dispute and withdraws the money, or opens an inquiry and withdraws nothing.
pub(crate) fn open(company: &mut Company, charge: &Object, amount: i64, inquiry: bool) -> Case {
    company.by_itself();
    let mut dispute = objects::dispute(company, charge, amount, inquiry);
    if !inquiry {
        let withdrawn = objects::movement(company, &dispute, false);
        dispute.set("balance_transactions", vec![withdrawn]);
    }
    company.tick();
    company.emit("charge.dispute.created", &dispute);
    if !inquiry {
        company.tick();
        company.emit("charge.dispute.funds_withdrawn", &dispute);
    }
    company.expected_state.disputes.push(ExpectedDispute {
        id: dispute.id().to_owned(),
        payment: dispute.text("payment_intent").to_owned(),
        charge: dispute.text("charge").to_owned(),
        amount,
        currency: company.currency.code,
        status: if inquiry { "warning_needs_response" } else { "needs_response" },
        was_inquiry: inquiry,
        was_dispute: !inquiry,
        closed: false,
        withdrawn: !inquiry,
        reinstated: false,
        withdrawn_again: None,
        appeal: None,
        due_by: dispute.value()["evidence_details"]["due_by"].as_i64(),
    });
    Case { dispute, at: company.expected_state.disputes.len() - 1 }
}

/// Staff hand in evidence.
pub(crate) fn answer(company: &mut Company, case: &mut Case) {
    company.wait(2 * DAY);
    company.asked();
    let inquiry = case.dispute.text("status").starts_with("warning");
    let status = if inquiry { "warning_under_review" } else { "under_review" };
    let count = case.dispute.value()["evidence_details"]["submission_count"].as_i64().unwrap_or_default();
    let text = format!("Delivered and signed for, answer {}.", count + 1);
    let changes = vec![
        ("evidence.uncategorized_text", Value::from(text)),
        ("evidence_details.has_evidence", true.into()),
        ("evidence_details.submission_count", (count + 1).into()),
        ("status", status.into()),
    ];
    company.step(Some("charge.dispute.updated"), &[], &mut case.dispute, changes);
    company.expected_state.disputes[case.at].status = status;
}

/// An inquiry becomes a dispute, and the money is withdrawn.
pub(crate) fn escalate(company: &mut Company, case: &mut Case) {
    company.wait(5 * DAY);
    company.by_itself();
    let due_by = company.now + 9 * DAY;
    let withdrawn = objects::movement(company, &case.dispute, false);
    let mut changes = vec![
        ("status", Value::from("needs_response")),
        ("balance_transactions", json!([withdrawn])),
        ("is_charge_refundable", false.into()),
        ("evidence_details.due_by", due_by.into()),
    ];
    if company.version.since("2024-06-20") {
        changes.push(("payment_method_details.card.case_type", "chargeback".into()));
    }
    let also = &["charge.dispute.funds_withdrawn"];
    company.step(Some("charge.dispute.updated"), also, &mut case.dispute, changes);
    let expected_state = &mut company.expected_state.disputes[case.at];
    (expected_state.status, expected_state.was_dispute, expected_state.withdrawn) =
        ("needs_response", true, true);
    expected_state.due_by = Some(due_by);
}

/// The bank's decision, or the end of an inquiry.
pub(crate) fn close(company: &mut Company, case: &mut Case, result: &'static str) {
    company.wait(30 * DAY);
    company.by_itself();
    let won = result == "won";
    let mut changes = vec![("status", Value::from(result))];
    if won {
        let mut moved = case.dispute.value()["balance_transactions"].as_array().cloned().unwrap_or_default();
        moved.push(objects::movement(company, &case.dispute, true));
        changes.push(("balance_transactions", moved.into()));
    }
    let also: &[_] = if won {
        &["charge.dispute.closed", "charge.dispute.funds_reinstated"]
    } else {
        &["charge.dispute.closed"]
    };
    let update = company.rng.chance(60).then_some("charge.dispute.updated");
    company.step(update, also, &mut case.dispute, changes);
    let expected_state = &mut company.expected_state.disputes[case.at];
    (expected_state.status, expected_state.closed, expected_state.reinstated) = (result, true, won);
}
