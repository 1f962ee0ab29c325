//! What the consumers of a worker have in hand and how far they are.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;

/// A worker is not ready while a batch has been in hand for this long.
const STALLED: Duration = Duration::from_secs(60);

/// How far a worker is; clones share it.
#[derive(Clone, Default)]
pub(crate) struct Progress(Arc<Shared>);

#[derive(Default)]
struct Shared {
    settled_through: AtomicI64,
    batch_at: AtomicI64,
    batch_events: AtomicI64,
    next: AtomicU64,
    in_hand: Mutex<BTreeMap<u64, Instant>>,
}

/// A batch in hand, until it is dropped.
pub(crate) struct InHand {
    progress: Progress,
    batch: u64,
}

impl Progress {
    /// A batch was started at `now`.
    pub(crate) fn begin(&self, now: Instant) -> InHand {
        let batch = self.0.next.fetch_add(1, Ordering::Relaxed);
        self.in_hand().insert(batch, now);
        InHand { progress: self.clone(), batch }
    }

    /// Whether every batch in hand moves.
    ///
    /// # Errors
    /// Says for how long the oldest has not.
    pub(crate) fn check(&self, now: Instant) -> Result<(), String> {
        let oldest = self.in_hand().values().min().map(|began| now.saturating_duration_since(*began));
        match oldest {
            Some(age) if age >= STALLED => Err(format!("a batch has not moved for {} s", age.as_secs())),
            _ => Ok(()),
        }
    }

    /// Events received at these times were settled, `now`.
    pub(crate) fn settled(&self, received: impl ExactSizeIterator<Item = Timestamp>, now: Timestamp) {
        let events = i64::try_from(received.len()).unwrap_or(i64::MAX);
        if let Some(newest) = received.max() {
            self.0.settled_through.fetch_max(newest.as_millisecond(), Ordering::Relaxed);
            self.0.batch_events.store(events, Ordering::Relaxed);
            self.0.batch_at.store(now.as_millisecond(), Ordering::Relaxed);
        }
    }

    /// When the last batch was settled, and of how many events; `None`: none yet.
    pub(crate) fn last_batch(&self) -> Option<(Timestamp, i32)> {
        let (at, events) =
            (self.0.batch_at.load(Ordering::Relaxed), self.0.batch_events.load(Ordering::Relaxed));
        let at = (at != 0).then(|| Timestamp::from_millisecond(at).ok()).flatten()?;
        Some((at, i32::try_from(events).unwrap_or(i32::MAX)))
    }

    /// When the newest event was received that is settled; `None`: none yet. What still waits in the queue
    /// came later, about: the broker hands out oldest first.
    pub(crate) fn settled_through(&self) -> Option<Timestamp> {
        match self.0.settled_through.load(Ordering::Relaxed) {
            0 => None,
            reached => Timestamp::from_millisecond(reached).ok(),
        }
    }

    fn in_hand(&self) -> MutexGuard<'_, BTreeMap<u64, Instant>> {
        self.0.in_hand.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for InHand {
    fn drop(&mut self) {
        self.progress.in_hand().remove(&self.batch);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_that_has_not_moved_for_a_minute_makes_the_worker_not_ready() {
        let (progress, began) = (Progress::default(), Instant::now());
        let minute = began + Duration::from_secs(60);
        assert_eq!(progress.check(minute), Ok(()), "an idle worker is ready");
        let stuck = progress.begin(began);
        let moving = progress.begin(began + Duration::from_secs(30));
        assert_eq!(progress.check(began + Duration::from_secs(59)), Ok(()));
        assert_eq!(progress.check(minute), Err("a batch has not moved for 60 s".to_owned()));
        drop(stuck);
        assert_eq!(progress.check(minute), Ok(()));
        drop(moving);
    }
}
