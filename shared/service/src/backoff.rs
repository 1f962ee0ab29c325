//! Waiting longer and longer while something is unavailable.

use std::ops::ControlFlow;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const FIRST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(5);

/// Pauses that double from 100 ms up to 5 s, each shortened by up to half of it at random, so that many processes do
/// not return together.
#[derive(Debug)]
pub struct Backoff(Duration);

impl Default for Backoff {
    fn default() -> Self {
        Self(FIRST)
    }
}

impl Backoff {
    /// The next pause, longer than the one before up to a limit.
    pub fn pause(&mut self) -> Duration {
        let pause = self.0;
        self.0 = (pause * 2).min(LONGEST);
        pause.mul_f64(0.5 + rand::random::<f64>() / 2.0)
    }

    /// Waits for the next pause; stops when shutdown is requested.
    pub async fn wait(&mut self, shutdown: &CancellationToken) -> ControlFlow<()> {
        match shutdown.run_until_cancelled(tokio::time::sleep(self.pause())).await {
            Some(()) => ControlFlow::Continue(()),
            None => ControlFlow::Break(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_a_limit_and_vary() {
        let mut backoff = Backoff::default();
        let pauses: Vec<Duration> = (0..20).map(|_| backoff.pause()).collect();
        assert!(pauses[0] <= FIRST && pauses[0] >= FIRST / 2);
        assert!(pauses[10..].iter().all(|pause| *pause >= LONGEST / 2 && *pause <= LONGEST));
        assert!(pauses[10..].windows(2).any(|two| two[0] != two[1]));
    }
}
