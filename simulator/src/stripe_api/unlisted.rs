//! Refunds that no event shows: before 2024-10-28 there was only the sum that its charge shows. They are in the balance and
//! can be retrieved and listed by their charge; the list of all leaves them out.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::catalog::{Catalog, Entry, View};

/// Those of all charges that `view` sees.
pub(super) fn refunds(catalog: &Catalog, view: &View<'_>) -> Vec<Value> {
    let mut covered: HashMap<&str, i64> = HashMap::new();
    for refund in catalog.entries("refund").filter_map(|entry| entry.state(view)) {
        let charge = refund["charge"].as_str().unwrap_or_default();
        *covered.entry(charge).or_default() += amount(refund);
    }
    let mine = catalog.entries("charge").filter(|entry| is_seen(entry, view));
    let of = |charge: &Entry| {
        let id = charge.state(view).and_then(|charge| charge["id"].as_str()).unwrap_or_default();
        of_charge(charge, covered.get(id).copied().unwrap_or_default(), view)
    };
    mine.flat_map(of).collect()
}

/// Those of one charge.
pub(super) fn refunds_of(catalog: &Catalog, charge: &str, view: &View<'_>) -> Vec<Value> {
    let Some(entry) = catalog.entry("charge", charge).filter(|entry| is_seen(entry, view)) else {
        return Vec::new();
    };
    let refunds = catalog.entries("refund").filter_map(|entry| entry.state(view));
    let covered = refunds.filter(|refund| refund["charge"] == charge).map(amount).sum();
    of_charge(entry, covered, view)
}

/// One of them, by the id that [`refunds`] gives it; or one that only its charge lists, as API versions before 2022-11-15
/// do, also for the part of a hold that was released.
pub(super) fn refund(catalog: &Catalog, id: &str, view: &View<'_>) -> Option<Value> {
    if let Some((_, charge)) = id.strip_prefix("re_")?.split_once('_') {
        return refunds_of(catalog, charge, view).into_iter().find(|refund| refund["id"] == id);
    }
    let mine = catalog.entries("charge").filter(|entry| is_seen(entry, view));
    mine.filter_map(|entry| entry.state(view))
        .filter_map(|charge| charge["refunds"]["data"].as_array())
        .flatten()
        .find(|refund| refund["id"] == id)
        .cloned()
}

fn is_seen(entry: &Entry, view: &View<'_>) -> bool {
    entry.account == view.account && entry.livemode == view.livemode
}

fn amount(refund: &Value) -> i64 {
    refund["amount"].as_i64().unwrap_or_default()
}

/// The steps of the sum, less what the refunds that events show add up to (`covered`).
fn of_charge(charge: &Entry, mut covered: i64, view: &View<'_>) -> Vec<Value> {
    let Some(newest) = charge.state(view) else { return Vec::new() };
    let (mut steps, mut before) = (Vec::new(), 0);
    for (at, state) in charge.seen(view) {
        // The sum falls where a failed refund is taken off it.
        let step = refunded(state) - before;
        before += step;
        if step <= 0 {
            continue;
        }
        let open = step - step.min(covered);
        covered -= step - open;
        if open > 0 {
            let id = format!("re_{}_{}", steps.len(), newest["id"].as_str().unwrap_or_default());
            steps.push(json!({"id": id, "object": "refund", "amount": open, "charge": newest["id"], "created": at,
                "currency": newest["currency"], "livemode": newest["livemode"], "payment_intent": newest["payment_intent"],
                "status": "succeeded"}));
        }
    }
    steps
}

/// The money that a charge gave back: not what a hold released, which a charge of before 2022-11-15 counts too.
fn refunded(charge: &Value) -> i64 {
    let number = |name: &str| charge[name].as_i64().unwrap_or_default();
    let released =
        if charge["refunds"].is_object() { number("amount") - number("amount_captured") } else { 0 };
    if charge["captured"] == true { (number("amount_refunded") - released).max(0) } else { 0 }
}
