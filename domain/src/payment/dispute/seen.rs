//! What the events of a dispute said of its results and of its money, in the order in which it came about.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Dispute;
use crate::dispute_state::DisputeState;

/// An event said that a dispute's money moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Moved {
    /// Unix seconds of the event.
    pub at: i64,
    /// Back to the company.
    pub reinstated: bool,
}

/// An event showed how a dispute had ended. They sort as they came about: by time, and within a second by the movements
/// of money that had taken place, and by whether the event says that it reversed a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ResultSeen {
    /// Unix seconds of the event.
    pub at: i64,
    /// How many balance transactions there were.
    pub transactions: usize,
    /// `previous_attributes` shows another result.
    pub reversed: bool,
    /// The result.
    pub state: DisputeState,
}

/// Events of a dispute that are remembered each: any real dispute has fewer.
const EVENTS: usize = 64;

/// Beyond a number only the first and the last of equal ones in a row are kept.
fn without_repeats<T: Copy + Ord>(all: &mut BTreeSet<T>, equal: impl Fn(T, T) -> bool) {
    if all.len() > EVENTS {
        let listed: Vec<T> = all.iter().copied().collect();
        for around in listed.windows(3).filter(|w| equal(w[0], w[1]) && equal(w[1], w[2])) {
            all.remove(&around[1]);
        }
    }
}

impl Dispute {
    /// Keeps the state of a dispute short, however many events it has.
    pub(super) fn forget_repeats(&mut self) {
        without_repeats(&mut self.moved, |a, b| a.reinstated == b.reinstated);
        without_repeats(&mut self.results, |a, b| a.state == b.state);
    }

    /// The whole amount goes one way and then the other. What was reinstated had been withdrawn, and so had what is
    /// lost, whether or not an event said so.
    pub(super) fn unlisted_movements(&self) -> Vec<(Option<&str>, i64, i64)> {
        let version = self.versions.latest();
        let mut moved: Vec<Moved> = self.moved.iter().copied().collect();
        moved.dedup_by_key(|moved| moved.reinstated);
        if let Some(first) = moved.first().copied().filter(|first| first.reinstated) {
            moved.insert(0, Moved { reinstated: false, ..first });
        }
        let lost = DisputeState::of(&version.status) == DisputeState::Lost;
        if lost && moved.last().is_none_or(|last| last.reinstated) {
            let mut results: Vec<_> = self.results.iter().collect();
            results.dedup_by_key(|result| result.state);
            let at = results.last().map_or(self.versions.latest_delta().created, |result| result.at);
            moved.push(Moved { at, reinstated: false });
        }
        let signed = |moved: Moved| if moved.reinstated { version.amount } else { -version.amount };
        moved.into_iter().map(|moved| (None, signed(moved), moved.at)).collect()
    }

    /// How it ended, the first result first; a result that an appeal reversed comes again where another appeal
    /// restored it.
    #[must_use]
    pub fn endings(&self) -> Vec<DisputeState> {
        let mut endings: Vec<_> = self.results.iter().map(|result| result.state).collect();
        endings.dedup();
        endings
    }
}
