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
    pub(super) end: End,
    pub(super) error: String,
    /// Others would have failed as well.
    pub(super) blames_destination: bool,
}

/// What becomes of a message that did not reach its destination.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// It is tried again.
    Retry,
    /// It can never be sent.
    Failed,
    /// There is nothing to send.
    Skipped,
}

impl End {
    /// As `outbox_deliveries.state` spells it.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Retry => "pending",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }
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
