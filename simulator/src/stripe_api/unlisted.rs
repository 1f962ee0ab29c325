//! Refunds that no event shows: before 2024-10-28 there was only the sum that its charge shows. They are in the balance and
//! can be retrieved and listed by their charge; the list of all leaves them out.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::catalog::{Catalog, Entry, View};

/// Those of all charges that `view` sees.
pub(super) fn refunds(catalog: &Catalog, view: &View<'_>) -> Vec<Value> {
    let charges = catalog.objects.get("charge").into_iter().flat_map(BTreeMap::values);
    let mine = charges.filter(|entry| entry.account == view.account && entry.livemode == view.livemode);
    mine.flat_map(|charge| of_charge(catalog, charge, view)).collect()
}

/// One of them, by the id that [`refunds`] gives it.
pub(super) fn refund(catalog: &Catalog, id: &str, view: &View<'_>) -> Option<Value> {
    refunds(catalog, view).into_iter().find(|refund| refund["id"] == id)
}

/// The steps of the sum, less what the refunds that events show add up to.
fn of_charge(catalog: &Catalog, charge: &Entry, view: &View<'_>) -> Vec<Value> {
    let Some(newest) = charge.state(view) else { return Vec::new() };
    let refunds = catalog.objects.get("refund").into_iter().flat_map(BTreeMap::values);
    let of_charge =
        refunds.filter_map(|entry| entry.state(view)).filter(|refund| refund["charge"] == newest["id"]);
    let mut covered: i64 = of_charge.filter_map(|refund| refund["amount"].as_i64()).sum();
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
