//! From a message of the dead queue to the row that support staff will see. Pure: no database,
//! no clock but the one passed in. Must accept every body, whatever it holds.

use amqp::message::{ERROR, EventHeaders, REASON};
use domain::references::references;
use jiff::Timestamp;
use lapin::types::{AMQPValue, FieldTable, LongString};
use sha2::{Digest, Sha256};
use stripe::envelope::{Envelope, without_byte_order_mark};

use super::reason::DeadLetterReason;

const TEXT_LIMIT: usize = 4000;

/// A dead letter as it will be stored.
#[derive(Debug, Clone)]
pub(crate) struct NewDeadLetter {
    /// The event's id; for a body that is not an event the message id or a hash of the body.
    pub(crate) event_id: String,
    pub(crate) kind: String,
    /// One of the closed list of reasons.
    pub(crate) reason: String,
    /// The error in words.
    pub(crate) error: String,
    /// How many attempts it had.
    pub(crate) attempts: i32,
    /// The bytes as they were received.
    pub(crate) payload: Vec<u8>,
    /// The ingress endpoint it came in through.
    pub(crate) endpoint: Option<String>,
    /// The trace that it belongs to.
    pub(crate) traceparent: Option<String>,
    /// When the ingress took it in.
    pub(crate) received_at: Option<Timestamp>,
    /// When it first failed.
    pub(crate) first_failed_at: Timestamp,
    /// Ids that the body names.
    pub(crate) refs: Vec<String>,
    /// The envelope, when the body is an event.
    pub(crate) envelope: Option<Envelope>,
    /// The message was delivered before: it may be one that is already stored.
    pub(crate) redelivered: bool,
    /// The broker gave up on it, so no worker has recorded it.
    pub(crate) by_broker: bool,
}

/// What a message of the dead queue carries.
#[derive(Debug)]
pub(crate) struct DeadMessage<'a> {
    pub(crate) body: &'a [u8],
    pub(crate) headers: &'a FieldTable,
    pub(crate) message_id: Option<&'a str>,
    pub(crate) kind: Option<&'a str>,
    /// The broker delivered it before.
    pub(crate) redelivered: bool,
}

impl NewDeadLetter {
    /// Reads a message of the dead queue.
    pub(crate) fn read(message: &DeadMessage<'_>, now: Timestamp) -> NewDeadLetter {
        let envelope = Envelope::parse(message.body).ok();
        let headers = EventHeaders::from_table(message.headers, now);
        let reason = text(message.headers, REASON);
        let by_broker = reason.is_none();
        let reason = reason.unwrap_or_else(|| DeadLetterReason::DeliveryLimit.to_string());
        let error = text(message.headers, ERROR).unwrap_or_else(|| {
            "the broker delivered it too often without a worker finishing it: it may be ending the worker's process".to_owned()
        });
        let attempts = if by_broker { headers.attempt.saturating_add(1) } else { headers.attempt };
        let received_at = message.headers.inner().contains_key(amqp::message::RECEIVED_AT);
        NewDeadLetter {
            event_id: event_id(envelope.as_ref(), message),
            kind: clean(envelope.as_ref().map(|e| e.kind.as_str()).or(message.kind).unwrap_or("unknown")),
            reason: clean(&reason),
            error: clean(&error),
            attempts: i32::try_from(attempts).unwrap_or(i32::MAX),
            payload: message.body.to_vec(),
            endpoint: headers.endpoint.as_deref().map(clean),
            traceparent: headers.traceparent.map(|traceparent| traceparent.to_string()),
            received_at: received_at.then_some(headers.received_at),
            first_failed_at: headers.first_failed_at.unwrap_or(now),
            refs: references(message.body),
            envelope,
            redelivered: message.redelivered,
            by_broker,
        }
    }

    /// The body as text that the column `events.payload` takes, without a byte order mark.
    pub(crate) fn json_text(&self) -> Option<&str> {
        std::str::from_utf8(without_byte_order_mark(&self.payload)).ok()
    }
}

fn event_id(envelope: Option<&Envelope>, message: &DeadMessage<'_>) -> String {
    let known = envelope.map(|e| e.id.as_str()).or(message.message_id.filter(|id| !id.is_empty()));
    match known {
        Some(id) => clean(id),
        None => format!("sha256:{}", hex::encode(&Sha256::digest(message.body)[..12])),
    }
}

/// PostgreSQL's text takes no NUL, and an error may quote a whole body.
fn clean(text: &str) -> String {
    text.chars().filter(|c| *c != '\0').take(TEXT_LIMIT).collect()
}

fn text(headers: &FieldTable, name: &str) -> Option<String> {
    match headers.inner().get(name)? {
        AMQPValue::LongString(s) => Some(long(s)),
        AMQPValue::ShortString(s) => Some(s.as_str().to_owned()),
        _ => None,
    }
}

fn long(s: &LongString) -> String {
    String::from_utf8_lossy(s.as_bytes()).into_owned()
}
