//! The balance: one transaction for each movement of money that the objects show, those that a test put there, and the
//! payouts that empty it.
//!
//! Fees are 2.9 % and 30 minor units of a payment. Every UTC day is paid out on the next, for each currency by itself.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use super::books::Books;
use super::catalog::{Catalog, Entry, View};
use super::collections::BALANCE_TRANSACTION;
use super::unlisted;

const DAY: i64 = 86_400;

/// What the objects that `view` sees amount to.
pub(super) fn books(catalog: &Catalog, view: &View<'_>) -> Arc<Books> {
    let viewer = (view.account.to_owned(), view.livemode, view.now, view.stale);
    catalog.books.get_or_make(viewer, || made(catalog, view))
}

fn made(catalog: &Catalog, view: &View<'_>) -> Books {
    let mut books = Books::default();
    let kinds = [charge as fn(&Entry, &View<'_>) -> Vec<Value>, refund, dispute, other];
    for (kind, moved) in ["charge", "refund", "dispute", BALANCE_TRANSACTION].into_iter().zip(kinds) {
        let entries = catalog.entries(kind);
        let mine = entries.filter(|entry| entry.account == view.account && entry.livemode == view.livemode);
        books.transactions.extend(mine.flat_map(|entry| moved(entry, view)));
    }
    for refund in unlisted::refunds(catalog, view) {
        let (id, at) =
            (id_of(&refund, "balance_transaction"), refund["created"].as_i64().unwrap_or_default());
        let amount = -refund["amount"].as_i64().unwrap_or_default();
        books.transactions.push(transaction(&refund, &id, ("refund", "refund"), amount, 0, at));
    }
    books.transactions.sort_by_key(|txn| (txn["created"].as_i64(), txn["id"].to_string()));
    pay_out(&mut books, view);
    books.transactions.sort_by_key(|txn| std::cmp::Reverse((txn["created"].as_i64(), txn["id"].to_string())));
    books.payouts.reverse();
    books
}

/// One for each capture (<https://docs.stripe.com/payments/multicapture>); the fixed part of the fee is the first one's.
fn charge(entry: &Entry, view: &View<'_>) -> Vec<Value> {
    let (mut moved, mut before) = (Vec::new(), 0);
    for (at, charge) in entry.seen(view) {
        let captured = charge["status"] == "succeeded" && charge["captured"] == true;
        let amount = captured_amount(charge);
        if !captured || amount <= before {
            continue;
        }
        let newest = entry.state(view).unwrap_or(charge);
        let part = amount - before;
        let (id, fixed) = match moved.len() {
            0 => (id_of(newest, "balance_transaction"), 30),
            number => (format!("{}_{number}", id_of(newest, "balance_transaction")), 0),
        };
        moved.push(transaction(newest, &id, ("charge", "charge"), part, part * 29 / 1000 + fixed, at));
        before = amount;
    }
    moved
}

fn captured_amount(charge: &Value) -> i64 {
    charge["amount_captured"].as_i64().or_else(|| charge["amount"].as_i64()).unwrap_or_default()
}

fn refund(entry: &Entry, view: &View<'_>) -> Vec<Value> {
    let mut moved = Vec::new();
    let amount = |refund: &Value| refund["amount"].as_i64().unwrap_or_default();
    for (at, refund) in entry.seen(view) {
        let failed = refund["status"] == "failed" || refund["status"] == "canceled";
        // A pending one has left the balance where it names its transaction.
        let left = refund["status"] == "succeeded" || refund["balance_transaction"].is_string();
        if moved.is_empty() && (failed || left) {
            let id = id_of(refund, "balance_transaction");
            moved.push(transaction(refund, &id, ("refund", "refund"), -amount(refund), 0, at));
        }
        if moved.len() == 1 && failed {
            let id = id_of(refund, "failure_balance_transaction");
            let kind = ("refund_failure", "refund_failure");
            moved.push(transaction(refund, &id, kind, amount(refund), 0, at));
        }
    }
    moved
}

fn dispute(entry: &Entry, view: &View<'_>) -> Vec<Value> {
    let newest = entry.state(view).map(|dispute| &dispute["balance_transactions"]);
    let inside = newest.and_then(Value::as_array).cloned().unwrap_or_default();
    let whole = |mut txn: Value| {
        let back = txn["amount"].as_i64().is_some_and(|amount| amount > 0);
        let category = if back { "dispute_reversal" } else { "dispute" };
        let rest = transaction(&Value::Null, "", ("adjustment", category), 0, 0, 0);
        if let (Value::Object(txn), Value::Object(rest)) = (&mut txn, rest) {
            for (name, value) in rest {
                txn.entry(name).or_insert(value);
            }
        }
        txn
    };
    inside.into_iter().map(whole).collect()
}

/// One that no object of the histories made: a test put it there.
fn other(entry: &Entry, view: &View<'_>) -> Vec<Value> {
    entry.state(view).cloned().into_iter().collect()
}

/// The id that the object names, or one made from its own.
fn id_of(object: &Value, field: &str) -> String {
    let own = object["id"].as_str().unwrap_or_default();
    object[field].as_str().map_or_else(|| format!("txn_{}_{own}", &field[..3]), str::to_owned)
}

fn transaction(of: &Value, id: &str, kind: (&str, &str), amount: i64, fee: i64, at: i64) -> Value {
    let fees = json!([{"amount": fee, "application": null, "currency": of["currency"],
        "description": "Stripe processing fees", "type": "stripe_fee"}]);
    json!({"id": id, "object": "balance_transaction", "amount": amount, "available_on": at + 2 * DAY, "created": at,
        "currency": of["currency"], "description": null, "exchange_rate": null, "fee": fee,
        "fee_details": if fee == 0 { json!([]) } else { fees }, "net": amount - fee,
        "reporting_category": kind.1, "source": of["id"], "status": "available", "type": kind.0})
}

fn pay_out(books: &mut Books, view: &View<'_>) {
    let mut days: BTreeMap<(i64, String), i64> = BTreeMap::new();
    for txn in &books.transactions {
        let day = txn["created"].as_i64().unwrap_or_default().div_euclid(DAY);
        let currency = txn["currency"].as_str().unwrap_or_default().to_owned();
        *days.entry((day, currency)).or_default() += txn["net"].as_i64().unwrap_or_default();
    }
    for ((day, currency), net) in days {
        let at = (day + 1) * DAY;
        if net <= 0 || view.now.is_some_and(|now| now < at) {
            continue;
        }
        let account = view.account.trim_start_matches("acct_");
        let (payout, txn) =
            (format!("po_{day}{currency}{account}"), format!("txn_po_{day}{currency}{account}"));
        let object = json!({"id": payout, "object": "payout", "amount": net, "arrival_date": at, "automatic": true,
            "balance_transaction": txn, "created": at, "currency": currency, "description": "STRIPE PAYOUT",
            "destination": "ba_1", "failure_balance_transaction": null, "livemode": view.livemode, "metadata": {},
            "method": "standard", "reconciliation_status": "completed", "source_type": "card", "status": "paid",
            "type": "bank_account"});
        for known in &mut books.transactions {
            let paid_out = known["created"].as_i64().map(|at| at.div_euclid(DAY)) == Some(day);
            if paid_out && known["currency"] == currency.as_str() && known["type"] != "payout" {
                known["simulated_payout"] = payout.as_str().into();
            }
        }
        let mut out = transaction(&object, &txn, ("payout", "payout"), -net, 0, at);
        out["simulated_payout"] = payout.as_str().into();
        books.transactions.push(out);
        books.payouts.push(object);
    }
}
