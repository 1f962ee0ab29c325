//! Deliveries that the ingress refused, in short: what it reports and the console shows. Never a body or a secret.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};

use crate::diagnosis::Diagnosis;

/// Why a delivery was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RejectionReason {
    /// There is no signature.
    MissingSignature,
    /// The signature's header cannot be read.
    MalformedSignature,
    /// No signature matches.
    SignatureMismatch,
    /// The signature is right and too old.
    TimestampOutOfTolerance,
    /// The signature is right, and the body is no event.
    MalformedEvent,
    /// No endpoint has this name.
    UnknownEndpoint,
    /// The address is not allowed.
    AddressNotAllowed,
    /// Too many requests of one address.
    RateLimited,
    /// The body is larger than what is accepted.
    BodyTooLarge,
}

impl RejectionReason {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::MissingSignature,
        Self::MalformedSignature,
        Self::SignatureMismatch,
        Self::TimestampOutOfTolerance,
        Self::MalformedEvent,
        Self::UnknownEndpoint,
        Self::AddressNotAllowed,
        Self::RateLimited,
        Self::BodyTooLarge,
    ];

    /// As the ingress answers it and the database spells it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::MissingSignature => "missing_signature",
            Self::MalformedSignature => "malformed_signature",
            Self::SignatureMismatch => "signature_mismatch",
            Self::TimestampOutOfTolerance => "timestamp_out_of_tolerance",
            Self::MalformedEvent => "malformed_event",
            Self::UnknownEndpoint => "unknown_endpoint",
            Self::AddressNotAllowed => "address_not_allowed",
            Self::RateLimited => "rate_limited",
            Self::BodyTooLarge => "body_too_large",
        }
    }

    /// The reason that is spelled so.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == text)
    }
}

impl fmt::Display for RejectionReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What one endpoint refused for one reason since the report before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RejectionReport {
    /// The endpoint's name; empty for the one without.
    pub endpoint: String,
    /// Why.
    pub reason: RejectionReason,
    /// How many deliveries.
    pub count: u64,
    /// The first few of them.
    pub samples: Vec<RejectionSample>,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RejectionSample {
    /// When it came, unix seconds by the ingress's clock.
    pub at: i64,
    /// The path that it was posted to, cut.
    pub path: String,
    /// The client's address.
    pub client: Option<String>,
    /// Its `User-Agent`, cut.
    pub user_agent: Option<String>,
    /// Seconds from the signature's timestamp to its arrival; negative where the timestamp is in the future.
    pub skew: Option<i64>,
    /// The header has a `v1`.
    pub v1: bool,
    /// The header has a `v0`.
    pub v0: bool,
    /// What the body was, where it was read.
    pub body: Option<BodySummary>,
    /// What is wrong with the signature, where it was looked at and the reader's version knows it.
    #[serde(default, deserialize_with = "known")]
    pub diagnosis: Option<Diagnosis>,
}

/// A finding of a later version is none: the rest of the report stands.
fn known<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Diagnosis>, D::Error> {
    let found = Option::<serde_json::Value>::deserialize(deserializer)?;
    Ok(found.and_then(|found| serde_json::from_value(found).ok()))
}

/// A body that cannot be read from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BodySummary {
    /// Its length in bytes.
    pub bytes: u64,
    /// The first 16 hexadecimal digits of its SHA-256, to compare it with a body at hand.
    pub sha256: String,
}

impl BodySummary {
    /// The summary of a body.
    #[must_use]
    pub fn of(body: &[u8]) -> Self {
        use sha2::{Digest as _, Sha256};
        let digest = hex::encode(Sha256::digest(body));
        Self { bytes: body.len() as u64, sha256: digest.chars().take(16).collect() }
    }
}
