//! The end of grace periods, which no event announces.

use deadpool_postgres::Pool;
use jiff::Timestamp;

use super::error::StoreError;

pub(super) const END: &str = include_str!("sql/end_grace.sql");

/// Takes access from past-due subscriptions whose grace period is over by `now`. Returns how many.
///
/// # Errors
/// [`StoreError`] from PostgreSQL.
pub async fn end_grace(pool: &Pool, now: Timestamp) -> Result<u64, StoreError> {
    let client = pool.get().await?;
    let statement = client.prepare_cached(END).await?;
    Ok(client.execute(&statement, &[&now]).await?)
}
