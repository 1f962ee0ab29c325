//! The queues: who consumes them, and how long events wait.

use super::finding::{CheckId, Finding};
use crate::common::elapsed::format_seconds;
use crate::runtime::Connections;
use crate::runtime::settings::ConsoleSettings;
use crate::system::queues::{self, QueueKind, QueueState, Sources};

/// Seconds that an event may wait.
const LONGEST_WAIT: u64 = 60;

pub(super) async fn check(settings: &ConsoleSettings, connections: &Connections) -> Vec<Finding> {
    let Ok(broker) = connections.broker() else { return unknown("AMQP_URL is not set") };
    let sources = Sources { broker, management: settings.management.as_ref(), pool: &connections.pool };
    match queues::list(sources).await {
        Ok(queues) => vec![consumers(&queues), lag(&queues)],
        Err(failure) => unknown(&failure.to_string()),
    }
}

fn unknown(why: &str) -> Vec<Finding> {
    [CheckId::Consumers, CheckId::Lag].map(|check| Finding::skipped(check, why)).into()
}

fn consumers(queues: &[QueueState]) -> Finding {
    let alone = queues.iter().filter(|queue| queue.kind != QueueKind::Retry && queue.consumers == 0);
    let alone: Vec<&str> = alone.map(|queue| queue.name.as_str()).collect();
    if alone.is_empty() {
        return Finding::ok(CheckId::Consumers, "every queue has one");
    }
    let remedy = "start the worker of that name; the console consumes the queue `dead`";
    Finding::failed(CheckId::Consumers, format!("nobody consumes {}", alone.join(", ")), remedy)
}

fn lag(queues: &[QueueState]) -> Finding {
    let waiting = queues.iter().filter(|queue| queue.kind == QueueKind::Work && queue.ready > 0);
    let Some(slowest) = waiting.max_by_key(|queue| queue.oldest_seconds.unwrap_or(u64::MAX)) else {
        return Finding::ok(CheckId::Lag, "no event waits");
    };
    let (name, ready) = (&slowest.name, slowest.ready);
    match slowest.oldest_seconds {
        Some(seconds) if seconds <= LONGEST_WAIT => {
            Finding::ok(CheckId::Lag, format!("{ready} events wait in {name}, {seconds} s at most"))
        }
        Some(seconds) => {
            let longest = format_seconds(std::time::Duration::from_secs(seconds).as_secs_f64());
            let remedy = "look at that worker's log; start more of them where it is merely busy";
            Finding::failed(CheckId::Lag, format!("{ready} events wait in {name}, up to {longest}"), remedy)
        }
        None => {
            let found = format!("{ready} events wait in {name}; nobody knows how long");
            Finding::warning(CheckId::Lag, found, "run the console: it watches the queues")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::finding::CheckStatus;

    fn queue(kind: QueueKind, ready: u32, consumers: u32, oldest_seconds: Option<u64>) -> QueueState {
        let (name, unacknowledged) = ("refund".to_owned(), None);
        QueueState {
            name,
            kind,
            ready,
            unacknowledged,
            consumers,
            oldest_seconds,
            paused: None,
            work_queue: None,
        }
    }

    #[test]
    fn a_queue_without_a_consumer_is_named_and_retry_queues_have_none() {
        assert_eq!(consumers(&[queue(QueueKind::Retry, 0, 0, None)]).status, CheckStatus::Ok);
        let found = consumers(&[queue(QueueKind::Work, 0, 0, None)]);
        assert_eq!((found.status, found.found.as_str()), (CheckStatus::Failed, "nobody consumes refund"));
    }

    #[test]
    fn events_that_wait_longer_than_a_minute_are_reported() {
        let status = |ready, oldest| lag(&[queue(QueueKind::Work, ready, 1, oldest)]).status;
        assert_eq!(status(0, None), CheckStatus::Ok);
        assert_eq!(status(5, Some(60)), CheckStatus::Ok);
        assert_eq!(status(5, Some(61)), CheckStatus::Failed);
        assert_eq!(status(5, None), CheckStatus::Warning);
    }
}
