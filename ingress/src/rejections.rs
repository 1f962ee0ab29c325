//! Counts the deliveries that are refused and keeps a few of them in short, for the console: support sees what is wrong
//! with an endpoint before Stripe gives up on it. No delivery waits for any of it, and none is refused because of it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use amqp::message::Message;
use amqp::publisher::Publisher;
use stripe::rejection::{RejectionReason, RejectionReport, RejectionSample};
use tokio_util::sync::CancellationToken;

/// How often what was counted is reported. However many deliveries are refused, the broker gets one message for each
/// endpoint and reason in this time.
const EVERY: Duration = Duration::from_secs(1);

/// Samples of one endpoint and reason in that time.
const SAMPLES: usize = 3;

#[derive(Debug, Default)]
struct Counted {
    count: u64,
    samples: Vec<RejectionSample>,
}

/// What was refused since the last report. As many entries as there are endpoints and reasons at most.
#[derive(Debug, Default)]
pub(crate) struct Rejections {
    counted: Mutex<BTreeMap<(String, RejectionReason), Counted>>,
}

impl Rejections {
    /// Counts a delivery. `sample` describes it, and is called only where it is wanted.
    pub(crate) fn note(
        &self,
        endpoint: &str,
        reason: RejectionReason,
        sample: impl FnOnce() -> RejectionSample,
    ) {
        let key = (endpoint.to_owned(), reason);
        let wanted = {
            let mut counted = self.lock();
            let entry = counted.entry(key.clone()).or_default();
            entry.count += 1;
            entry.samples.len() < SAMPLES
        };
        // Without the lock: it may sign a body many times.
        if wanted {
            let sample = sample();
            let mut counted = self.lock();
            let samples = &mut counted.entry(key).or_default().samples;
            if samples.len() < SAMPLES {
                samples.push(sample);
            }
        }
    }

    fn take(&self) -> Vec<RejectionReport> {
        let counted = std::mem::take(&mut *self.lock());
        let reports = counted.into_iter().map(|((endpoint, reason), Counted { count, samples })| {
            RejectionReport { endpoint, reason, count, samples }
        });
        reports.collect()
    }

    /// The report was not accepted: it is part of the next one.
    fn put_back(&self, report: RejectionReport) {
        let mut counted = self.lock();
        let entry = counted.entry((report.endpoint, report.reason)).or_default();
        entry.count = entry.count.saturating_add(report.count);
        entry.samples.extend(report.samples);
        entry.samples.truncate(SAMPLES);
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<(String, RejectionReason), Counted>> {
        self.counted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reports until `end`; what the broker does not accept waits.
    pub(crate) async fn report(
        self: Arc<Self>,
        publisher: Publisher,
        exchange: String,
        end: CancellationToken,
    ) {
        while end.run_until_cancelled(tokio::time::sleep(EVERY)).await.is_some() {
            for report in self.take() {
                let Ok(body) = serde_json::to_vec(&report) else { continue };
                if let Err(error) = publisher.publish(message(&exchange, &report, body)).await {
                    tracing::debug!(%error, "refused deliveries are reported later");
                    self.put_back(report);
                }
            }
        }
    }
}

fn message(exchange: &str, report: &RejectionReport, body: Vec<u8>) -> Message {
    Message {
        exchange: exchange.to_owned(),
        routing_key: String::new(),
        message_id: format!("{}/{}", report.endpoint, report.reason),
        kind: "rejections".to_owned(),
        headers: Default::default(),
        body,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(at: i64) -> RejectionSample {
        RejectionSample {
            at,
            path: "/webhooks/stripe".to_owned(),
            client: None,
            user_agent: None,
            skew: None,
            v1: false,
            v0: false,
            body: None,
            diagnosis: None,
        }
    }

    #[test]
    fn all_are_counted_and_the_first_few_described_and_a_report_that_failed_is_part_of_the_next() {
        let rejections = Rejections::default();
        let (shop, reason) = ("shop", RejectionReason::SignatureMismatch);
        (0..10).for_each(|at| rejections.note(shop, reason, || sample(at)));
        rejections.note("", reason, || sample(0));
        let mut reports = rejections.take();
        assert_eq!(reports.iter().map(|report| report.count).collect::<Vec<_>>(), [1, 10]);
        let report = reports.remove(1);
        assert_eq!(report.samples.iter().map(|sample| sample.at).collect::<Vec<_>>(), [0, 1, 2]);
        assert!(rejections.take().is_empty());
        rejections.note(shop, reason, || sample(11));
        rejections.put_back(report);
        let [report] = &rejections.take()[..] else { panic!("one") };
        assert_eq!((report.count, report.samples.len()), (11, SAMPLES));
    }
}
