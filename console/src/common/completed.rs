//! What was done, as the API answers it and as the address of the page that is shown next says it.

use super::text_enum::text_enum;

text_enum! {
    pub(crate) enum Completed {
        /// An event was sent again.
        Replayed = "replayed",
        /// A dead letter was discarded.
        Discarded = "discarded",
        /// A message was sent again.
        Resent = "resent",
        /// A held payment was accepted.
        Accepted = "accepted",
        /// A bulk job was paused.
        Paused = "paused",
        /// A bulk replay was approved.
        Approved = "approved",
        /// A bulk job or a paused destination was resumed.
        Resumed = "resumed",
        /// A bulk job was canceled.
        Canceled = "canceled",
        /// A sweep was started.
        Started = "started",
        /// A user was added.
        Added = "added",
        /// A user was changed.
        Changed = "changed",
        /// A user's role was changed.
        RoleChanged = "role",
        /// A user was disabled.
        Disabled = "disabled",
        /// A user was enabled.
        Enabled = "enabled",
        /// A lockout was lifted.
        Unlocked = "unlocked",
        /// A token was revoked.
        Revoked = "revoked",
    }
}
