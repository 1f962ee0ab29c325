//! What became of the messages that were sent together.

use std::time::Duration;

/// How long a destination gets nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Pause {
    /// It is paused for this long.
    For(Duration),
    /// Until somebody resumes it.
    UntilResumed,
}

/// A message that did not reach its destination.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Failure {
    pub(super) id: i64,
    pub(super) partition: String,
    pub(super) wait: Duration,
    /// It can never be sent.
    pub(super) is_final: bool,
    pub(super) error: String,
}

/// What became of a batch.
#[derive(Default)]
pub(super) struct SentBatch {
    pub(super) sent: Vec<i64>,
    pub(super) failures: Vec<Failure>,
    /// The longest that was asked for.
    pub(super) pause: Option<Pause>,
    /// The destination was lost on the way.
    pub(super) interrupted: bool,
}
