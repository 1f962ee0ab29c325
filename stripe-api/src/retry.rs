//! Which calls are made again, and when.

use std::time::Duration;

use backon::{BackoffBuilder as _, ExponentialBackoff, ExponentialBuilder};

use crate::ApiError;

/// How patient a caller is. Pauses between attempts double, with jitter, and are never shorter than Stripe asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// How often a call is made, at most.
    pub attempts: usize,
    /// The first pause.
    pub first_pause: Duration,
    /// How long an attempt waits for its share of the process's rate.
    pub longest_queue: Duration,
    /// Where Stripe asks to wait for longer, the call fails at once: the caller has something better to do.
    pub longest_pause: Duration,
}

impl RetryPolicy {
    /// For work in the background.
    pub const PATIENT: Self = Self {
        attempts: 6,
        first_pause: Duration::from_millis(500),
        longest_queue: Duration::from_secs(10 * 60),
        longest_pause: Duration::from_secs(60),
    };
    /// While somebody waits for the answer.
    pub const PROMPT: Self = Self {
        attempts: 2,
        first_pause: Duration::from_millis(200),
        longest_queue: Duration::from_secs(3),
        longest_pause: Duration::from_secs(1),
    };

    pub(crate) fn backoff(self) -> ExponentialBackoff {
        ExponentialBuilder::default()
            .with_jitter()
            .with_min_delay(self.first_pause)
            .with_max_delay(self.longest_pause)
            .with_max_times(self.attempts.saturating_sub(1))
            .build()
    }

    /// The pause before the next attempt; none: there is no further one.
    pub(crate) fn pause(self, error: &ApiError, planned: Option<Duration>) -> Option<Duration> {
        let planned = planned?;
        match error.retry_after() {
            Some(asked) if asked > self.longest_pause => None,
            // The planned pause on top is the jitter: all processes were asked to wait for the same time.
            Some(asked) => Some(asked + planned.min(self.first_pause)),
            None => Some(planned),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::RequestId;

    fn limited(retry_after: Option<Duration>) -> ApiError {
        ApiError::RateLimited { retry_after, request: RequestId::default() }
    }

    #[test]
    fn a_pause_is_never_shorter_than_stripe_asks() {
        let (policy, second) = (RetryPolicy::PATIENT, Duration::from_secs(1));
        assert_eq!(policy.pause(&limited(None), Some(second)), Some(second));
        let asked = policy.pause(&limited(Some(5 * second)), Some(second)).unwrap();
        assert!(asked >= 5 * second && asked <= 6 * second, "{asked:?}");
    }

    #[test]
    fn a_call_is_given_up_where_stripe_asks_to_wait_for_too_long_or_the_attempts_are_used_up() {
        let second = Duration::from_secs(1);
        assert_eq!(RetryPolicy::PROMPT.pause(&limited(Some(30 * second)), Some(second)), None);
        assert_eq!(RetryPolicy::PATIENT.pause(&limited(Some(second)), None), None);
        assert_eq!(RetryPolicy::PATIENT.backoff().count(), 5);
        assert_eq!(RetryPolicy::PROMPT.backoff().count(), 1);
    }
}
