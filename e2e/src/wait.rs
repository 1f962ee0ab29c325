//! Waiting for a condition instead of a time.

use std::time::{Duration, Instant};

/// Long enough for a machine that is busy with everything else.
const WITHIN: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(50);

/// Waits until `condition` holds; panics when it does not within a minute.
pub async fn eventually(what: &str, condition: impl AsyncFnMut() -> bool) {
    eventually_within(WITHIN, what, condition).await;
}

/// Waits until `condition` holds; panics when it does not within `within`.
pub async fn eventually_within(within: Duration, what: &str, mut condition: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + within;
    while !condition().await {
        assert!(Instant::now() < deadline, "not within {within:?}: {what}");
        tokio::time::sleep(POLL).await;
    }
}
