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
use stripe::signature::SignatureError;

/// The value for an accepted event in metrics.
pub(crate) const RECEIVED: &str = "received";
const RECEIVED_BODY: &str = r#"{"received":true}"#;
/// Seconds. Stripe has its own schedule; a proxy or a tool may heed it.
const RETRY_AFTER: &str = "5";

/// Why a request was refused.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("there is nothing here; webhooks go to POST /webhooks/stripe")]
    UnknownPath,
    #[error("no webhook endpoint of this name is configured")]
    UnknownEndpoint,
    #[error("only {allowed} is allowed here")]
    Method { allowed: &'static str },
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
            Self::Body(BodyError::TooLarge { .. }) => "body_too_large",
            Self::Body(BodyError::TooSlow { .. }) => "body_timeout",
            Self::Body(BodyError::OverBudget) => "overloaded",
            Self::Body(BodyError::Broken) => "broken_body",
            Self::Signature(error) => error.code(),
            Self::Malformed(_) => "malformed_event",
            Self::NotDurable(error) => error.code(),
        }
    }

    /// The answer. `rest` is what may be left of the request's body: see [`Last`].
    pub(crate) fn response(&self, rest: Payload) -> HttpResponse {
        let mut response = HttpResponse::build(self.status());
        if self.status() == StatusCode::SERVICE_UNAVAILABLE {
            response.insert_header((header::RETRY_AFTER, RETRY_AFTER));
        }
        if let Self::Method { allowed } = self {
            response.insert_header((header::ALLOW, *allowed));
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

/// The one answer that promises that nothing is lost.
pub(crate) fn received() -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(RECEIVED_BODY)
}

pub(crate) async fn unknown_path(payload: actix_web::web::Payload) -> HttpResponse {
    Refusal::UnknownPath.response(payload.into_inner())
}

pub(crate) fn check_method(method: &Method) -> Result<(), Refusal> {
    if method == Method::POST { Ok(()) } else { Err(Refusal::Method { allowed: "POST" }) }
}
