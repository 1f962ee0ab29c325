//! What a store holds, in sentences.

use domain::subscription::Access;

use crate::memory::Memory;

/// Every row in a sentence, and the lasting messages.
pub(super) fn described(memory: &Memory) -> Vec<String> {
    let mut lines = Vec::new();
    for (key, order) in &memory.rows.orders {
        let totals = order.totals();
        let account = if key.origin.account.is_empty() { "" } else { " of " };
        let mode = if key.origin.livemode { "" } else { " in test mode" };
        lines.push(format!(
            "order {}{account}{}{mode} is {}: {} {} paid, {} refunded, {} disputed",
            key.id,
            key.origin.account,
            totals.status.as_str(),
            totals.paid,
            totals.currency.unwrap_or_default(),
            totals.refunded,
            totals.disputed,
        ));
    }
    for (id, payment) in &memory.rows.payments {
        let summary = payment.summary();
        let whole = memory.whole_payment(id);
        let ledger: i64 = whole.movements(id).iter().map(|movement| movement.amount).sum();
        let order = payment.linked.as_ref().map(|order| format!(" for {order}")).unwrap_or_default();
        let held = payment.order_key().and_then(|key| memory.whole_order(&key).known_payment(id)?.1);
        let held = held.map(|reason| format!(", held: {reason}")).unwrap_or_default();
        let ambiguous = if payment.ambiguous() { ", ambiguous" } else { "" };
        lines.push(format!(
            "payment {id}{order} is {}: {} captured, {} refunded, {} lost, ledger {ledger}{held}{ambiguous}",
            summary.status.as_str(),
            summary.paid,
            summary.refunded,
            summary.lost,
        ));
    }
    for (id, invoice) in &memory.rows.invoices {
        lines.push(format!("invoice {id} is {}", invoice.status().unwrap_or("unknown")));
    }
    for (id, subscription) in &memory.rows.subscriptions {
        let access = match subscription.access(&memory.rules) {
            Access::Granted => "access",
            Access::Until(_) => "access in grace",
            Access::Denied => "no access",
        };
        let through = subscription.paid_through().map_or("never".to_owned(), |time| time.to_string());
        lines.push(format!(
            "subscription {id} is {}: {access}, paid through {through}",
            subscription.status().unwrap_or("unknown"),
        ));
    }
    lines.extend(memory.lasting.iter().map(|key| format!("sent {}", without_hash(key))));
    lines
}

/// The key of a change of a subscription ends in a hash of the state that it led to.
fn without_hash(key: &str) -> &str {
    match key.rsplit_once('/') {
        Some((change, _)) if key.starts_with("subscription.changed/") => change,
        _ => key,
    }
}
