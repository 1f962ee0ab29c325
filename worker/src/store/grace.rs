//! The end of grace periods, which no event announces.

use deadpool_postgres::{Pool, Transaction};
use jiff::Timestamp;

use super::clock::now;
use super::error::StoreError;

pub(super) const END: &str = include_str!("sql/end_grace.sql");
pub(super) const LOST: &str = include_str!("sql/access_lost.sql");

/// Takes access from past-due subscriptions whose grace period is over by PostgreSQL's clock, and emits that.
/// Returns how many.
///
/// # Errors
/// [`StoreError`] from PostgreSQL.
pub async fn end_grace(pool: &Pool) -> Result<usize, StoreError> {
    let mut client = pool.get().await?;
    let tx = client.transaction().await?;
    let now = now(&tx).await?;
    let statement = tx.prepare_cached(END).await?;
    let ended: Vec<String> = tx.query(&statement, &[&now]).await?.iter().map(|row| row.get(0)).collect();
    let ids: Vec<&str> = ended.iter().map(String::as_str).collect();
    tell_lost(&tx, &ids, now).await?;
    tx.commit().await?;
    Ok(ended.len())
}

/// Emits that the grace of these subscriptions is over.
pub(super) async fn tell_lost(tx: &Transaction<'_>, ids: &[&str], now: Timestamp) -> Result<(), StoreError> {
    if !ids.is_empty() {
        let statement = tx.prepare_cached(LOST).await?;
        tx.execute(&statement, &[&ids, &now]).await?;
    }
    Ok(())
}
