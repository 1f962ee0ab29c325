//! Movements that a reconciliation must name.

use std::collections::BTreeSet;

use serde_json::json;

use crate::company::Company;

/// Of each kind.
const EACH: i64 = 20;
/// Noon of 2026-10-15 in UTC.
const IN_OCTOBER: i64 = 1_792_065_600;

/// What must be named, and what each is about.
pub(crate) struct Planted {
    /// Money that is nobody's payment.
    pub(crate) foreign: BTreeSet<(String, String)>,
    /// Rows of the ledger that somebody removed or changed.
    pub(crate) by_hand: BTreeSet<(String, String)>,
}

/// Payments of the company's own with one movement and one transaction, and that one's charge.
const SINGLE: &str = "
    SELECT m.payment_id, t.source
    FROM money_movements m
    JOIN payments p ON p.id = m.payment_id AND p.account = ''
    JOIN charges c ON c.payment_id = m.payment_id
    JOIN balance_transactions t ON t.source = c.id
    WHERE m.kind = 'payment' AND m.at >= '2026-10-05' AND m.at < '2026-10-25'
      AND t.created >= '2026-10-05' AND t.created < '2026-10-25'
      AND (SELECT count(*) FROM money_movements o WHERE o.payment_id = m.payment_id) = 1
      AND (SELECT count(*) FROM balance_transactions o JOIN charges oc ON oc.id = o.source
           WHERE oc.payment_id = m.payment_id) = 1
    ORDER BY m.key LIMIT $1";

/// Removes rows of the ledger, changes others, and has money come that is nobody's payment.
pub(crate) async fn plant(company: &Company<'_>, month: &str) -> anyhow::Result<Planted> {
    let rows = company.client.query(SINGLE, &[&(2 * EACH)]).await?;
    anyhow::ensure!(rows.len() == 40, "{month} has only {} payments to plant in", rows.len());
    let mut by_hand = BTreeSet::new();
    for (number, row) in rows.iter().enumerate() {
        let (payment, charge): (String, String) = (row.get(0), row.get(1));
        let key = format!("payment/{payment}");
        if number % 2 == 0 {
            company.client.execute("DELETE FROM money_movements WHERE key = $1", &[&key]).await?;
            by_hand.insert(("no_ledger_row".to_owned(), charge));
        } else {
            let change = "UPDATE money_movements SET amount = amount - 1 WHERE key = $1";
            company.client.execute(change, &[&key]).await?;
            by_hand.insert(("amount_differs".to_owned(), payment));
        }
    }
    let mut foreign = BTreeSet::new();
    for number in 0..EACH {
        let (id, charge) = (format!("txn_foreign_{number}"), format!("ch_foreign_{number}"));
        let transaction = json!({"id": id, "object": "balance_transaction", "amount": 4200, "available_on": IN_OCTOBER,
            "created": IN_OCTOBER, "currency": "usd", "description": null, "exchange_rate": null, "fee": 150,
            "fee_details": [], "net": 4050, "reporting_category": "charge", "source": charge, "status": "available",
            "type": "charge"});
        company.api.put("", &transaction, IN_OCTOBER);
        foreign.insert(("no_ledger_row".to_owned(), charge));
    }
    Ok(Planted { foreign, by_hand })
}
