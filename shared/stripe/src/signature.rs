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
    let (timestamp, candidates) = parse(header)?;
    let seconds = digits(timestamp).ok_or(SignatureError::Malformed)?;
    // An empty secret is no secret: anyone could sign with it.
    let secrets = secrets.iter().map(|secret| secret.expose_secret()).filter(|secret| !secret.is_empty());
    if !secrets.map(|secret| mac(secret, timestamp, body)).any(|mac| matches_any(&mac, &candidates)) {
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

fn parse(header: &[u8]) -> Result<(&[u8], Vec<Digest>), SignatureError> {
    let mut timestamp: Option<&[u8]> = None;
    let mut signed = false;
    let mut candidates = Vec::new();
    for part in header.split(|byte| *byte == b',').map(<[u8]>::trim_ascii) {
        // A part without `=` and an unknown scheme say nothing about ours.
        let Some(at) = part.iter().position(|byte| *byte == b'=') else { continue };
        let (key, value) = (&part[..at], &part[at + 1..]);
        match key {
            b"t" if timestamp.is_some_and(|known| known != value) => return Err(SignatureError::Malformed),
            b"t" => timestamp = Some(value),
            b"v1" => {
                signed = true;
                let mut digest = Digest::default();
                if hex::decode_to_slice(value, &mut digest).is_ok() {
                    candidates.push(digest);
                }
            }
            _ => {}
        }
    }
    match timestamp {
        Some(timestamp) if signed => Ok((timestamp, candidates)),
        _ => Err(SignatureError::Malformed),
    }
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

fn matches_any(mac: &Digest, candidates: &[Digest]) -> bool {
    candidates.iter().fold(false, |found, candidate| found | bool::from(mac.ct_eq(candidate)))
}

#[cfg(test)]
#[path = "signature_tests.rs"]
mod tests;
