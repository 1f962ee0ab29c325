//! Waiting without holding up a shutdown.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

/// Waits, but not beyond the request to shut down.
pub(crate) async fn pause(shutdown: &CancellationToken, duration: Duration) {
    tokio::select! {
        () = shutdown.cancelled() => {}
        () = tokio::time::sleep(duration) => {}
    }
}
