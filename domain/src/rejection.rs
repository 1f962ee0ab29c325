//! Why an event did not take effect. The list is closed: dashboards, filters and the support guide name it.

use stripe::objects::ViewError;
use thiserror::Error;

/// The reason, as `events.reason` and `dead_letters.reason` show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The body is no Stripe event.
    MalformedEvent,
    /// The object lacks what its type needs.
    MissingField,
    /// The event carries another kind of object than its type promises.
    UnexpectedObject,
    /// A thin event of a type that is handled, and no API key to fetch its object with.
    NeedsApiKey,
    /// The object of a thin event could not be fetched from Stripe.
    FetchFailed,
    /// A value that cannot be stored: out of range, a NUL byte, a violated constraint.
    InvalidData,
    /// The code that handles this type panicked.
    HandlerPanic,
    /// The database refused for a reason of its own that is not known to pass.
    DatabaseError,
}

impl Reason {
    /// The closed list of reasons that workers give.
    pub const ALL: [Self; 8] = [
        Self::MalformedEvent,
        Self::MissingField,
        Self::UnexpectedObject,
        Self::NeedsApiKey,
        Self::FetchFailed,
        Self::InvalidData,
        Self::HandlerPanic,
        Self::DatabaseError,
    ];

    /// The value that is stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::MalformedEvent => "malformed_event",
            Self::MissingField => "missing_field",
            Self::UnexpectedObject => "unexpected_object",
            Self::NeedsApiKey => "needs_api_key",
            Self::FetchFailed => "fetch_failed",
            Self::InvalidData => "invalid_data",
            Self::HandlerPanic => "handler_panic",
            Self::DatabaseError => "database_error",
        }
    }
}

/// An event that did not take effect, with the reason and its detail.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Rejection {
    /// It may work later: it climbs the retry schedule.
    #[error("{}: {detail}", reason.as_str())]
    Retry {
        /// Why, as stored in `events.reason` and `dead_letters.reason`.
        reason: Reason,
        /// The detail, for people.
        detail: String,
    },
    /// It never will: it goes straight to the dead letters.
    #[error("{}: {detail}", reason.as_str())]
    Permanent {
        /// Why, as stored in `events.reason` and `dead_letters.reason`.
        reason: Reason,
        /// The detail, for people.
        detail: String,
    },
}

/// How many characters of a reason are kept. Messages quote what they found in the event, which may be long; a
/// header must fit one frame of AMQP with all others, and nobody reads further.
const LONGEST_DETAIL: usize = 2_000;

impl Rejection {
    /// A rejection that no further attempt can change: the event becomes a dead letter.
    pub fn permanent(reason: Reason, detail: impl Into<String>) -> Self {
        Self::Permanent { reason, detail: shortened(detail.into()) }
    }

    /// A rejection that may pass: the event is retried on the schedule.
    pub fn retry(reason: Reason, detail: impl Into<String>) -> Self {
        Self::Retry { reason, detail: shortened(detail.into()) }
    }

    /// Why, as stored in `events.reason` and `dead_letters.reason`.
    #[must_use]
    pub const fn reason(&self) -> Reason {
        match self {
            Self::Retry { reason, .. } | Self::Permanent { reason, .. } => *reason,
        }
    }
}

fn shortened(mut detail: String) -> String {
    if let Some((end, _)) = detail.char_indices().nth(LONGEST_DETAIL) {
        detail.truncate(end);
        detail.push('…');
    }
    detail
}

impl From<ViewError> for Rejection {
    fn from(error: ViewError) -> Self {
        let reason = match error {
            ViewError::Missing { .. } => Reason::MissingField,
            ViewError::Unexpected { .. } => Reason::UnexpectedObject,
            ViewError::Invalid { .. } => Reason::InvalidData,
        };
        Self::permanent(reason, error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_reason_is_cut_between_two_characters_and_a_short_one_is_kept() {
        let said = |detail: String| Rejection::permanent(Reason::InvalidData, detail).to_string();
        let longest = "é".repeat(LONGEST_DETAIL);
        assert_eq!(said(longest.clone()), format!("invalid_data: {longest}"));
        assert_eq!(said(format!("{longest}éa")), format!("invalid_data: {longest}…"));
        let retry = Rejection::retry(Reason::DatabaseError, format!("{longest}a"));
        assert_eq!(retry.to_string(), format!("database_error: {longest}…"));
    }
}
