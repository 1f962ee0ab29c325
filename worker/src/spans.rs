//! The spans that log lines and traces hang on, named as OpenTelemetry's conventions for messaging say:
//! <https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/>. They never hold a body.

use tracing::Span;

use crate::process::InboundEvent;
use crate::store::Incoming;

/// A batch, from its deliveries to their acknowledgement.
pub(crate) fn batch(queue: &str, events: usize) -> Span {
    tracing::info_span!(
        "process",
        messaging.system = "rabbitmq",
        messaging.operation.name = "process",
        messaging.destination.name = queue,
        messaging.batch.message_count = events,
    )
}

/// What concerns one event of a batch.
pub(crate) fn incoming(one: &Incoming<'_>) -> Span {
    event(&one.prepared.event.id, &one.prepared.event.kind, one.headers.attempt)
}

/// As [`incoming`], also for a body that is no event.
pub(crate) fn inbound(event_in_hand: &InboundEvent) -> Span {
    let (id, kind) = (event_in_hand.id().unwrap_or("unknown"), event_in_hand.kind().unwrap_or("unknown"));
    event(id, kind, event_in_hand.headers.attempt)
}

fn event(id: &str, kind: &str, attempt: u32) -> Span {
    tracing::info_span!("event", event.id = id, event.r#type = kind, attempt)
}
