//! Publishes to the exchange `sluicegate.out`.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use amqp::broker::Broker;
use amqp::message::{ContentType, Message};
use amqp::publisher::{PublishError, Publisher};
use lapin::types::FieldTable;
use tokio_util::sync::CancellationToken;

use super::cloud_event;
use super::partitions::{self, Refusal, Transmit};
use super::session::{RelayError, Session};
use super::store::owed::{Owed, OwedStatements};
use super::store::{self, AMQP, OutboxRow};
use service::backoff::Backoff;

/// Messages on their way at once.
const BATCH: usize = 500;

/// The longest wait before a message that the broker refused is sent again.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// Messages that the broker refuses are never given up: a queue that is full now is drained some day.
const NEVER: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

/// How often the age of the outbox is measured.
const MEASURE: Duration = Duration::from_secs(5);

/// Publishes what the exchange is owed.
pub(super) struct AmqpSender {
    pub(super) broker: Broker,
    pub(super) publisher: Publisher,
}

impl AmqpSender {
    /// Sends until shutdown is requested.
    pub(super) async fn run(
        &self,
        session: &Session,
        shutdown: &CancellationToken,
    ) -> Result<(), RelayError> {
        let (client, mut wakeup, mut backoff) = (session.client(), session.wakeup(), Backoff::default());
        let statements = OwedStatements::prepare(client, AMQP).await?;
        let mut measured: Option<Instant> = None;
        while !shutdown.is_cancelled() {
            if measured.is_none_or(|at| at.elapsed() >= MEASURE) {
                store::report_age(client, AMQP).await?;
                measured = Some(Instant::now());
            }
            let owed = match self.broker.usable() {
                Ok(()) => Some(statements.next(client, BATCH).await?).filter(|owed| !owed.rows.is_empty()),
                Err(_) => None,
            };
            let Some(Owed { rows, batches, has_more }) = owed else {
                if wakeup.wait(shutdown).await.is_break() {
                    break;
                }
                continue;
            };
            let result = partitions::send(self, rows, BATCH, || shutdown.is_cancelled()).await;
            if result.interrupted {
                tracing::warn!("the broker was lost while messages were sent; they are sent again");
            }
            let ended = store::failed(client, AMQP, &result.failures, NEVER).await?;
            statements.sent(client, &batches, &result.sent, &ended).await?;
            store::count(AMQP, &result);
            // A broker that takes nothing is not asked again and again.
            let ended = if result.sent.is_empty() {
                backoff.wait(shutdown).await
            } else {
                backoff = Backoff::default();
                if has_more { ControlFlow::Continue(()) } else { wakeup.wait(shutdown).await }
            };
            if ended.is_break() {
                break;
            }
        }
        Ok(())
    }
}

impl Transmit for AmqpSender {
    async fn send(&self, row: &OutboxRow) -> Result<(), Refusal> {
        let body = cloud_event::structured(row).map_err(|error| Refusal::Never(error.to_string()))?;
        let message = Message {
            exchange: self.broker.topology().out_exchange(),
            routing_key: row.topic.clone(),
            message_id: row.key.clone(),
            kind: row.topic.clone(),
            headers: FieldTable::default(),
            body,
        };
        match self.publisher.publish_as(ContentType::CloudEvent, message).await {
            Ok(()) => Ok(()),
            // Nobody subscribes to this topic: there is no one to send it to.
            Err(PublishError::Returned { .. }) => {
                metrics::counter!("sluicegate_outbox_unroutable_total").increment(1);
                Ok(())
            }
            Err(PublishError::Down | PublishError::Blocked | PublishError::Closed(_)) => Err(Refusal::Lost),
            Err(error @ (PublishError::TooLong(_) | PublishError::TooLarge)) => {
                Err(Refusal::Never(error.to_string()))
            }
            Err(error @ (PublishError::Nacked | PublishError::TimedOut)) => {
                Err(Refusal::NotNow { error: error.to_string(), wait: wait(row.attempts), pause: None })
            }
        }
    }
}

/// Doubles with each attempt, from one second.
fn wait(attempts: i32) -> Duration {
    let doublings = u32::try_from(attempts).unwrap_or(0).min(6);
    Duration::from_secs(1 << doublings).min(LONGEST_WAIT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_a_minute() {
        let waits: Vec<u64> = (0..9).map(|attempts| wait(attempts).as_secs()).collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
    }
}
