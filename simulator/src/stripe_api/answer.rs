//! Answers, and errors in Stripe's shape (<https://docs.stripe.com/api/errors>).

use serde_json::{Value, json};

/// What a request is answered with.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// Seconds.
    pub(super) retry_after: Option<u64>,
    pub(super) body: Value,
}

impl Answer {
    pub(super) const fn ok(body: Value) -> Self {
        Self { status: 200, retry_after: None, body }
    }

    fn error(status: u16, error: Value) -> Self {
        Self { status, retry_after: None, body: json!({ "error": error }) }
    }

    pub(super) fn missing(status: u16, object: &str, id: &str, param: &str) -> Self {
        let message = format!("No such {}: '{id}'", object.replace('.', " "));
        let docs = "https://docs.stripe.com/error-codes#resource-missing";
        let error = json!({"code": "resource_missing", "doc_url": docs, "message": message, "param": param,
            "type": "invalid_request_error"});
        Self::error(status, error)
    }

    pub(super) fn unknown_parameter(name: &str) -> Self {
        let message = format!("Received unknown parameter: {name}");
        let error = json!({"code": "parameter_unknown", "message": message, "param": name,
            "type": "invalid_request_error"});
        Self::error(400, error)
    }

    pub(super) fn invalid_parameter(name: &str, message: &str) -> Self {
        Self::error(400, json!({"message": message, "param": name, "type": "invalid_request_error"}))
    }

    pub(super) fn unknown_path(method: &str, path: &str) -> Self {
        let message = format!("Unrecognized request URL ({method}: {path}).");
        Self::error(404, json!({"message": message, "type": "invalid_request_error"}))
    }

    pub(super) fn wrong_version(version: &str) -> Self {
        let message = format!("Invalid Stripe API version: {version}");
        Self::error(400, json!({"message": message, "type": "invalid_request_error"}))
    }

    pub(super) fn no_key() -> Self {
        let message = "You did not provide an API key. You need to provide your API key in the Authorization header, \
                       using Bearer auth.";
        Self::error(401, json!({"message": message, "type": "invalid_request_error"}))
    }

    pub(super) fn wrong_key(key: &str) -> Self {
        let end = key.get(key.len().saturating_sub(4)..).unwrap_or_default();
        let message = format!("Invalid API Key provided: ****{end}");
        Self::error(401, json!({"message": message, "type": "invalid_request_error"}))
    }

    pub(super) fn rate_limited(retry_after: Option<u64>) -> Self {
        let error = json!({"code": "rate_limit", "type": "invalid_request_error", "message":
            "Request rate limit exceeded. Learn more about rate limits here https://docs.stripe.com/rate-limits."});
        Self { retry_after, ..Self::error(429, error) }
    }

    pub(super) fn server_error() -> Self {
        Self::error(500, json!({"message": "An unknown error occurred", "type": "api_error"}))
    }
}
