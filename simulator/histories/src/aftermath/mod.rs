//! What comes after a payment: refunds and disputes.

pub(crate) mod dispute;
pub(crate) mod refund;

use self::dispute::Case;
use super::Kind;
use super::company::Company;
use super::object::Object;
use super::purchase::{End, paid};

const DAY: i64 = 86_400;

/// Writes a purchase that is paid, and what follows.
pub(crate) fn live(company: &mut Company, kind: Kind) {
    let mut cart = paid(company);
    let Some(mut charge) = cart.charge.take() else { return };
    company.wait(DAY);
    company.begin_burst();
    let whole = cart.amount;
    match kind {
        Kind::RefundPartial => drop(refund::give(company, &mut charge, whole / 4, "succeeded")),
        Kind::RefundSeveral => several(company, &mut charge),
        Kind::RefundFull => drop(refund::give(company, &mut charge, whole, "succeeded")),
        Kind::RefundPending => pending(company, &mut charge),
        Kind::RefundFailed => failed(company, &mut charge),
        Kind::RefundCanceled => canceled(company, &mut charge),
        Kind::DisputeWon => disputed(company, &mut charge, "won"),
        Kind::DisputeLost => disputed(company, &mut charge, "lost"),
        Kind::DisputeOpen => drop(begin(company, &mut charge, whole, false)),
        Kind::DisputeAfterRefund => after_refund(company, &mut charge),
        Kind::Inquiry => inquiry(company, &mut charge),
        _ => escalated(company, &mut charge),
    }
    cart.ends(company, End::Paid);
}

fn several(company: &mut Company, charge: &mut Object) {
    let whole = charge.int("amount");
    let (first, second) = (whole / 5, whole / 3);
    let mut given = refund::give(company, charge, first, "succeeded");
    company.wait(60);
    drop(refund::give(company, charge, second, "succeeded"));
    company.wait(60);
    refund::refer(company, &mut given);
    if company.rng.chance(50) {
        drop(refund::give(company, charge, whole - first - second, "succeeded"));
    }
}

fn pending(company: &mut Company, charge: &mut Object) {
    let amount = if company.rng.chance(50) { charge.int("amount") } else { charge.int("amount") / 2 };
    let mut given = refund::give(company, charge, amount, "pending");
    company.wait(DAY);
    company.by_itself();
    refund::becomes(company, &mut given, "succeeded");
}

/// The sum of all refunds stays below the payment, or the failing one is the whole of it: else a
/// delivery in another order would for a moment show an order that was never fully refunded as refunded.
fn failed(company: &mut Company, charge: &mut Object) {
    let whole = company.rng.chance(40);
    let amount = if whole { charge.int("amount") } else { charge.int("amount") / 3 };
    let start = *company.rng.pick(&["succeeded", "pending"]);
    let mut given = refund::give(company, charge, amount, start);
    if !whole && company.rng.chance(50) {
        drop(refund::give(company, charge, charge.int("amount") / 4, "succeeded"));
    }
    company.wait(2 * DAY);
    company.by_itself();
    if start == "pending" && company.rng.chance(50) {
        refund::becomes(company, &mut given, "succeeded");
        company.wait(DAY);
    }
    refund::undone(company, charge, &mut given, "failed");
    if !whole && company.rng.chance(50) {
        company.wait(DAY);
        drop(refund::give(company, charge, charge.int("amount") / 5, "succeeded"));
    }
}

fn canceled(company: &mut Company, charge: &mut Object) {
    let mut given = refund::give(company, charge, charge.int("amount") / 2, "requires_action");
    company.wait(DAY);
    company.asked();
    refund::undone(company, charge, &mut given, "canceled");
}

fn begin(company: &mut Company, charge: &mut Object, amount: i64, inquiry: bool) -> Case {
    company.wait(3 * DAY);
    dispute::open(company, charge, amount, inquiry)
}

fn disputed(company: &mut Company, charge: &mut Object, result: &'static str) {
    // The amount of a dispute need not be the payment's.
    let amount = if company.rng.chance(70) {
        charge.int("amount")
    } else {
        charge.int("amount") - charge.int("amount") / 5
    };
    let mut case = begin(company, charge, amount, false);
    if result == "won" || company.rng.chance(60) {
        dispute::answer(company, &mut case);
    }
    dispute::close(company, &mut case, result);
}

fn after_refund(company: &mut Company, charge: &mut Object) {
    drop(refund::give(company, charge, charge.int("amount") / 3, "succeeded"));
    let result = *company.rng.pick(&["won", "lost"]);
    let mut case = begin(company, charge, charge.int("amount") - charge.int("amount") / 3, false);
    dispute::answer(company, &mut case);
    dispute::close(company, &mut case, result);
}

fn inquiry(company: &mut Company, charge: &mut Object) {
    let mut case = begin(company, charge, charge.int("amount"), true);
    if company.rng.chance(50) {
        dispute::answer(company, &mut case);
    } else {
        company.asked();
        drop(refund::give(company, charge, charge.int("amount"), "succeeded"));
    }
    dispute::close(company, &mut case, "warning_closed");
}

fn escalated(company: &mut Company, charge: &mut Object) {
    let mut case = begin(company, charge, charge.int("amount"), true);
    if company.rng.chance(50) {
        dispute::answer(company, &mut case);
    }
    dispute::escalate(company, &mut case);
    if company.rng.chance(70) {
        dispute::answer(company, &mut case);
        let result = *company.rng.pick(&["won", "lost"]);
        dispute::close(company, &mut case, result);
    }
}
