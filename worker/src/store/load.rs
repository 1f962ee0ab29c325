//! Loads the aggregates that a batch touches, under lock.

use std::collections::{BTreeMap, BTreeSet};

use deadpool_postgres::Transaction;
use domain::keys::Keys;
use domain::state::State;

use super::error::StoreError;
use super::parts;
use super::stored::load_table;

const KNOWN_PAYMENTS: &str = include_str!("sql/known_payments.sql");
const PLACED: &str = include_str!("sql/placed.sql");

/// Locks and loads everything that the events behind `keys` may touch. What an event names comes first;
/// what the loaded rows are joined to (a charge's payment, the orders that a payment names) follows from them. Of the
/// parts in rows of their own those are loaded that the events name, and all of what `keys` wants whole.
///
/// # Errors
/// [`StoreError`] from PostgreSQL, or when a stored state cannot be read back.
pub async fn load(tx: &Transaction<'_>, keys: &Keys) -> Result<State, StoreError> {
    let mut keys = keys.clone();
    let mut state = State::default();
    load_table(tx, &mut state.charges, &mut keys).await?;
    load_table(tx, &mut state.invoices, &mut keys).await?;
    find_payments(tx, &mut keys).await?;
    state.placed = placed(tx, &keys.unplaced).await?;
    keys.payments.extend(state.placed.values().cloned());
    load_table(tx, &mut state.payments, &mut keys).await?;
    parts::load_refunds_and_disputes(tx, &mut state.payments, &keys).await?;
    load_table(tx, &mut state.orders, &mut keys).await?;
    parts::load_order_payments(tx, &mut state, &keys).await?;
    load_table(tx, &mut state.subscriptions, &mut keys).await?;
    Ok(state)
}

/// Of the payments that may be known, adds those that are.
async fn find_payments(tx: &Transaction<'_>, keys: &mut Keys) -> Result<(), StoreError> {
    if keys.payments_if_known.is_empty() {
        return Ok(());
    }
    let ids: Vec<&str> = keys.payments_if_known.iter().map(String::as_str).collect();
    let rows = tx.query(&tx.prepare_cached(KNOWN_PAYMENTS).await?, &[&ids]).await?;
    keys.payments.extend(rows.iter().map(|row| row.get::<_, String>(0)));
    Ok(())
}

/// Which payments these refunds and disputes are kept in, of those that are kept.
async fn placed(
    tx: &Transaction<'_>,
    ids: &BTreeSet<String>,
) -> Result<BTreeMap<String, String>, StoreError> {
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let rows = tx.query(&tx.prepare_cached(PLACED).await?, &[&ids]).await?;
    Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
}
