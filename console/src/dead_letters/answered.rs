//! Resolves replayed dead letters that nobody else would: their event took effect by another message than the replay.

use std::time::Duration;

use deadpool_postgres::Pool;
use tokio_util::sync::CancellationToken;

use super::store;
use crate::common::error::ServiceError;
use crate::common::pause::pause;

const INTERVAL: Duration = Duration::from_secs(5);

/// Looks every few seconds until shutdown, whatever servers are unavailable meanwhile.
pub(crate) async fn watch(pool: Pool, shutdown: CancellationToken) {
    while !shutdown.is_cancelled() {
        if let Err(failure) = resolve(&pool).await {
            tracing::debug!(%failure, "replayed dead letters were not looked at");
        }
        pause(&shutdown, INTERVAL).await;
    }
}

async fn resolve(pool: &Pool) -> Result<(), ServiceError> {
    store::resolve_answered(&pool.get().await?).await.map(drop)
}
