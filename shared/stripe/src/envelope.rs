//! The envelope of a Stripe event: who it is, of what type, when it was made. Pure.
//!
//! Reads the few fields that route and identify an event and steps over the rest without building
//! a tree. It never changes the body and never judges what `data` holds: that is the worker's job.

mod scalar;

use jiff::Timestamp;
use scalar::Scalar;
use serde::Deserialize;

/// The longest `id` and `type` that fit an AMQP short string (message id, type, routing key).
pub const MAX_NAME: usize = 255;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The body without the UTF-8 byte order mark that some senders put before the JSON, and that no JSON parser takes.
#[must_use]
pub fn without_byte_order_mark(body: &[u8]) -> &[u8] {
    body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body)
}

/// What identifies and routes an event, for snapshot events and thin events alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// The event id, `evt_…`.
    pub id: String,
    /// The event type (`type` in the body), such as `charge.refunded`.
    pub kind: String,
    /// When Stripe made the event, in unix seconds. Thin events carry an ISO date, which is parsed.
    pub created: i64,
    /// Whether it is about real money. A live Connect endpoint also receives test events.
    pub livemode: bool,
    /// The connected account, on Connect.
    pub account: Option<String>,
    /// The API version that shaped `data`. Absent on thin events and on events before late 2014.
    pub api_version: Option<String>,
    /// Whether it is a thin event (`object` is `v2.core.event`), which has no `data`.
    pub thin: bool,
}

/// Why a body is not an event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeError {
    /// The bytes are not UTF-8.
    #[error("the body is not UTF-8")]
    NotUtf8,
    /// The text is not a JSON object with the fields of an event. Says where, never what it holds.
    #[error("the body is not a JSON event: {0}")]
    NotAnEvent(String),
    /// A field that every event has is missing, empty, too long or of the wrong kind.
    #[error("`{field}` {problem}")]
    Field {
        /// The name of the field that is wrong.
        field: &'static str,
        /// What is wrong with it.
        problem: &'static str,
    },
}

impl Envelope {
    /// Reads the envelope of an event body. A UTF-8 byte order mark before the JSON is tolerated.
    pub fn parse(body: &[u8]) -> Result<Self, EnvelopeError> {
        let body = without_byte_order_mark(body);
        // Checked by hand: serde_json does not look at the encoding of what it steps over.
        let text = std::str::from_utf8(body).map_err(|_| EnvelopeError::NotUtf8)?;
        if text.trim_start().as_bytes().first() != Some(&b'{') {
            return Err(EnvelopeError::NotAnEvent("not a JSON object".to_owned()));
        }
        let raw: Raw =
            serde_json::from_str(text).map_err(|error| EnvelopeError::NotAnEvent(place(&error)))?;
        Ok(Self {
            id: name("id", raw.id)?,
            kind: name("type", raw.kind)?,
            created: created(raw.created)?,
            livemode: matches!(raw.livemode, Scalar::Bool(true)),
            account: raw.account.text(),
            api_version: raw.api_version.text(),
            thin: raw.object.text().as_deref() == Some("v2.core.event"),
        })
    }
}

#[derive(Deserialize)]
struct Raw {
    #[serde(default)]
    id: Scalar,
    #[serde(default, rename = "type")]
    kind: Scalar,
    #[serde(default)]
    created: Scalar,
    #[serde(default)]
    livemode: Scalar,
    #[serde(default)]
    account: Scalar,
    #[serde(default)]
    api_version: Scalar,
    #[serde(default)]
    object: Scalar,
}

/// Serde's own messages quote values of the body, which must not reach a log.
fn place(error: &serde_json::Error) -> String {
    format!("line {} column {}", error.line(), error.column())
}

fn name(field: &'static str, value: Scalar) -> Result<String, EnvelopeError> {
    let problem = match value.text() {
        None => "is missing or not a string",
        Some(text) if text.is_empty() => "is empty",
        Some(text) if text.len() > MAX_NAME => "is longer than 255 bytes",
        Some(text) if text.chars().any(char::is_control) => "holds a control character",
        Some(text) => return Ok(text),
    };
    Err(EnvelopeError::Field { field, problem })
}

