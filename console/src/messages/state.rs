//! Where a message and its destinations stand.

use crate::common::text_enum::text_enum;

text_enum! {
    /// Where a message stands on its way to one destination.
    pub(crate) enum DeliveryState {
        /// Given up; it can be sent again.
        Failed = "failed",
        /// Waits for its first or its next attempt.
        Pending = "pending",
        /// The destination has it.
        Sent = "sent",
        /// There was nothing to send to this destination; the error says why.
        Skipped = "skipped",
    }
}

text_enum! {
    /// Where a destination stands.
    pub(crate) enum DestinationState {
        Active = "active",
        /// It kept failing: nothing is sent to it for a while, or until somebody resumes it.
        Paused = "paused",
        /// No longer in the workers' settings; what waits for it stays.
        Removed = "removed",
    }
}
