//! Where a page of events begins.

use jiff::Timestamp;

use crate::common::error::ServiceError;

/// Where a page of events begins: after the event with this time and id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EventCursor {
    /// `received_at` of the last event shown.
    pub(crate) received_at: Timestamp,
    pub(crate) id: String,
}

impl EventCursor {
    /// Reads what [`EventCursor`]'s `Display` wrote.
    pub(crate) fn parse(text: &str) -> Option<EventCursor> {
        let (micros, id) = text.split_once('.')?;
        let received_at = Timestamp::from_microsecond(micros.parse().ok()?).ok()?;
        (!id.is_empty() && !id.contains('\0')).then(|| EventCursor { received_at, id: id.to_owned() })
    }
}

impl std::fmt::Display for EventCursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.received_at.as_microsecond(), self.id)
    }
}

/// Where a page of events begins.
pub(crate) fn read(text: Option<&str>) -> Result<Option<EventCursor>, ServiceError> {
    let bad = || ServiceError::invalid("invalid_cursor", "before takes the `next` of the page before");
    text.map(|t| EventCursor::parse(t).ok_or_else(bad)).transpose()
}

/// An event's id, or why it cannot be one: PostgreSQL's text takes no NUL.
pub(crate) fn event_id(text: &str) -> Result<&str, ServiceError> {
    if text.contains('\0') {
        return Err(ServiceError::invalid("invalid_id", "this is no event id: it contains a NUL"));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::{EventCursor, read};

    #[test]
    fn a_cursor_survives_its_own_text() {
        let cursor = EventCursor {
            received_at: jiff::Timestamp::from_microsecond(1_700_000_000_123_456).unwrap(),
            id: "evt.1".into(),
        };
        assert_eq!(read(Some(&cursor.to_string())).unwrap(), Some(cursor));
        assert!(read(Some("nonsense")).is_err());
        assert!(read(Some("12.")).is_err());
    }
}
