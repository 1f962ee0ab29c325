//! When an event is tried again, and when that ends. Pure.

use std::time::Duration;

use crate::rejection::Rejection;

/// `RETRY_SCHEDULE`: one try for each entry after the first try.
#[derive(Debug, Clone)]
pub struct Schedule(Vec<Duration>);

/// What happens to an event that did not take effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// It waits and is tried again as attempt `attempt`.
    Retry {
        /// How long it waits.
        delay: Duration,
        /// The number of the next try, 0 being the first.
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

    /// The one place where retries end: what follows on a rejection of try number `attempt`.
    #[must_use]
    pub fn next(&self, rejection: &Rejection, attempt: u32) -> Next {
        let delay = match rejection {
            Rejection::Permanent { .. } => None,
            Rejection::Retry { .. } => usize::try_from(attempt).ok().and_then(|n| self.0.get(n)),
        };
        match delay {
            Some(delay) => Next::Retry { delay: *delay, attempt: attempt + 1 },
            None => Next::Dead,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rejection::Reason;

    #[test]
    fn each_entry_allows_one_more_try_and_then_it_is_dead() {
        let schedule = Schedule::new(vec![Duration::from_secs(10), Duration::from_secs(60)]);
        let later = Rejection::retry(Reason::OrderNotFound, "not there yet");
        assert_eq!(schedule.next(&later, 0), Next::Retry { delay: Duration::from_secs(10), attempt: 1 });
        assert_eq!(schedule.next(&later, 1), Next::Retry { delay: Duration::from_secs(60), attempt: 2 });
        assert_eq!(schedule.next(&later, 2), Next::Dead);
        assert_eq!(schedule.next(&later, u32::MAX), Next::Dead);
    }

    #[test]
    fn a_permanent_rejection_is_never_tried_again() {
        let schedule = Schedule::new(vec![Duration::from_secs(10)]);
        let never = Rejection::permanent(Reason::AmountMismatch, "order 1999 usd, payment 999 usd");
        assert_eq!(schedule.next(&never, 0), Next::Dead);
    }
}
