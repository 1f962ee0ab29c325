//! A part of Stripe's list of events.

use jiff::Timestamp;

/// Events by the time at which Stripe made them: from `since` on, before `until`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Window {
    pub(crate) since: Timestamp,
    pub(crate) until: Timestamp,
}
