//! Redelivered messages, buffered so that one that kills the process is alone when it does.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::{Duration, Instant};

use amqp::message;
use lapin::message::Delivery;
use lapin::types::ShortString;

/// How long the first of them waits at most: on a busy queue other messages are always ready.
const LONGEST: Duration = Duration::from_secs(1);

/// The redelivered messages, and since when the first of them waits.
#[derive(Default)]
pub(super) struct RedeliveryBuffer {
    since: Option<Instant>,
    deliveries: Vec<Delivery>,
}

impl RedeliveryBuffer {
    /// Adds to what waits.
    pub(super) fn extend(&mut self, deliveries: Vec<Delivery>) {
        if !deliveries.is_empty() {
            self.since.get_or_insert_with(Instant::now);
            self.deliveries.extend(deliveries);
        }
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.deliveries.is_empty()
    }

    /// Whether the first has waited long enough to be processed although other messages are ready.
    pub(super) fn is_due(&self) -> bool {
        self.since.is_some_and(|since| since.elapsed() >= LONGEST)
    }

    /// Takes all of them, in another sequence each time: the messages behind one that kills the process must not be
    /// dead-lettered with it.
    pub(super) fn take(&mut self) -> Vec<Delivery> {
        self.since = None;
        in_new_sequence(std::mem::take(&mut self.deliveries))
    }
}

/// How often a delivery was handed out before (`x-delivery-count`, kept by quorum queues).
pub(super) fn deliveries_before(delivery: &Delivery) -> i64 {
    let headers = delivery.properties.headers().as_ref();
    let count = headers.and_then(|headers| message::integer(headers, "x-delivery-count")).unwrap_or(0);
    count.max(i64::from(delivery.redelivered))
}

/// A sequence that differs from crash to crash.
fn in_new_sequence(mut deliveries: Vec<Delivery>) -> Vec<Delivery> {
    deliveries.sort_by_cached_key(|delivery| {
        let mut hasher = DefaultHasher::new();
        delivery.properties.message_id().as_ref().map(ShortString::as_str).hash(&mut hasher);
        deliveries_before(delivery).hash(&mut hasher);
        hasher.finish()
    });
    deliveries
}
