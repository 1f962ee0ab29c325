//! From a message of the dead queue to the row that support staff will see. Pure: no database,
//! no clock but the one passed in. Must accept every body and every header, whatever they hold: what a column or an
//! index cannot take is cut or left out here, and [`NewDeadLetter::simplify`] leaves out more where the database refuses
//! the row all the same.

use amqp::message::{ERROR, EventHeaders, REASON};
use domain::references::references;
use jiff::{SignedDuration, Timestamp};
use lapin::types::{AMQPValue, FieldTable, LongString};
use sha2::{Digest, Sha256};
use stripe::envelope::{Envelope, without_byte_order_mark};

use super::reason::DeadLetterReason;

const TEXT_LIMIT: usize = 4000;
/// Characters of what is indexed: an index takes no more than 2,704 bytes.
const INDEXED_LIMIT: usize = 255;
/// Characters of the old error that a simplified dead letter still quotes.
const QUOTED_LIMIT: usize = 500;
/// How far ahead a clock may be.
const CLOCK_AHEAD: SignedDuration = SignedDuration::from_hours(24);

/// A dead letter as it will be stored.
#[derive(Debug, Clone)]
pub(crate) struct NewDeadLetter {
    /// The event's id. Of a body that is no event the message id with a hash of the body behind it, or the hash alone:
    /// several bodies may come under one message id, and each is a dead letter of its own.
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
    /// What of it is there to be stored.
    form: Form,
}

/// How much of a dead letter is stored: less each time that the database refuses it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Whole,
    /// Without its envelope and what it can be found by.
    WithoutReferences,
    /// The body, under an id that is safe, and the error in short.
    Bare,
}

/// What a message of the dead queue carries.
#[derive(Debug)]
pub(crate) struct DeadMessage<'a> {
    pub(crate) body: Vec<u8>,
    pub(crate) headers: &'a FieldTable,
    pub(crate) message_id: Option<&'a str>,
    pub(crate) kind: Option<&'a str>,
    /// The broker delivered it before.
    pub(crate) redelivered: bool,
}

impl NewDeadLetter {
    /// Reads a message of the dead queue.
    pub(crate) fn read(message: DeadMessage<'_>, now: Timestamp) -> NewDeadLetter {
        let envelope = Envelope::parse(&message.body).ok();
        let headers = EventHeaders::from_table(message.headers, now);
        let reason = text(message.headers, REASON);
        let by_broker = reason.is_none();
        let reason = reason.unwrap_or_else(|| DeadLetterReason::DeliveryLimit.to_string());
        let error = text(message.headers, ERROR).unwrap_or_else(|| {
            "the broker delivered it too often without a worker finishing it: it may be ending the worker's process".to_owned()
        });
        let attempts = if by_broker { headers.attempt.saturating_add(1) } else { headers.attempt };
        let received_at = message.headers.inner().contains_key(amqp::message::RECEIVED_AT);
        let refs = references(&message.body);
        NewDeadLetter {
            event_id: event_id(envelope.as_ref(), &message),
            kind: clean(
                envelope.as_ref().map(|e| e.kind.as_str()).or(message.kind).unwrap_or("unknown"),
                INDEXED_LIMIT,
            ),
            reason: clean(&reason, INDEXED_LIMIT),
            error: clean(&error, TEXT_LIMIT),
            attempts: i32::try_from(attempts).unwrap_or(i32::MAX),
            endpoint: headers.endpoint.as_deref().map(|endpoint| clean(endpoint, INDEXED_LIMIT)),
            traceparent: headers.traceparent.map(|traceparent| traceparent.to_string()),
            received_at: received_at.then_some(headers.received_at).filter(|at| is_plausible(*at, now)),
            first_failed_at: headers.first_failed_at.filter(|at| is_plausible(*at, now)).unwrap_or(now),
            refs: refs.into_iter().filter(|name| name.chars().count() <= INDEXED_LIMIT).collect(),
            envelope,
            redelivered: message.redelivered,
            by_broker,
            form: Form::Whole,
            payload: message.body,
        }
    }

    /// Leaves out what the database may have refused; false when there is nothing left to leave out. `refused` is what
    /// it said.
    pub(crate) fn simplify(&mut self, refused: &str, now: Timestamp) -> bool {
        self.envelope = None;
        self.refs.clear();
        self.form = match self.form {
            Form::Whole => Form::WithoutReferences,
            Form::WithoutReferences => Form::Bare,
            Form::Bare => return false,
        };
        if self.form == Form::Bare {
            let failed = clean(&format!("{}: {}", self.reason, self.error), QUOTED_LIMIT);
            self.error = format!(
                "stored in a reduced form, because the database refused it ({}); it had failed with {failed}",
                clean(refused, QUOTED_LIMIT)
            );
            self.event_id = format!("sha256:{}", hash(&self.payload));
            self.kind = "unknown".to_owned();
            self.reason = DeadLetterReason::InvalidData.to_string();
            self.attempts = 1;
            (self.endpoint, self.traceparent, self.received_at) = (None, None, None);
            self.first_failed_at = now;
        }
        true
    }

