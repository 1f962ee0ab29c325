//! The way of one request: endpoint, method, address, body, signature, envelope, confirmed publish.

use crate::answer::{self, Refusal};
use crate::body::{self, Limits};
use crate::connections::Connection;
use crate::guard::Guard;
use crate::refused_delivery::RefusedDelivery;
use crate::rejections::Rejections;
use crate::settings::Clock;
use actix_web::dev::Payload;
use actix_web::http::{Method, header};
use actix_web::{HttpRequest, HttpResponse, web};
use amqp::message::{EventHeaders, Message, TRACEPARENT};
use amqp::publisher::{PublishError, Publisher};
use jiff::Timestamp;
use secrecy::SecretString;
use service::trace_parent::TraceParent;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;
use stripe::envelope::Envelope;
use stripe::signature;
use tracing::field::Empty;
use tracing::{Instrument as _, Span};

/// What is logged of a path.
const LONGEST_PATH: usize = 100;
const SIGNATURE: &str = "stripe-signature";

/// All that a request needs; one for each of the server's threads.
pub(crate) struct Gate {
    pub(crate) secrets: Vec<SecretString>,
    pub(crate) endpoints: BTreeMap<String, Vec<SecretString>>,
    pub(crate) tolerance: u64,
    pub(crate) limits: Limits,
    pub(crate) guard: Arc<Guard>,
    pub(crate) rejections: Arc<Rejections>,
    pub(crate) publisher: Publisher,
    pub(crate) exchange: String,
    pub(crate) clock: Clock,
}

/// Handles `/webhooks/stripe` and `/webhooks/stripe/{endpoint}` for every method.
pub(crate) async fn receive(
    request: HttpRequest,
    payload: web::Payload,
    gate: web::Data<Gate>,
) -> HttpResponse {
    let mut payload = payload.into_inner();
    let began = Instant::now();
    let span = span(&request);
    match gate.take(&request, &mut payload).instrument(span.clone()).await {
        Ok(()) => {
            record(request.method(), "200", answer::RECEIVED, began);
            if let Some(connection) = request.conn_data::<Connection>() {
                connection.served();
            }
            answer::received()
        }
        Err(refusal) => {
            record(request.method(), refusal.status().as_str(), refusal.code(), began);
            span.in_scope(|| log_refusal(&request, &refusal));
            if !matches!(refusal, Refusal::Signature(_) | Refusal::Malformed(_)) {
                gate.note(&request, &refusal, None);
            }
            refusal.response(payload)
        }
    }
}

impl Gate {
    async fn take(&self, request: &HttpRequest, payload: &mut Payload) -> Result<(), Refusal> {
        let endpoint = request.match_info().get("endpoint");
        let secrets = match endpoint {
            None => &self.secrets,
            Some(name) => self.endpoints.get(name).ok_or(Refusal::UnknownEndpoint)?,
        };
        answer::check_method(request.method())?;
        self.guard.check(request)?;
        let (body, _held) = body::read(payload, content_length(request), &self.limits).await?;
        let now = (self.clock)();
        let envelope = self.check(request, secrets, &body, now).inspect_err(|refusal| {
            self.note(request, refusal, Some(&body));
        })?;
        Span::current().record("event.id", envelope.id.as_str()).record("event.type", envelope.kind.as_str());
        let mut headers = EventHeaders::received(now);
        headers.endpoint = endpoint.map(str::to_owned);
        headers.traceparent = Some(trace_parent(request));
        let message = Message {
            exchange: self.exchange.clone(),
            routing_key: envelope.kind.clone(),
            message_id: envelope.id,
            kind: envelope.kind,
            headers: headers.to_table(),
            body,
        };
        let asked = Instant::now();
        let published = self.publisher.publish(message).await;
        metrics::histogram!("messaging_client_operation_duration_seconds", "messaging_operation_name" => "publish")
            .record(asked.elapsed());
        published.map_err(Refusal::NotDurable)
    }

