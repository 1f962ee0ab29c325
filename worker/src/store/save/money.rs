//! Refunds, disputes and the ledger, as the changed payments tell them.

use deadpool_postgres::Transaction;
use jiff::Timestamp;

use super::StoreError;
use domain::payment::{DisputeState, Movement, Payment};
use domain::state::State;

pub(in crate::store) const REFUNDS: &str = include_str!("../sql/save_refunds.sql");
pub(in crate::store) const DISPUTES: &str = include_str!("../sql/save_disputes.sql");
pub(in crate::store) const MOVEMENTS: &str = include_str!("../sql/save_movements.sql");

fn changed(state: &State) -> impl Iterator<Item = (&str, &Payment)> {
    state.payments.changed().map(|(id, row)| (id, &row.now))
}

pub(super) async fn save_refunds(
    tx: &Transaction<'_>,
    state: &State,
    now: Timestamp,
) -> Result<(), StoreError> {
    let rows: Vec<_> = changed(state)
        .flat_map(|(id, payment)| payment.refunds.values().map(move |fact| (id, payment, fact.view())))
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    let ids: Vec<&str> = rows.iter().map(|(.., refund)| refund.id.as_str()).collect();
    let payments: Vec<&str> = rows.iter().map(|(id, ..)| *id).collect();
    let orders: Vec<Option<&str>> = rows.iter().map(|(_, payment, _)| payment.linked.as_deref()).collect();
    let charges: Vec<Option<&str>> = rows.iter().map(|(.., refund)| refund.charge.as_deref()).collect();
    let amounts: Vec<i64> = rows.iter().map(|(.., refund)| refund.amount).collect();
    let currencies: Vec<&str> = rows.iter().map(|(.., refund)| refund.currency.as_str()).collect();
    let statuses: Vec<&str> = rows.iter().map(|(.., refund)| refund.status.as_str()).collect();
    let reasons: Vec<Option<&str>> = rows.iter().map(|(.., refund)| refund.reason.as_deref()).collect();
    let failures: Vec<Option<&str>> =
        rows.iter().map(|(.., refund)| refund.failure_reason.as_deref()).collect();
    let statement = tx.prepare_cached(REFUNDS).await?;
    tx.execute(
        &statement,
        &[&ids, &payments, &orders, &charges, &amounts, &currencies, &statuses, &reasons, &failures, &now],
    )
    .await?;
    Ok(())
}

pub(super) async fn save_disputes(
    tx: &Transaction<'_>,
    state: &State,
    now: Timestamp,
) -> Result<(), StoreError> {
    let rows: Vec<_> = changed(state)
        .flat_map(|(id, payment)| payment.disputes.values().map(move |file| (id, payment, file)))
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    let disputes = || rows.iter().map(|(.., file)| file.fact.view());
    let ids: Vec<&str> = disputes().map(|dispute| dispute.id.as_str()).collect();
    let payments: Vec<&str> = rows.iter().map(|(id, ..)| *id).collect();
    let orders: Vec<Option<&str>> = rows.iter().map(|(_, payment, _)| payment.linked.as_deref()).collect();
    let charges: Vec<Option<&str>> = disputes().map(|dispute| dispute.charge.as_deref()).collect();
    let amounts: Vec<i64> = disputes().map(|dispute| dispute.amount).collect();
    let currencies: Vec<&str> = disputes().map(|dispute| dispute.currency.as_str()).collect();
    let statuses: Vec<&str> = disputes().map(|dispute| dispute.status.as_str()).collect();
    let states: Vec<&str> = disputes().map(|dispute| DisputeState::of(&dispute.status).word()).collect();
    let reasons: Vec<Option<&str>> = disputes().map(|dispute| dispute.reason.as_deref()).collect();
    let due_by: Vec<Option<Timestamp>> =
        disputes().map(|dispute| Timestamp::from_second(dispute.due_by?).ok()).collect();
    let withdrawn: Vec<bool> = rows.iter().map(|(.., file)| file.withdrawn).collect();
    let reinstated: Vec<bool> = rows.iter().map(|(.., file)| file.reinstated).collect();
    let statement = tx.prepare_cached(DISPUTES).await?;
    tx.execute(
        &statement,
        &[
            &ids,
            &payments,
            &orders,
            &charges,
            &amounts,
            &currencies,
            &statuses,
            &states,
            &reasons,
            &due_by,
            &withdrawn,
            &reinstated,
            &now,
        ],
    )
    .await?;
    Ok(())
}

pub(super) async fn save_movements(
    tx: &Transaction<'_>,
    state: &State,
    now: Timestamp,
) -> Result<(), StoreError> {
    let movements: Vec<Movement> = state
        .payments
        .changed()
        .flat_map(|(id, row)| {
            let known = row.loaded.as_ref().map(|payment| payment.movements(id)).unwrap_or_default();
            let mut movements = row.now.movements(id);
            movements.retain(|movement| !known.contains(movement));
            movements
        })
        .collect();
    if movements.is_empty() {
        return Ok(());
    }
    let keys: Vec<String> = movements.iter().map(Movement::key).collect();
    let kinds: Vec<&str> = movements.iter().map(|movement| movement.kind).collect();
    let objects: Vec<&str> = movements.iter().map(|movement| movement.object.as_str()).collect();
    let amounts: Vec<i64> = movements.iter().map(|movement| movement.amount).collect();
    let currencies: Vec<&str> = movements.iter().map(|movement| movement.currency.as_str()).collect();
    let statement = tx.prepare_cached(MOVEMENTS).await?;
    tx.execute(&statement, &[&keys, &kinds, &objects, &amounts, &currencies, &now]).await?;
    Ok(())
}
