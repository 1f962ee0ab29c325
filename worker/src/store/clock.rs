//! PostgreSQL's clock: the one that decides.

use deadpool_postgres::{Pool, Transaction};
use jiff::Timestamp;

use super::error::StoreError;

const NOW: &str = "SELECT now()";

/// When this transaction began.
///
/// # Errors
/// [`StoreError`] from PostgreSQL.
pub async fn now(tx: &Transaction<'_>) -> Result<Timestamp, StoreError> {
    let statement = tx.prepare_cached(NOW).await?;
    Ok(tx.query_one(&statement, &[]).await?.try_get(0)?)
}

/// What the clock of the database says.
///
/// # Errors
/// [`StoreError`] from PostgreSQL.
pub async fn clock(pool: &Pool) -> Result<Timestamp, StoreError> {
    let client = pool.get().await?;
    let statement = client.prepare_cached(NOW).await?;
    Ok(client.query_one(&statement, &[]).await?.try_get(0)?)
}
