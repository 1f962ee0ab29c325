//! Waiting longer and longer while a server is unavailable.

use std::ops::ControlFlow;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

const LONGEST: Duration = Duration::from_secs(5);

/// Waits that double from 100 ms up to 5 s.
pub(crate) struct Backoff(Duration);

impl Default for Backoff {
    fn default() -> Self {
        Self(Duration::from_millis(100))
    }
}

impl Backoff {
    /// Waits; stops when shutdown is requested.
    pub(crate) async fn wait(&mut self, shutdown: &CancellationToken) -> ControlFlow<()> {
        let pause = self.0;
        self.0 = (pause * 2).min(LONGEST);
        tokio::select! {
            () = shutdown.cancelled() => ControlFlow::Break(()),
            () = tokio::time::sleep(pause) => ControlFlow::Continue(()),
        }
    }
}
