//! Stripe's webhook signature. Pure: the clock is passed in, nothing is logged.
//!
//! `Stripe-Signature: t=<unix>,v1=<hex>[,v1=<hex>…]`, HMAC-SHA256 over `<t>.<raw body>` with the
//! bytes of the whole secret. Written here instead of using a library because any `v1` under
//! any configured secret must do, or rolling a secret loses events.

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// Why a request does not count as sent by Stripe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// There is no header, or it is empty.
    #[error("the Stripe-Signature header is missing")]
    Missing,
    /// The header has no usable `t` or no `v1`.
    #[error("the Stripe-Signature header must hold one t=<unix seconds> and at least one v1=<hex>")]
    Malformed,
    /// No `v1` matches under any secret.
    #[error("no signature in the Stripe-Signature header matches the body")]
    Mismatch,
    /// Signed by the right secret, but too long ago.
    #[error("the signature's timestamp is older than the tolerance")]
    TooOld,
}

impl SignatureError {
    /// The code that the ingress answers with.
    pub fn code(self) -> &'static str {
        match self {
            Self::Missing => "missing_signature",
            Self::Malformed => "malformed_signature",
            Self::Mismatch => "signature_mismatch",
            Self::TooOld => "timestamp_out_of_tolerance",
        }
    }
}

/// Whether `header` signs `body` under any of `secrets`, at most `tolerance` seconds before `now`.
///
/// The signature is judged before its age, so that `TooOld` means a genuine but late request. A
/// timestamp in the future is accepted: the signer vouches for it, and our own clock may be late.
pub fn verify(
    header: impl AsRef<[u8]>,
    body: &[u8],
    secrets: &[SecretString],
    now: i64,
    tolerance: u64,
) -> Result<(), SignatureError> {
    let header = header.as_ref();
    if header.trim_ascii().is_empty() {
        return Err(SignatureError::Missing);
    }
    let header = read_header(header);
    let timestamp = header.timestamp.filter(|_| header.v1 > 0).ok_or(SignatureError::Malformed)?;
    let seconds = header.signed_at().ok_or(SignatureError::Malformed)?;
    // An empty secret is no secret: anyone could sign with it.
    let mut secrets = secrets.iter().map(|secret| secret.expose_secret()).filter(|secret| !secret.is_empty());
    if !secrets.any(|secret| header.signs(secret, timestamp, body)) {
        return Err(SignatureError::Mismatch);
    }
    let oldest = now.saturating_sub(i64::try_from(tolerance).unwrap_or(i64::MAX));
    if seconds < oldest { Err(SignatureError::TooOld) } else { Ok(()) }
}

/// The header that Stripe would send with `body`, signed with `secret` at `timestamp`.
pub fn sign(body: &[u8], secret: &str, timestamp: i64) -> String {
    let mac = mac(secret, timestamp.to_string().as_bytes(), body);
    format!("t={timestamp},v1={}", hex::encode(mac))
}

type Digest = [u8; 32];

/// What stands in the header.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct SignatureHeader<'a> {
    /// `t` as it is written; none where it is missing or there are two different ones.
    pub timestamp: Option<&'a [u8]>,
    /// How many `v1` there are, readable or not.
    pub v1: usize,
    /// How many `v0` there are. Stripe adds one to test events; it proves nothing.
    pub v0: usize,
    pub(crate) candidates: Vec<Digest>,
}

impl SignatureHeader<'_> {
    /// When it was signed, unix seconds; none without a readable `t`.
    #[must_use]
    pub fn signed_at(&self) -> Option<i64> {
        digits(self.timestamp?)
    }

    /// Whether a `v1` is the signature of this body under this secret.
    pub(crate) fn signs(&self, secret: &str, timestamp: &[u8], body: &[u8]) -> bool {
        let mac = mac(secret, timestamp, body);
        self.candidates.iter().fold(false, |found, candidate| found | bool::from(mac.ct_eq(candidate)))
    }
}

/// Reads a header. A part without `=` and an unknown scheme say nothing about ours.
#[must_use]
pub fn read_header(header: &[u8]) -> SignatureHeader<'_> {
    let mut read = SignatureHeader::default();
    let mut ambiguous = false;
    for part in header.split(|byte| *byte == b',').map(<[u8]>::trim_ascii) {
        let Some(at) = part.iter().position(|byte| *byte == b'=') else { continue };
        let (key, value) = (&part[..at], &part[at + 1..]);
        match key {
            b"t" if read.timestamp.is_some_and(|known| known != value) => ambiguous = true,
            b"t" => read.timestamp = Some(value),
            b"v0" => read.v0 += 1,
            b"v1" => {
                read.v1 += 1;
                let mut digest = Digest::default();
                if hex::decode_to_slice(value, &mut digest).is_ok() {
                    read.candidates.push(digest);
                }
            }
            _ => {}
        }
    }
    if ambiguous {
        read.timestamp = None;
    }
    read
}

/// ASCII digits only: `+1`, `1_0`, `1.0` and `0x1` are numbers to some parsers and none to Stripe.
fn digits(text: &[u8]) -> Option<i64> {
    if text.is_empty() || !text.iter().all(u8::is_ascii_digit) {
        return None;
    }
    std::str::from_utf8(text).ok()?.parse().ok()
}

fn mac(secret: &str, timestamp: &[u8], body: &[u8]) -> Digest {
    #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes any key");
    mac.update(timestamp);
    mac.update(b".");
    mac.update(body);
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
#[path = "signature_tests.rs"]
mod tests;
