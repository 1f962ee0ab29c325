//! The states of a dead letter.

use crate::common::text_enum::text_enum;

text_enum! {
    /// Where a dead letter stands.
    pub(crate) enum DeadLetterState {
        /// Somebody has to look at it.
        Open = "open",
        /// It was sent again, and has not taken effect yet.
        Replayed = "replayed",
        /// Its event took effect.
        Resolved = "resolved",
        /// It will not be replayed.
        Discarded = "discarded",
    }
}
