//! Why a delivery's signature does not match: what can be recognised from the header, the body and the configured secrets.
//! Pure: the clock is passed in. What it says names endpoints and never a secret or a part of the body.

mod body;
mod sentence;
mod text;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use crate::signature::{self, SignatureHeader};
pub use body::Alteration;

/// A delivery as it arrived.
#[derive(Debug, Clone, Copy)]
pub struct Delivery<'a> {
    /// The value of `Stripe-Signature`; empty where there is none.
    pub header: &'a [u8],
    /// The body as it arrived.
    pub body: &'a [u8],
    /// When it arrived, unix seconds.
    pub now: i64,
    /// The greatest age that is accepted, in seconds.
    pub tolerance: u64,
    /// A body of more bytes is not searched for what was altered in it: each alteration costs a signature over it.
    pub longest_search: usize,
}

/// The secrets that it may have been signed with.
#[derive(Debug, Clone, Copy)]
pub struct Secrets<'a> {
    /// Those of the endpoint that it was delivered to.
    pub own: &'a [SecretString],
    /// Those of the other endpoints, with their names; the endpoint without a name has an empty one.
    pub others: &'a [(&'a str, &'a [SecretString])],
}

/// What was found; the first cause that explains it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "finding", rename_all = "snake_case")]
pub enum Diagnosis {
    /// The signature is right and young enough.
    Valid {
        /// Seconds since it was signed, by the receiver's clock; negative where that is behind.
        age: i64,
        /// How many secrets the endpoint has, of which one matches.
        secrets: usize,
    },
    /// The signature is right and too old.
    TooOld {
        /// Seconds since it was signed, by the receiver's clock.
        age: i64,
        /// What is accepted, in seconds.
        tolerance: u64,
    },
    /// There is no header.
    MissingHeader,
    /// The header has no `t`, no signature, or two different `t`.
    MalformedHeader,
    /// The header has a `v0` and no `v1`.
    OnlyV0,
    /// No `v1` in the header has its 64 hexadecimal digits.
    CutHeader,
    /// There is no body.
    EmptyBody,
    /// The body ends within its JSON.
    CutBody,
    /// Without what stands around it, white space or quotation marks, the secret matches.
    PaddedSecret,
    /// The secret of another endpoint matches.
    OtherEndpoint {
        /// Its name; empty for the one without.
        name: String,
    },
    /// A secret matches the body as it was before it was altered on the way.
    AlteredBody {
        /// How.
        alteration: Alteration,
    },
    /// No secret matches, and one of the endpoint is an API key.
    ApiKey,
    /// No secret matches, and one of the endpoint does not begin with `whsec_`.
    NotASecret,
    /// No secret matches, whatever was tried.
    Unexplained,
}

/// Finds out what is wrong, if anything is.
#[must_use]
pub fn diagnose(delivery: &Delivery<'_>, secrets: &Secrets<'_>) -> Diagnosis {
    if delivery.header.trim_ascii().is_empty() {
        return Diagnosis::MissingHeader;
    }
    let header = signature::read_header(delivery.header);
    let (Some(timestamp), Some(signed_at)) = (header.timestamp, header.signed_at()) else {
        return Diagnosis::MalformedHeader;
    };
    match (header.v1, header.v0) {
        (0, 0) => return Diagnosis::MalformedHeader,
        (0, _) => return Diagnosis::OnlyV0,
        _ if header.candidates.is_empty() => return Diagnosis::CutHeader,
        _ => {}
    }
    let search = Search { timestamp, header: &header };
    if search.any(secrets.own, delivery.body) {
        return of_age(delivery, signed_at, secrets.own.len());
    }
    search.another_cause(delivery, secrets).unwrap_or_else(|| of_secrets(secrets.own))
}

fn of_age(delivery: &Delivery<'_>, signed_at: i64, secrets: usize) -> Diagnosis {
    let age = delivery.now.saturating_sub(signed_at);
    if age > i64::try_from(delivery.tolerance).unwrap_or(i64::MAX) {
        Diagnosis::TooOld { age, tolerance: delivery.tolerance }
    } else {
        Diagnosis::Valid { age, secrets }
    }
}

/// What the endpoint's secrets look like, where nothing matches.
fn of_secrets(own: &[SecretString]) -> Diagnosis {
    let begins = |prefixes: &[&str], secret: &SecretString| {
        prefixes.iter().any(|prefix| unpadded(secret.expose_secret()).starts_with(prefix))
    };
    if own.iter().any(|secret| begins(&["sk_", "rk_", "pk_"], secret)) {
        Diagnosis::ApiKey
    } else if own.iter().any(|secret| !begins(&["whsec_"], secret)) {
        Diagnosis::NotASecret
    } else {
        Diagnosis::Unexplained
    }
}

struct Search<'a> {
    timestamp: &'a [u8],
    header: &'a SignatureHeader<'a>,
}

impl Search<'_> {
    fn matches(&self, secret: &str, body: &[u8]) -> bool {
        !secret.is_empty() && self.header.signs(secret, self.timestamp, body)
    }

    fn any(&self, secrets: &[SecretString], body: &[u8]) -> bool {
        secrets.iter().any(|secret| self.matches(secret.expose_secret(), body))
    }

    fn another_cause(&self, delivery: &Delivery<'_>, secrets: &Secrets<'_>) -> Option<Diagnosis> {
        let body = delivery.body;
        let padded = |secret: &&SecretString| {
            let plain = unpadded(secret.expose_secret());
            plain != secret.expose_secret() && self.matches(plain, body)
        };
        if secrets.own.iter().any(|secret| padded(&secret)) {
            return Some(Diagnosis::PaddedSecret);
        }
        if let Some((name, _)) = secrets.others.iter().find(|(_, other)| self.any(other, body)) {
            return Some(Diagnosis::OtherEndpoint { name: (*name).to_owned() });
        }
        if body.is_empty() {
            return Some(Diagnosis::EmptyBody);
        }
        if body.len() <= delivery.longest_search {
            let known = || secrets.own.iter().chain(secrets.others.iter().flat_map(|(_, other)| *other));
            let was =
                |before: &[u8]| known().any(|secret| self.matches(unpadded(secret.expose_secret()), before));
            if let Some(alteration) = body::alteration(body, was) {
                return Some(Diagnosis::AlteredBody { alteration });
            }
        }
        body::is_cut(body).then_some(Diagnosis::CutBody)
    }
}

/// A secret without the white space and quotation marks around it.
fn unpadded(secret: &str) -> &str {
    secret.trim_matches(|c: char| c.is_whitespace() || c == '"' || c == '\'')
}

#[cfg(test)]
mod tests;
