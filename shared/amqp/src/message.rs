//! What travels between the processes: a message to publish and the headers of an event in flight.

use jiff::Timestamp;
use lapin::types::{AMQPValue, FieldTable};
use service::trace_parent::TraceParent;

/// How many attempts came before this one: 0 when it comes from the ingress or from a replay.
pub const ATTEMPT: &str = "x-attempt";
/// When the ingress took it in, in unix milliseconds.
pub const RECEIVED_AT: &str = "x-received-at";
/// The named endpoint it came through; absent for `/webhooks/stripe`.
pub const ENDPOINT: &str = "x-endpoint";
/// The dead letter or event that this replays.
pub const REPLAY_OF: &str = "x-replay-of";
/// Who published an event that no webhook brought, such as `sweep`; absent on those of the ingress.
pub const SOURCE: &str = "x-source";
/// The header with the W3C trace context, `traceparent`.
pub const TRACEPARENT: &str = "traceparent";
/// On dead letters: the reason, from the closed list.
pub const REASON: &str = "x-reason";
/// On dead letters: the error, for people.
pub const ERROR: &str = "x-error";
/// When the event failed first, in unix milliseconds.
pub const FIRST_FAILED_AT: &str = "x-first-failed-at";

/// A message as the publisher accepts it. It is always sent persistent and `mandatory`.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// The exchange to publish to.
    pub exchange: String,
    /// The routing key: the event type, or an outbox topic.
    pub routing_key: String,
    /// The event id, or the outbox key.
    pub message_id: String,
    /// The AMQP `type` property: the event type.
    pub kind: String,
    /// The headers, for events those of [`EventHeaders`].
    pub headers: FieldTable,
    /// The body, byte for byte.
    pub body: Vec<u8>,
}

/// What the body of a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContentType {
    /// A Stripe event, or something that should have been one.
    Json,
    /// A CloudEvent in structured mode.
    CloudEvent,
}

impl ContentType {
    /// As the property and the HTTP header write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::CloudEvent => "application/cloudevents+json",
        }
    }
}

/// The headers of an event in flight.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventHeaders {
    /// How many attempts the event had before, see [`ATTEMPT`].
    pub attempt: u32,
    /// When the ingress received the event, see [`RECEIVED_AT`].
    pub received_at: Timestamp,
    /// The ingress endpoint it came through, see [`ENDPOINT`].
    pub endpoint: Option<String>,
    /// What it is a replay of, see [`REPLAY_OF`].
    pub replay_of: Option<String>,
    /// The trace it belongs to, see [`TRACEPARENT`].
    pub traceparent: Option<TraceParent>,
    /// When its first attempt failed, see [`FIRST_FAILED_AT`].
    pub first_failed_at: Option<Timestamp>,
}

impl EventHeaders {
    /// Headers of an event that has just been received.
    pub fn received(at: Timestamp) -> Self {
        Self {
            attempt: 0,
            received_at: at,
            endpoint: None,
            replay_of: None,
            traceparent: None,
            first_failed_at: None,
        }
    }

    /// The headers as AMQP takes them.
    pub fn to_table(&self) -> FieldTable {
        let mut table = FieldTable::default();
        insert_integer(&mut table, ATTEMPT, i64::from(self.attempt));
        insert_integer(&mut table, RECEIVED_AT, self.received_at.as_millisecond());
        if let Some(at) = self.first_failed_at {
            insert_integer(&mut table, FIRST_FAILED_AT, at.as_millisecond());
        }
        let traceparent = self.traceparent.map(|traceparent| traceparent.to_string());
        for (name, value) in
            [(ENDPOINT, &self.endpoint), (REPLAY_OF, &self.replay_of), (TRACEPARENT, &traceparent)]
        {
            if let Some(value) = value {
                insert_text(&mut table, name, value);
            }
        }
        table
    }