    /// The event in a body, if Stripe signed it.
    fn check(
        &self,
        request: &HttpRequest,
        secrets: &[SecretString],
        body: &[u8],
        now: Timestamp,
    ) -> Result<Envelope, Refusal> {
        signature::verify(signature_header(request), body, secrets, now.as_second(), self.tolerance)?;
        if let Some(connection) = request.conn_data::<Connection>() {
            connection.verified();
        }
        Ok(Envelope::parse(body)?)
    }

    /// Counts a refusal that support should see.
    fn note(&self, request: &HttpRequest, refusal: &Refusal, body: Option<&[u8]>) {
        let Some(reason) = refusal.rejection() else { return };
        // A name that is not configured may be anything.
        let name = request.match_info().get("endpoint").unwrap_or_default();
        let known = self.endpoints.get(name);
        let endpoint = if known.is_some() { name } else { "" };
        self.rejections.note(endpoint, reason, || {
            let header = signature_header(request);
            let delivery = RefusedDelivery {
                endpoint,
                header: &header,
                body,
                now: (self.clock)().as_second(),
                client: self.guard.client(request),
                tolerance: self.tolerance,
                secrets: &self.secrets,
                endpoints: &self.endpoints,
            };
            delivery.sample(request)
        });
    }
}

/// The span of a request, named as OpenTelemetry's conventions for HTTP servers say:
/// <https://opentelemetry.io/docs/specs/semconv/http/http-spans/>.
fn span(request: &HttpRequest) -> Span {
    tracing::info_span!(
        "request",
        http.request.method = method(request.method()),
        event.id = Empty,
        event.r#type = Empty,
    )
}

/// The methods of RFC 9110 by name; any other, which may be long, as the conventions say.
fn method(method: &Method) -> &str {
    match method.as_str() {
        known @ ("GET" | "HEAD" | "POST" | "PUT" | "DELETE" | "CONNECT" | "OPTIONS" | "TRACE" | "PATCH") => {
            known
        }
        _ => "_OTHER",
    }
}

/// A repeated header is one header, joined by commas (RFC 9110, 5.3).
fn signature_header(request: &HttpRequest) -> Cow<'_, [u8]> {
    let mut values = request.headers().get_all(SIGNATURE).map(header::HeaderValue::as_bytes);
    let first = values.next().unwrap_or_default();
    values.fold(Cow::Borrowed(first), |joined, value| Cow::Owned([&joined, &b","[..], value].concat()))
}

/// The trace of the request, or a new one.
fn trace_parent(request: &HttpRequest) -> TraceParent {
    let values = request.headers().get_all(TRACEPARENT);
    // One that is no text is no traceparent, and still one of several.
    TraceParent::single(values.map(|value| value.to_str().unwrap_or_default()))
        .unwrap_or_else(TraceParent::root)
}

fn content_length(request: &HttpRequest) -> Option<u64> {
    request.headers().get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Named as OpenTelemetry's conventions for HTTP servers say, with the code of the answer's body beside the status:
/// <https://opentelemetry.io/docs/specs/semconv/http/http-metrics/>.
fn record(http_method: &Method, status: &str, code: &'static str, began: Instant) {
    metrics::histogram!("http_server_request_duration_seconds",
        "http_request_method" => method(http_method).to_owned(),
        "http_response_status_code" => status.to_owned(),
        "code" => code)
    .record(began.elapsed());
}

/// Logs what was wrong, never who sent what. A broker that is unavailable or blocked is logged
/// once, by the connection, and not again for each event.
fn log_refusal(request: &HttpRequest, refusal: &Refusal) {
    // A stranger's path may be as long as a request's head.
    let path: String = request.path().chars().take(LONGEST_PATH).collect();
    let code = refusal.code();
    match refusal {
        Refusal::NotDurable(error @ (PublishError::Down | PublishError::Blocked)) => {
            tracing::debug!(code, path, %error, "not durable");
        }
        Refusal::NotDurable(error) => tracing::warn!(code, path, %error, "not durable"),
        refusal => tracing::info!(code, path, reason = %refusal, "refused"),
    }
}
