//! A dispute whose result an appeal reverses.
//!
//! `balance_transactions` are the movements of money: withdrawn, reinstated, withdrawn again are three
//! (<https://docs.stripe.com/api/disputes/object>). After `charge.dispute.closed` an appeal may reverse the result.

use serde_json::Value;

use super::DAY;
use crate::aftermath::dispute::{self, Case};
use crate::company::Company;
use crate::objects;
use crate::purchase::{End, paid};

pub(super) fn live(company: &mut Company) {
    let mut cart = paid(company);
    let Some(charge) = cart.charge.take() else { return };
    company.wait(3 * DAY);
    let mut case = dispute::open(company, &charge, cart.amount, false);
    dispute::answer(company, &mut case);
    let first = *company.rng.pick(&["won", "lost"]);
    dispute::close(company, &mut case, first);
    reverse(company, &mut case, if first == "won" { "lost" } else { "won" });
    cart.ends(company, End::Paid);
}

/// The money moves the other way, and the result with it.
fn reverse(company: &mut Company, case: &mut Case, result: &'static str) {
    company.wait(20 * DAY);
    company.by_itself();
    let won = result == "won";
    let mut moved = case.dispute.value()["balance_transactions"].as_array().cloned().unwrap_or_default();
    let movement = objects::movement(company, &case.dispute, won);
    let transaction = movement["id"].as_str().map(str::to_owned);
    moved.push(movement);
    let changes = vec![("status", Value::from(result)), ("balance_transactions", moved.into())];
    let money: &[_] =
        if won { &["charge.dispute.funds_reinstated"] } else { &["charge.dispute.funds_withdrawn"] };
    company.step(Some("charge.dispute.updated"), money, &mut case.dispute, changes);
    let expected_state = &mut company.expected_state.disputes[case.at];
    (expected_state.status, expected_state.appeal) = (result, Some(result));
    if won {
        expected_state.reinstated = true;
    } else {
        expected_state.withdrawn_again = transaction;
    }
}