    /// Reads the headers of a message. What is absent or unreadable takes the value of an event
    /// received just now: a message from elsewhere must not be lost for its headers.
    pub fn from_table(table: &FieldTable, fallback_received_at: Timestamp) -> Self {
        let time = |name| integer(table, name).and_then(|ms| Timestamp::from_millisecond(ms).ok());
        Self {
            attempt: integer(table, ATTEMPT).and_then(|n| u32::try_from(n).ok()).unwrap_or(0),
            received_at: time(RECEIVED_AT).unwrap_or(fallback_received_at),
            endpoint: text(table, ENDPOINT),
            replay_of: text(table, REPLAY_OF),
            traceparent: text(table, TRACEPARENT).and_then(|text| text.parse().ok()),
            first_failed_at: time(FIRST_FAILED_AT),
        }
    }
}

/// Puts an integer header into a table.
pub fn insert_integer(table: &mut FieldTable, name: &'static str, value: i64) {
    table.insert(name.into(), AMQPValue::LongLongInt(value));
}

/// Puts a text header into a table.
pub fn insert_text(table: &mut FieldTable, name: &'static str, value: &str) {
    table.insert(name.into(), AMQPValue::LongString(value.into()));
}

/// Reads an integer header of whatever width: brokers and clients choose it freely.
pub fn integer(table: &FieldTable, name: &str) -> Option<i64> {
    match table.inner().get(name)? {
        AMQPValue::ShortShortInt(n) => Some(i64::from(*n)),
        AMQPValue::ShortShortUInt(n) => Some(i64::from(*n)),
        AMQPValue::ShortInt(n) => Some(i64::from(*n)),
        AMQPValue::ShortUInt(n) => Some(i64::from(*n)),
        AMQPValue::LongInt(n) => Some(i64::from(*n)),
        AMQPValue::LongUInt(n) => Some(i64::from(*n)),
        AMQPValue::LongLongInt(n) => Some(*n),
        AMQPValue::Timestamp(n) => i64::try_from(*n).ok(),
        _ => None,
    }
}

/// Reads a text header.
pub fn text(table: &FieldTable, name: &str) -> Option<String> {
    match table.inner().get(name)? {
        AMQPValue::LongString(text) => String::from_utf8(text.as_bytes().to_vec()).ok(),
        AMQPValue::ShortString(text) => Some(text.as_str().to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millisecond(ms).unwrap()
    }

    #[test]
    fn headers_survive_the_way_through_a_table() {
        let headers = EventHeaders {
            attempt: 3,
            received_at: at(1_700_000_000_123),
            endpoint: Some("acme".to_owned()),
            replay_of: Some("42".to_owned()),
            traceparent: Some(TraceParent::root()),
            first_failed_at: Some(at(1_700_000_001_456)),
        };
        assert_eq!(EventHeaders::from_table(&headers.to_table(), at(0)), headers);
        let fresh = EventHeaders::received(at(5));
        assert_eq!(EventHeaders::from_table(&fresh.to_table(), at(0)), fresh);
    }

    #[test]
    fn a_message_without_headers_counts_as_received_now() {
        assert_eq!(EventHeaders::from_table(&FieldTable::default(), at(7)), EventHeaders::received(at(7)));
    }

    #[test]
    fn integers_of_any_width_are_read_and_nonsense_is_not() {
        let mut table = FieldTable::default();
        table.insert(ATTEMPT.into(), AMQPValue::ShortShortUInt(2));
        table.insert(RECEIVED_AT.into(), AMQPValue::LongString("soon".into()));
        table.insert(TRACEPARENT.into(), AMQPValue::LongString("00-a-b-01".into()));
        let headers = EventHeaders::from_table(&table, at(9));
        assert_eq!((headers.attempt, headers.received_at, headers.traceparent), (2, at(9), None));
        table.insert(ATTEMPT.into(), AMQPValue::LongLongInt(-1));
        assert_eq!(EventHeaders::from_table(&table, at(9)).attempt, 0);
    }
}
