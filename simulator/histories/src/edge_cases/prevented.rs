//! A dispute that is prevented.
//!
//! Prevented by a resolution (Visa RDR and the like) the customer has the money, and no refund reports it: what was
//! withdrawn and not reinstated is lost, whatever the status. Prevented by a block nothing moved.

use serde_json::json;

use super::DAY;
use crate::company::Company;
use crate::expected_state::ExpectedDispute;
use crate::objects;
use crate::purchase::{End, paid};
use crate::version::Version;

pub(super) fn live(company: &mut Company, resolved: bool) {
    company.version = *company.rng.pick(&[Version("2025-08-27.basil"), Version("2026-07-29.dahlia")]);
    let mut cart = paid(company);
    let Some(charge) = cart.charge.take() else { return };
    company.wait(DAY);
    company.by_itself();
    let mut dispute = objects::dispute(company, &charge, cart.amount, false);
    let case_type = if resolved { "resolution" } else { "block" };
    dispute.set("status", "prevented").set("payment_method_details.card.case_type", case_type);
    if resolved {
        let taken = objects::movement(company, &dispute, false);
        dispute.set("balance_transactions", json!([taken]));
    }
    let kinds: &[_] = if resolved {
        &["charge.dispute.created", "charge.dispute.funds_withdrawn", "charge.dispute.closed"]
    } else {
        &["charge.dispute.created", "charge.dispute.closed"]
    };
    for kind in kinds {
        company.tick();
        company.emit(kind, &dispute);
    }
    company.expected_state.disputes.push(ExpectedDispute {
        id: dispute.id().to_owned(),
        payment: dispute.text("payment_intent").to_owned(),
        charge: dispute.text("charge").to_owned(),
        amount: cart.amount,
        currency: company.currency.code,
        status: "prevented",
        was_inquiry: false,
        was_dispute: true,
        closed: true,
        withdrawn: resolved,
        reinstated: false,
        withdrawn_again: None,
        appeal: None,
        due_by: dispute.value()["evidence_details"]["due_by"].as_i64(),
    });
    cart.ends(company, End::Paid);
}
