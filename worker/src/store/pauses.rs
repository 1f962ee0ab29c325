//! Pauses of queues, which staff make in the console.

use deadpool_postgres::Pool;

use super::error::StoreError;

/// Who paused this queue; `None`: nobody has.
///
/// # Errors
/// [`StoreError`] from PostgreSQL.
pub async fn queue_pause(pool: &Pool, queue: &str) -> Result<Option<String>, StoreError> {
    let client = pool.get().await?;
    let statement = client.prepare_cached(include_str!("sql/queue_pause.sql")).await?;
    Ok(client.query_opt(&statement, &[&queue]).await?.map(|row| row.get(0)))
}
