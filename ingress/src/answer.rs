//! What the ingress answers: one body for 200, one shape for every refusal.

use crate::body::BodyError;
use actix_web::HttpResponse;
use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::Payload;
use actix_web::http::{Method, StatusCode, header};
use actix_web::web::Bytes;
use amqp::publisher::PublishError;
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use stripe::envelope::EnvelopeError;
use stripe::rejection::RejectionReason;
use stripe::signature::SignatureError;

/// The label of an accepted event in metrics.
pub(crate) const RECEIVED: &str = "received";
const RECEIVED_BODY: &str = r#"{"received":true}"#;
/// Seconds. Stripe has its own schedule; a proxy or a tool may heed it.
const RETRY_AFTER: &str = "5";

/// Why a request was refused.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("not found; webhooks go to POST /webhooks/stripe")]
    UnknownPath,
    #[error("no webhook endpoint of this name is configured")]
    UnknownEndpoint,
    #[error("only {allowed} is allowed here")]
    Method { allowed: &'static str },
    #[error("this address may not deliver webhooks")]
    NotAllowed,
    #[error("too many requests from this address; send it again")]
    RateLimited { seconds: u64 },
    #[error(transparent)]
    Body(#[from] BodyError),
    #[error(transparent)]
    Signature(#[from] SignatureError),
    #[error(transparent)]
    Malformed(#[from] EnvelopeError),
    /// The sender need not know more than that it should come again.
    #[error("the event could not be stored durably; send it again")]
    NotDurable(#[source] PublishError),
}

impl Refusal {
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::UnknownPath | Self::UnknownEndpoint => StatusCode::NOT_FOUND,
            Self::Method { .. } => StatusCode::METHOD_NOT_ALLOWED,
            Self::NotAllowed => StatusCode::FORBIDDEN,
            Self::RateLimited { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Body(BodyError::TooLarge { .. }) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Body(BodyError::TooSlow { .. }) => StatusCode::REQUEST_TIMEOUT,
            Self::Body(BodyError::OverBudget) | Self::NotDurable(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Body(BodyError::Broken) | Self::Signature(_) | Self::Malformed(_) => {
                StatusCode::BAD_REQUEST
            }
        }
    }

    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::UnknownPath => "not_found",
            Self::UnknownEndpoint => "unknown_endpoint",
            Self::Method { .. } => "method_not_allowed",
            Self::NotAllowed => "address_not_allowed",
            Self::RateLimited { .. } => "rate_limited",
            Self::Body(BodyError::TooLarge { .. }) => "body_too_large",
            Self::Body(BodyError::TooSlow { .. }) => "body_timeout",
            Self::Body(BodyError::OverBudget) => "overloaded",
            Self::Body(BodyError::Broken) => "broken_body",
            Self::Signature(error) => error.code(),
            Self::Malformed(_) => "malformed_event",
            Self::NotDurable(error) => error.code(),
        }
    }

    /// The reason that is counted for support; none where the delivery itself is not at fault, or is no delivery.
    pub(crate) fn rejection(&self) -> Option<RejectionReason> {
        match self {
            Self::UnknownEndpoint => Some(RejectionReason::UnknownEndpoint),
            Self::NotAllowed => Some(RejectionReason::AddressNotAllowed),
            Self::RateLimited { .. } => Some(RejectionReason::RateLimited),
            Self::Body(BodyError::TooLarge { .. }) => Some(RejectionReason::BodyTooLarge),
            Self::Signature(SignatureError::Missing) => Some(RejectionReason::MissingSignature),
            Self::Signature(SignatureError::Malformed) => Some(RejectionReason::MalformedSignature),
            Self::Signature(SignatureError::Mismatch) => Some(RejectionReason::SignatureMismatch),
            Self::Signature(SignatureError::TooOld) => Some(RejectionReason::TimestampOutOfTolerance),
            Self::Malformed(_) => Some(RejectionReason::MalformedEvent),
            Self::UnknownPath | Self::Method { .. } | Self::Body(_) | Self::NotDurable(_) => None,
        }
    }

    /// The answer. `rest` is what may be left of the request's body: see [`Last`].
    pub(crate) fn response(&self, rest: Payload) -> HttpResponse {
        let mut response = HttpResponse::build(self.status());
        match self {
            Self::Method { allowed } => drop(response.insert_header((header::ALLOW, *allowed))),
            Self::RateLimited { seconds } => drop(response.insert_header((header::RETRY_AFTER, *seconds))),
            _ if self.status() == StatusCode::SERVICE_UNAVAILABLE => {
                response.insert_header((header::RETRY_AFTER, RETRY_AFTER));
            }
            _ => {}
        }
        let error = serde_json::json!({"error": {"code": self.code(), "message": self.to_string()}});
        let body = Last { text: Some(error.to_string().into()), _rest: rest };
        response.content_type("application/json").body(BoxBody::new(body))
    }
}

/// An answer that holds on to the rest of a request's body until it is sent.
///
/// The server reads on to the end of a chunked body that nobody holds, to keep the connection, and
/// the end may never come. While somebody holds it, it closes the connection after the answer
/// instead. A body that was read to its end is neither.
struct Last {
    text: Option<Bytes>,
    _rest: Payload,
}

impl MessageBody for Last {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        BodySize::Sized(self.text.as_ref().map_or(0, |text| text.len() as u64))
    }

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, Infallible>>> {
        Poll::Ready(self.get_mut().text.take().map(Ok))
    }
}

/// Marks the answer to a delivered event.
pub(crate) struct Received;

/// The one answer that promises that nothing is lost.
pub(crate) fn received() -> HttpResponse {
    let mut response = HttpResponse::Ok();
    response.extensions_mut().insert(Received);
    response.content_type("application/json").body(RECEIVED_BODY)
}

pub(crate) async fn unknown_path(payload: actix_web::web::Payload) -> HttpResponse {
    Refusal::UnknownPath.response(payload.into_inner())
}

pub(crate) fn check_method(method: &Method) -> Result<(), Refusal> {
    if method == Method::POST { Ok(()) } else { Err(Refusal::Method { allowed: "POST" }) }
}
