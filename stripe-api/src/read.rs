//! One attempt: sends the request, reads the whole answer and says what it means.

use std::time::{Duration, Instant};

use http_client::retry_after;
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;
use reqwest::header::{DATE, HeaderMap};
use reqwest::{RequestBuilder, StatusCode};
use serde::Deserialize;
use serde_json::Value;

use crate::ApiError;
use crate::error::RequestId;

/// A JSON object as Stripe sent it.
#[derive(Debug, Clone, PartialEq)]
pub struct Retrieved {
    /// The object, whole.
    pub object: Value,
    /// Unix seconds by Stripe's clock: every change of this second and of all before it is in the object.
    pub as_of: i64,
}

pub(crate) async fn send(request: RequestBuilder) -> Result<Retrieved, ApiError> {
    let sent = (Instant::now(), Timestamp::now());
    let unavailable = |source: reqwest::Error, status, request| ApiError::Unavailable {
        status,
        retry_after: None,
        request,
        // The URL names the object and its parameters.
        source: Some(source.without_url()),
    };
    let answer = request.send().await.map_err(|error| unavailable(error, None, RequestId::default()))?;
    let (status, headers) = (answer.status(), answer.headers().clone());
    let id = request_id(&headers);
    let body = match answer.bytes().await {
        Ok(body) => body,
        // An answer that broke off says nothing, whatever its status was to be.
        Err(error) => return Err(unavailable(error, Some(status.as_u16()), id)),
    };
    if status.is_success() {
        let object: Value = serde_json::from_slice(&body)
            .map_err(|_| ApiError::Malformed { problem: "it is not JSON", request: id.clone() })?;
        return if object.is_object() {
            Ok(Retrieved { object, as_of: as_of(&headers, sent.0.elapsed(), sent.1) })
        } else {
            Err(ApiError::Malformed { problem: "it is not a JSON object", request: id })
        };
    }
    Err(failure(status, &headers, &body, Timestamp::now()))
}

#[derive(Default, Deserialize)]
struct Body {
    #[serde(default)]
    error: Details,
}

/// What is read of Stripe's error. Its `message` is not: it may quote the key.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Details {
    code: Option<String>,
    param: Option<String>,
}

fn failure(status: StatusCode, headers: &HeaderMap, body: &[u8], now: Timestamp) -> ApiError {
    let details = serde_json::from_slice::<Body>(body).unwrap_or_default().error;
    let request = request_id(headers);
    let retry_after = retry_after(headers, now);
    let status_code = status.as_u16();
    match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            ApiError::Unauthorized { status: status_code, request }
        }
        StatusCode::TOO_MANY_REQUESTS => ApiError::RateLimited { retry_after, request },
        StatusCode::NOT_FOUND => ApiError::NotFound { request },
        // A filter that names an unknown object is refused so with status 400.
        StatusCode::BAD_REQUEST if details.code.as_deref() == Some("resource_missing") => {
            ApiError::NotFound { request }
        }
        // 409: another request holds the object.
        StatusCode::CONFLICT | StatusCode::REQUEST_TIMEOUT => {
            ApiError::Unavailable { status: Some(status_code), retry_after, request, source: None }
        }
        _ if status.is_server_error() => {
            ApiError::Unavailable { status: Some(status_code), retry_after, request, source: None }
        }
        _ if status.is_client_error() => ApiError::InvalidRequest {
            status: status_code,
            code: details.code,
            parameter: details.param,
            request,
        },
        _ => ApiError::Malformed { problem: "its status is neither success nor failure", request },
    }
}

fn request_id(headers: &HeaderMap) -> RequestId {
    RequestId(headers.get("request-id").and_then(|id| id.to_str().ok()).map(str::to_owned))
}

/// The second that was over when Stripe read the object: before the answer was written (`Date`) it was read, and after
/// the request was sent. Without that header our own clock must do.
fn as_of(headers: &HeaderMap, took: Duration, sent: Timestamp) -> i64 {
    let date = headers.get(DATE).and_then(|date| date.to_str().ok());
    let date = date.and_then(|date| DateTimeParser::new().parse_timestamp(date).ok());
    let whole_seconds = i64::try_from(took.as_secs()).unwrap_or(i64::MAX).saturating_add(1);
    let earliest = date.map_or(sent.as_second(), |date| date.as_second().saturating_sub(whole_seconds));
    earliest.saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(status: u16, headers: &[(&'static str, &str)], body: &str) -> ApiError {
        let headers = headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
        let now = "2026-11-25T12:00:00Z".parse().unwrap();
        failure(StatusCode::from_u16(status).unwrap(), &headers.collect(), body.as_bytes(), now)
    }

    #[test]
    fn the_status_and_the_code_say_what_kind_of_failure_it_is() {
        let kind = |status, body: &str| answered(status, &[], body).as_str();
        let missing =
            r#"{"error":{"code":"resource_missing","param":"intent","type":"invalid_request_error"}}"#;
        let limited = r#"{"error":{"code":"rate_limit","type":"invalid_request_error"}}"#;
        let unknown = r#"{"error":{"code":"parameter_unknown","param":"x","type":"invalid_request_error"}}"#;
        assert_eq!(kind(404, missing), "not_found");
        assert_eq!(kind(400, missing), "not_found");
        assert_eq!(kind(429, limited), "rate_limited");
        assert_eq!(kind(400, unknown), "invalid_request");
        assert_eq!((kind(401, "{}"), kind(403, "")), ("unauthorized", "unauthorized"));
        assert_eq!((kind(500, "<html>"), kind(409, "")), ("unavailable", "unavailable"));
        assert_eq!(kind(302, ""), "malformed");
    }

    #[test]
    fn an_object_is_as_of_the_last_second_that_was_over_when_it_was_read() {
        let headers = HeaderMap::from_iter([(DATE, "Wed, 25 Nov 2026 12:00:10 GMT".parse().unwrap())]);
        let (noon, sent) = ("2026-11-25T12:00:00Z".parse::<Timestamp>().unwrap(), Timestamp::UNIX_EPOCH);
        let seconds = |took| as_of(&headers, took, sent) - noon.as_second();
        assert_eq!(seconds(Duration::from_millis(300)), 8, "it was read in second 9 or 10");
        assert_eq!(seconds(Duration::from_millis(3700)), 5);
        assert_eq!(as_of(&HeaderMap::new(), Duration::from_secs(3), noon), noon.as_second() - 1);
    }

    #[test]
    fn an_error_says_its_request_and_how_long_to_wait_and_never_what_stripe_quotes() {
        let headers = [("request-id", "req_1"), ("retry-after", "7")];
        let body = r#"{"error":{"message":"Invalid API Key provided: sk_test_hunter2","type":"x"}}"#;
        let error = answered(429, &headers, body);
        assert_eq!((error.request_id(), error.retry_after()), (Some("req_1"), Some(Duration::from_secs(7))));
        assert_eq!(error.to_string(), "the rate of requests to Stripe is limited (request req_1)");
        let dated = answered(503, &[("retry-after", "Wed, 25 Nov 2026 12:00:30 GMT")], body);
        assert_eq!(dated.retry_after(), Some(Duration::from_secs(30)));
        for status in [401, 400, 404, 429, 500] {
            assert!(!answered(status, &headers, body).to_string().contains("hunter2"), "{status}");
        }
    }
}
