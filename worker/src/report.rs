//! Logs and counts the result of a batch. Each failure is logged here, once; never a body.

use std::time::Duration;

use crate::process::{AckReason, Disposition, InboundEvent};
use domain::rejection::Rejection;

/// Reports a committed batch of `queue`. The duration is named as OpenTelemetry's conventions for messaging say:
/// <https://opentelemetry.io/docs/specs/semconv/messaging/messaging-metrics/>.
pub(crate) fn batch(queue: &str, events: &[InboundEvent], dispositions: &[Disposition], took: Duration) {
    metrics::histogram!("messaging_process_duration_seconds", "messaging_destination_name" => queue.to_owned())
        .record(took);
    metrics::histogram!("sluicegate_batch_events").record(u32::try_from(events.len()).unwrap_or(u32::MAX));
    for (event, disposition) in events.iter().zip(dispositions) {
        let outcome = match disposition {
            Disposition::Ack(AckReason::Processed) => "processed",
            Disposition::Ack(AckReason::Ignored) => "ignored",
            Disposition::Ack(AckReason::Duplicate) => "duplicate",
            Disposition::Retry { rejection, .. } => {
                rejected(event, rejection, "event scheduled for retry");
                "retrying"
            }
            Disposition::DeadLetter(rejection) => {
                rejected(event, rejection, "event dead-lettered");
                "dead"
            }
        };
        metrics::counter!("sluicegate_events_total", "outcome" => outcome).increment(1);
    }
}

fn rejected(event: &InboundEvent, rejection: &Rejection, what: &str) {
    tracing::warn!(
        event.id = event.id().unwrap_or("unknown"),
        event.r#type = event.kind().unwrap_or("unknown"),
        attempt = event.headers.attempt,
        reason = rejection.reason().as_str(),
        "{what}"
    );
}
