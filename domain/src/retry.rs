//! When an event is tried again, and when that ends. Pure.

use std::time::Duration;

use crate::rejection::Rejection;

/// `RETRY_SCHEDULE`: one further attempt for each entry.
#[derive(Debug, Clone)]
pub struct Schedule(Vec<Duration>);

/// What happens to an event that did not take effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RetryDecision {
    /// It waits and is tried again as attempt `attempt`.
    Retry {
        /// How long it waits.
        delay: Duration,
        /// The number of the next attempt, 0 being the first.
        attempt: u32,
    },
    /// It becomes a dead letter.
    Dead,
}

impl Schedule {
    /// The schedule with these waits.
    #[must_use]
    pub const fn new(delays: Vec<Duration>) -> Self {
        Self(delays)
    }

    /// The one place where retries end: what follows on a rejection of attempt number `attempt`.
    #[must_use]
    pub fn next(&self, rejection: &Rejection, attempt: u32) -> RetryDecision {
        let delay = match rejection {
            Rejection::Permanent { .. } => None,
            Rejection::Retry { .. } => usize::try_from(attempt).ok().and_then(|n| self.0.get(n)),
        };
        match delay {
            Some(delay) => RetryDecision::Retry { delay: *delay, attempt: attempt + 1 },
            None => RetryDecision::Dead,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rejection::Reason;

    #[test]
    fn each_entry_allows_one_more_attempt_and_then_it_is_dead_lettered() {
        let schedule = Schedule::new(vec![Duration::from_secs(10), Duration::from_secs(60)]);
        let later = Rejection::retry(Reason::DatabaseError, "not there yet");
        assert_eq!(
            schedule.next(&later, 0),
            RetryDecision::Retry { delay: Duration::from_secs(10), attempt: 1 }
        );
        assert_eq!(
            schedule.next(&later, 1),
            RetryDecision::Retry { delay: Duration::from_secs(60), attempt: 2 }
        );
        assert_eq!(schedule.next(&later, 2), RetryDecision::Dead);
        assert_eq!(schedule.next(&later, u32::MAX), RetryDecision::Dead);
    }

    #[test]
    fn a_permanent_rejection_is_never_tried_again() {
        let schedule = Schedule::new(vec![Duration::from_secs(10)]);
        let never = Rejection::permanent(Reason::MissingField, "no amount");
        assert_eq!(schedule.next(&never, 0), RetryDecision::Dead);
    }
}
