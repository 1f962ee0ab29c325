//! Takes access from subscriptions whose grace period is over: no event announces that.

use std::time::Duration;

use deadpool_postgres::Pool;
use service::error::chain;
use tokio_util::sync::CancellationToken;

use crate::store;
use domain::rules::Rules;

/// How often grace periods are checked.
const EVERY: Duration = Duration::from_secs(60);

/// Checks until shutdown is requested.
pub(crate) async fn run(pool: Pool, rules: Rules, shutdown: CancellationToken) {
    loop {
        tokio::select! {
            () = shutdown.cancelled() => return,
            ended = store::end_grace(&pool, &rules) => match ended {
                Ok(0) => {}
                Ok(subscriptions) => tracing::info!(subscriptions, "grace periods ended"),
                Err(error) => tracing::warn!(error = chain(&error), "grace periods could not be checked"),
            }
        }
        tokio::select! {
            () = shutdown.cancelled() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}
