//! One attempt to send a message.

use std::time::Duration;

use tokio_postgres::Client;

/// What goes for an attempt besides the message.
pub(super) struct Attempt<'a> {
    /// The session of the relay.
    pub(super) client: &'a Client,
    /// By the database's clock, unix seconds.
    pub(super) now: i64,
    /// Until the next attempt if this one fails.
    pub(super) wait: Duration,
}
