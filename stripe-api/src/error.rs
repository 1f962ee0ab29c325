//! What can go wrong with a call, as its caller has to distinguish it.

use std::fmt;
use std::time::Duration;

use thiserror::Error;

/// Why a call failed, after the attempts that were worth making. None holds a body or the key.
#[derive(Debug, Error)]
pub enum ApiError {
    /// There is no such object in this account and mode, or a parameter names one that does not exist.
    #[error("Stripe has no such object{request}")]
    NotFound {
        /// Stripe's id of the request.
        request: RequestId,
    },
    /// More requests than Stripe allows, or than this process may make.
    #[error("the rate of requests to Stripe is limited{request}")]
    RateLimited {
        /// How long Stripe asked to wait.
        retry_after: Option<Duration>,
        /// Stripe's id of the request.
        request: RequestId,
    },
    /// Stripe failed, did not answer in time, or cannot be reached.
    #[error("Stripe is unavailable{status}{request}", status = status_text(*status))]
    Unavailable {
        /// The status of the answer; none where there was no whole answer.
        status: Option<u16>,
        /// How long Stripe asked to wait.
        retry_after: Option<Duration>,
        /// Stripe's id of the request.
        request: RequestId,
        /// What became of the connection.
        source: Option<reqwest::Error>,
    },
    /// The key is wrong, was revoked, or may not read this.
    #[error("Stripe does not accept the API key for this call: status {status}{request}")]
    Unauthorized {
        /// 401, or 403 where the key lacks a permission.
        status: u16,
        /// Stripe's id of the request.
        request: RequestId,
    },
    /// Stripe refused the call itself: a mistake here, which no further attempt fixes.
    #[error("Stripe refused the call: status {status}, code {code}, parameter {parameter}{request}",
        code = code.as_deref().unwrap_or("none"), parameter = parameter.as_deref().unwrap_or("none"))]
    InvalidRequest {
        /// The status of the answer.
        status: u16,
        /// `error.code`.
        code: Option<String>,
        /// `error.param`: the parameter that is wrong.
        parameter: Option<String>,
        /// Stripe's id of the request.
        request: RequestId,
    },
    /// The answer is not what Stripe's documentation says.
    #[error("Stripe's answer cannot be read: {problem}{request}")]
    Malformed {
        /// What is wrong with it.
        problem: &'static str,
        /// Stripe's id of the request.
        request: RequestId,
    },
}

/// The header `Request-Id` of an answer: what Stripe's support asks for, and what its dashboard finds a call by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RequestId(pub Option<String>);

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_ref().map_or(Ok(()), |id| write!(f, " (request {id})"))
    }
}

fn status_text(status: Option<u16>) -> String {
    status.map(|status| format!(": status {status}")).unwrap_or_default()
}

impl ApiError {
    /// Stripe's id of the request, where there was an answer.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        match self {
            Self::NotFound { request }
            | Self::RateLimited { request, .. }
            | Self::Unavailable { request, .. }
            | Self::Unauthorized { request, .. }
            | Self::InvalidRequest { request, .. }
            | Self::Malformed { request, .. } => request.0.as_deref(),
        }
    }

    /// Whether the same call may succeed later.
    #[must_use]
    pub const fn may_pass(&self) -> bool {
        matches!(self, Self::RateLimited { .. } | Self::Unavailable { .. })
    }

    /// How long Stripe asked to wait before the next call.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::RateLimited { retry_after, .. } | Self::Unavailable { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// The kind of failure, for metrics.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::NotFound { .. } => "not_found",
            Self::RateLimited { .. } => "rate_limited",
            Self::Unavailable { .. } => "unavailable",
            Self::Unauthorized { .. } => "unauthorized",
            Self::InvalidRequest { .. } => "invalid_request",
            Self::Malformed { .. } => "malformed",
        }
    }
}