fn created(value: Scalar) -> Result<i64, EnvelopeError> {
    let at = match value {
        Scalar::Integer(seconds) => Timestamp::from_second(seconds).ok(),
        Scalar::Text(text) => text.parse::<Timestamp>().ok(),
        _ => None,
    };
    at.map(Timestamp::as_second).ok_or(EnvelopeError::Field {
        field: "created",
        problem: "is missing or not a date (unix seconds, or an ISO date on thin events)",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(body: &str) -> Result<Envelope, EnvelopeError> {
        Envelope::parse(body.as_bytes())
    }

    #[test]
    fn a_snapshot_event_is_read() {
        let envelope = parse(
            r#"{"id":"evt_1","object":"event","type":"charge.refunded","created":1700000000,"livemode":true,
                "account":"acct_1","api_version":"2022-11-15","data":{"object":{"id":"ch_1"}},"new":[1,{"a":null}]}"#,
        )
        .unwrap();
        assert_eq!(envelope.id, "evt_1");
        assert_eq!(envelope.kind, "charge.refunded");
        assert_eq!(envelope.created, 1_700_000_000);
        assert!(envelope.livemode && !envelope.thin);
        assert_eq!(envelope.account.as_deref(), Some("acct_1"));
        assert_eq!(envelope.api_version.as_deref(), Some("2022-11-15"));
    }

    #[test]
    fn a_thin_event_carries_an_iso_date() {
        let envelope = parse(
            r#"{"id":"evt_1","object":"v2.core.event","type":"v1.charge.refunded",
                "created":"2023-11-14T22:13:20.000Z","livemode":false}"#,
        )
        .unwrap();
        assert!(envelope.thin);
        assert_eq!(envelope.created, 1_700_000_000);
    }

    #[test]
    fn old_events_without_api_version_and_odd_optional_fields_are_accepted() {
        let envelope = parse(
            r#"{"id":"evt_1","type":"x","created":1,"api_version":null,"account":{"id":3},"livemode":[]}"#,
        )
        .unwrap();
        assert_eq!((envelope.api_version, envelope.account, envelope.livemode), (None, None, false));
    }

    #[test]
    fn a_byte_order_mark_and_white_space_are_tolerated() {
        let body = [BYTE_ORDER_MARK, b" \n{\"id\":\"evt_1\",\"type\":\"x\",\"created\":1} \n"].concat();
        assert!(Envelope::parse(&body).is_ok());
    }

    #[test]
    fn what_is_not_an_event_is_refused() {
        for body in [
            "",
            "null",
            "[]",
            r#"["evt_1","x",1]"#,
            "\"evt\"",
            "{",
            "{}",
            "{} {}",
            r#"{"id":"","type":"x","created":1}"#,
            r#"{"id":"evt_1","type":"","created":1}"#,
            r#"{"id":"evt_1","created":1}"#,
            r#"{"id":1,"type":"x","created":1}"#,
            r#"{"id":"evt_1","type":"x"}"#,
            r#"{"id":"evt_1","type":"x","created":1.5}"#,
            r#"{"id":"evt_1","type":"x","created":"soon"}"#,
            r#"{"id":"evt_1","type":"x","created":9223372036854775807}"#,
            r#"{"id":"evt_1","type":"x","created":18446744073709551615}"#,
            r#"{"id":"evt\u0000_1","type":"x","created":1}"#,
            r#"{"id":"evt_1","type":"x","created":1,}"#,
            r#"{"id":"evt_1","id":"evt_2","type":"x","created":1}"#,
        ] {
            assert!(parse(body).is_err(), "{body}");
        }
    }

    #[test]
    fn names_are_at_most_255_bytes() {
        let event = |n| format!(r#"{{"id":"{}","type":"x","created":1}}"#, "e".repeat(n));
        assert!(parse(&event(255)).is_ok());
        assert!(parse(&event(256)).is_err());
    }

    #[test]
    fn bytes_that_are_not_utf8_are_refused_wherever_they_stand() {
        let body = b"{\"id\":\"evt_1\",\"type\":\"x\",\"created\":1,\"data\":\"\xff\"}";
        assert_eq!(Envelope::parse(body), Err(EnvelopeError::NotUtf8));
    }

    #[test]
    fn errors_do_not_quote_the_body() {
        let error = parse(r#"{"id":"evt_1","type":"x","created":1,"secret":tru}"#).unwrap_err();
        assert!(!error.to_string().contains("secret"), "{error}");
    }

    #[test]
    fn deep_nesting_does_not_exhaust_the_stack() {
        let deep = "[".repeat(200_000) + &"]".repeat(200_000);
        assert!(parse(&format!(r#"{{"id":"evt_1","type":"x","created":1,"data":{deep}}}"#)).is_ok());
    }
}
