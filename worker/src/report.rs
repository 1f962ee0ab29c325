//! Logs and counts what became of a batch. Each failure is logged here, once; never a body.

use std::time::Duration;

use crate::process::{Job, Verdict};
use domain::rejection::Rejection;

/// Tells of a committed batch.
pub(crate) fn batch(jobs: &[Job], verdicts: &[Verdict], took: Duration) {
    metrics::histogram!("worker_batch_seconds").record(took);
    metrics::histogram!("worker_batch_events").record(u32::try_from(jobs.len()).unwrap_or(u32::MAX));
    for (job, verdict) in jobs.iter().zip(verdicts) {
        let outcome = match verdict {
            Verdict::Processed => "processed",
            Verdict::Ignored => "ignored",
            Verdict::Duplicate => "duplicate",
            Verdict::Retry { rejection, .. } => {
                rejected(job, rejection, "the event will be tried again");
                "retrying"
            }
            Verdict::Dead(rejection) => {
                rejected(job, rejection, "the event is dead");
                "dead"
            }
        };
        metrics::counter!("worker_events_total", "outcome" => outcome).increment(1);
    }
}

fn rejected(job: &Job, rejection: &Rejection, what: &str) {
    tracing::warn!(
        event.id = job.id().unwrap_or("unknown"),
        event.r#type = job.kind().unwrap_or("unknown"),
        attempt = job.headers.attempt,
        reason = rejection.reason().word(),
        "{what}"
    );
}
