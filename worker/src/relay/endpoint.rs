//! One HTTP endpoint of the company: posts a signed message and reads the answer.

use std::time::Duration;

use amqp::message::ContentType;
use http_client::retry_after;
use jiff::Timestamp;
use reqwest::header::{CONTENT_TYPE, HeaderMap};
use reqwest::{Client, StatusCode, Url};
use thiserror::Error;

use super::address::PublicOnly;
use super::partitions::Refusal;
use super::sent::Pause;
use super::signature::{SigningKey, signatures};

/// Why messages cannot be sent by HTTP.
#[derive(Debug, Error)]
pub enum ClientError {
    #[error("cannot set up TLS for outgoing webhooks")]
    Tls(#[from] rustls::Error),
    #[error("cannot set up outgoing webhooks")]
    Client(#[from] reqwest::Error),
}

/// The client that all endpoints share.
pub(super) fn client(timeout: Duration, allow_private: bool) -> Result<Client, ClientError> {
    let builder = http_client::builder(timeout)?;
    let builder = if allow_private { builder } else { builder.dns_resolver(PublicOnly) };
    Ok(builder.build()?)
}

/// Where messages are posted to, and how they are signed.
#[derive(Clone)]
pub(super) struct Endpoint {
    pub(super) client: Client,
    pub(super) url: Url,
    pub(super) keys: Vec<SigningKey>,
}

impl Endpoint {
    /// Posts a message. `wait` is how long its next attempt waits if this one fails.
    pub(super) async fn post(
        &self,
        key: &str,
        timestamp: i64,
        body: Vec<u8>,
        wait: Duration,
    ) -> Result<(), Refusal> {
        let id = header_text(key);
        let signature = signatures(&self.keys, &id, timestamp, &body);
        let request = self
            .client
            .post(self.url.clone())
            .header(CONTENT_TYPE, ContentType::CloudEvent.as_str())
            .header("webhook-id", id)
            .header("webhook-timestamp", timestamp)
            .header("webhook-signature", signature)
            .body(body);
        match request.send().await {
            Ok(answer) => answered(answer.status(), answer.headers(), wait),
            Err(error) => Err(Refusal::NotNow { error: described(&error), wait, pause: None }),
        }
    }
}

/// What an answer means.
pub(super) fn answered(status: StatusCode, headers: &HeaderMap, wait: Duration) -> Result<(), Refusal> {
    if status.is_success() {
        return Ok(());
    }
    let (pause, wait) = match status {
        // Standard Webhooks: gone means that nothing more is wanted.
        StatusCode::GONE => (Some(Pause::UntilResumed), wait),
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
            match retry_after(headers, Timestamp::now()) {
                Some(asked) => (Some(Pause::For(asked)), wait.max(asked)),
                None => (None, wait),
            }
        }
        _ => (None, wait),
    };
    Err(Refusal::NotNow { error: format!("answered {}", status.as_u16()), wait, pause })
}

/// A header holds visible ASCII alone: the rest, and the percent sign, is written as in a URL.
fn header_text(key: &str) -> String {
    key.bytes().fold(String::with_capacity(key.len()), |mut text, byte| {
        if byte.is_ascii_graphic() && byte != b'%' {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
        text
    })
}

/// What went wrong, down to the cause, without the URL, which may hold a password.
pub(super) fn described(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "no answer within the time-out".to_owned();
    }
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_of_any_characters_fits_into_a_header() {
        assert_eq!(header_text("order.paid/o-1_2"), "order.paid/o-1_2");
        assert_eq!(header_text("order.paid/ö 5%"), "order.paid/%C3%B6%205%25");
    }
}
