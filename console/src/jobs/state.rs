//! What a bulk job does, and the states that it and its dead letters go through.

use crate::common::completed::Completed;
use crate::common::text_enum::text_enum;

text_enum! {
    /// What a bulk job does with its dead letters.
    pub(crate) enum JobAction {
        /// Send them through the workers once more.
        Replay = "replay",
        /// Mark them as not to be replayed.
        Discard = "discard",
    }
}

text_enum! {
    /// The state of a bulk job.
    pub(crate) enum JobState {
        /// Nothing is sent before a second person has approved it.
        Proposed = "proposed",
        /// The first few are sent; the rest waits until they took effect.
        Canary = "canary",
        Running = "running",
        /// It was paused, or paused itself.
        Paused = "paused",
        Canceled = "canceled",
        /// It ended itself: its canary failed.
        Stopped = "stopped",
        Done = "done",
    }
}

impl JobState {
    /// Whether the runner works on it.
    pub(crate) fn is_active(self) -> bool {
        matches!(self, JobState::Canary | JobState::Running)
    }

    /// Whether it has not ended.
    pub(crate) fn is_unfinished(self) -> bool {
        self.is_active() || matches!(self, JobState::Proposed | JobState::Paused)
    }
}

text_enum! {
    /// The state of one dead letter of a bulk job.
    pub(crate) enum JobItemState {
        Waiting = "waiting",
        /// Marked to be sent.
        Sending = "sending",
        Sent = "sent",
        /// Left out: not in the state that the job takes.
        Skipped = "skipped",
        /// Not accepted by the broker.
        Failed = "failed",
        /// It cannot be said whether it was sent.
        Unknown = "unknown",
    }
}

text_enum! {
    /// What somebody asks of a bulk job.
    pub(crate) enum JobCommand {
        Pause = "pause",
        /// Go on. A canary that was interrupted is waited for again; one that paused the job itself, because it took
        /// too long, is skipped: whoever resumes has looked at it.
        Resume = "resume",
        Cancel = "cancel",
        /// Let a proposed job begin; by somebody else than who proposed it.
        Approve = "approve",
    }
}

impl From<JobCommand> for Completed {
    fn from(command: JobCommand) -> Self {
        match command {
            JobCommand::Pause => Completed::Paused,
            JobCommand::Resume => Completed::Resumed,
            JobCommand::Cancel => Completed::Canceled,
            JobCommand::Approve => Completed::Approved,
        }
    }
}