    /// When Stripe made the event, where that can be.
    pub(crate) fn created(&self, now: Timestamp) -> Timestamp {
        let created = self.envelope.as_ref().map(|envelope| Timestamp::from_second(envelope.created));
        created.and_then(Result::ok).filter(|at| is_plausible(*at, now)).unwrap_or(now)
    }

    /// The body as text that the column `events.payload` takes, without a byte order mark.
    pub(crate) fn json_text(&self) -> Option<&str> {
        std::str::from_utf8(without_byte_order_mark(&self.payload)).ok()
    }
}

fn event_id(envelope: Option<&Envelope>, message: &DeadMessage<'_>) -> String {
    let hash = || hash(&message.body);
    let id = envelope.map(|e| e.id.as_str()).or(message.message_id).unwrap_or_default();
    let kept = clean(id, INDEXED_LIMIT);
    match envelope {
        Some(_) if kept == id => kept,
        _ if id.is_empty() => format!("sha256:{}", hash()),
        // Sent again as it was stored.
        None if id.ends_with(&format!("#{}", hash())) => kept,
        _ => format!("{kept}#{}", hash()),
    }
}

fn hash(body: &[u8]) -> String {
    hex::encode(&Sha256::digest(body)[..12])
}

/// Stripe is not that old, and no clock goes that far ahead.
fn is_plausible(at: Timestamp, now: Timestamp) -> bool {
    at >= Timestamp::UNIX_EPOCH && at <= now.saturating_add(CLOCK_AHEAD).unwrap_or(Timestamp::MAX)
}

/// PostgreSQL's text takes no NUL, and an error may quote a whole body.
fn clean(text: &str, limit: usize) -> String {
    text.chars().filter(|c| *c != '\0').take(limit).collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &[u8], message_id: Option<&str>, headers: &FieldTable) -> NewDeadLetter {
        let message =
            DeadMessage { body: body.to_vec(), headers, message_id, kind: Some("x"), redelivered: false };
        NewDeadLetter::read(message, Timestamp::from_second(1_790_000_000).unwrap())
    }

    #[test]
    fn bodies_that_are_no_events_have_an_id_of_their_own_under_one_message_id() {
        let none = FieldTable::default();
        let id = |body: &[u8], message_id| read(body, message_id, &none).event_id;
        let (one, two) = (id(b"one", Some("msg")), id(b"two", Some("msg")));
        assert_ne!(one, two);
        assert!(one.starts_with("msg#") && two.starts_with("msg#"), "{one} {two}");
        assert_eq!(id(b"one", Some(&one)), one, "as a replay sends it");
        assert!(id(b"one", None).starts_with("sha256:") && id(b"one", Some("")).starts_with("sha256:"));
        let event = br#"{"id":"evt_1","type":"charge.failed","created":1,"livemode":false}"#;
        assert_eq!(id(event, Some("msg")), "evt_1");
    }

    #[test]
    fn what_no_column_takes_is_cut_or_left_out() {
        let mut headers = FieldTable::default();
        headers.insert(REASON.into(), AMQPValue::LongString("r".repeat(100_000).into()));
        headers.insert(ERROR.into(), AMQPValue::LongString("e".repeat(100_000).into()));
        for name in [amqp::message::RECEIVED_AT, amqp::message::FIRST_FAILED_AT] {
            headers.insert(name.into(), AMQPValue::LongLongInt(-300_000_000_000_000));
        }
        let id = "i".repeat(100_000);
        let body = br#"{"id":"evt_1","created":-9999999999}"#;
        let (message_id, kind) = (Some(id.as_str()), Some(id.as_str()));
        let message =
            DeadMessage { body: body.to_vec(), headers: &headers, message_id, kind, redelivered: false };
        let now = Timestamp::from_second(1_790_000_000).unwrap();
        let read = NewDeadLetter::read(message, now);
        assert_eq!((read.reason.len(), read.error.len(), read.kind.len()), (255, 4000, 255));
        assert!(read.event_id.len() < 300, "{}", read.event_id);
        assert_eq!((read.received_at, read.first_failed_at, read.created(now)), (None, now, now));
        assert_eq!(read.payload, body);
    }

    #[test]
    fn a_refused_dead_letter_is_simplified_until_its_body_alone_is_left() {
        let none = FieldTable::default();
        let body = br#"{"id":"evt_1","type":"charge.failed","created":1,"livemode":false}"#;
        let now = Timestamp::UNIX_EPOCH;
        let mut letter = read(body, None, &none);
        assert!(letter.simplify("23514 no", now));
        assert_eq!((letter.event_id.as_str(), letter.kind.as_str()), ("evt_1", "charge.failed"));
        assert!(letter.simplify("23514 no", now));
        assert!(letter.event_id.starts_with("sha256:"), "{}", letter.event_id);
        assert!(
            letter.error.contains("23514 no") && letter.error.contains("delivery_limit"),
            "{}",
            letter.error
        );
        assert!(!letter.simplify("23514 no", now));
        assert_eq!(letter.payload, body);
    }
}
