//! Somebody edits the metadata of a paid charge, which is then refunded.
//!
//! The charge names another order from then on. The payment intent or session that was paid says which order that is,
//! and from 2022-11-15 to 2024-09-30 `charge.refunded` alone reports the refund.

use serde_json::Value;

use super::DAY;
use crate::aftermath::refund;
use crate::company::Company;
use crate::purchase::{End, paid};
use crate::version::Version;

pub(super) fn live(company: &mut Company) {
    company.version = *company.rng.pick(Version::REFUNDS_AS_SUMS);
    let mut cart = paid(company);
    let Some(mut charge) = cart.charge.take() else { return };
    company.wait(3600);
    company.asked();
    let other = company.ids.next("order_");
    let key = if cart.metadata().contains_key("order_id") { "metadata.order_id" } else { "metadata.orderId" };
    let changes = vec![(key, Value::from(other.as_str()))];
    company.update("charge.updated", &mut charge, changes);
    company.expected_state.unpaid_orders.push(other);
    company.wait(DAY);
    let amount = if company.rng.chance(50) { cart.amount } else { cart.amount / 4 };
    drop(refund::give(company, &mut charge, amount, "succeeded"));
    cart.ends(company, End::Paid);
}
