//! Publishes to the exchange `sluicegate.out`.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use amqp::broker::Broker;
use amqp::message::{ContentType, Message};
use amqp::publisher::{PublishError, Publisher};
use futures_util::future::join_all;
use lapin::types::FieldTable;
use tokio_util::sync::CancellationToken;

use super::cloud_event;
use super::session::{RelayError, Session};
use super::store::{self, AMQP, Failure, OutboxRow};
use crate::backoff::Backoff;

/// Messages on their way at once.
const BATCH: i64 = 500;

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

/// What became of a batch.
#[derive(Default)]
struct BatchResult {
    sent: Vec<i64>,
    failures: Vec<Failure>,
    /// The connection was lost on the way: no message is to blame.
    interrupted: bool,
}

impl AmqpSender {
    /// Sends until shutdown is requested.
    pub(super) async fn run(
        &self,
        session: &Session,
        shutdown: &CancellationToken,
    ) -> Result<(), RelayError> {
        let (client, mut wakeup, mut backoff) = (session.client(), session.wakeup(), Backoff::default());
        let mut measured: Option<Instant> = None;
        while !shutdown.is_cancelled() {
            if measured.is_none_or(|at| at.elapsed() >= MEASURE) {
                store::report_age(client).await?;
                measured = Some(Instant::now());
            }
            let rows =
                if self.broker.usable().is_ok() { store::unsent(client, BATCH).await? } else { vec![] };
            if rows.is_empty() {
                if wakeup.wait(shutdown).await.is_break() {
                    break;
                }
                continue;
            }
            let result = self.send(rows).await;
            store::sent(client, &result.sent).await?;
            store::failed(client, AMQP, &result.failures, NEVER).await?;
            metrics::counter!("outbox_sent_total", "destination" => AMQP).increment(result.sent.len() as u64);
            metrics::counter!("outbox_failed_attempts_total", "destination" => AMQP)
                .increment(result.failures.len() as u64);
            // A broker that takes nothing is not asked again and again.
            if !result.sent.is_empty() {
                backoff = Backoff::default();
            } else if backoff.wait(shutdown).await.is_break() {
                break;
            }
        }
        Ok(())
    }

    /// Sends the partitions side by side, and the messages of each one after the other: a message is sent only when the
    /// broker has confirmed the one before it.
    async fn send(&self, rows: Vec<OutboxRow>) -> BatchResult {
        let mut partitions: BTreeMap<String, Vec<OutboxRow>> = BTreeMap::new();
        for row in rows {
            partitions.entry(row.partition.clone()).or_default().push(row);
        }
        let results = join_all(partitions.into_values().map(|rows| self.send_partition(rows))).await;
        let mut batch = BatchResult::default();
        for result in results {
            batch.sent.extend(result.sent);
            batch.failures.extend(result.failures);
            batch.interrupted |= result.interrupted;
        }
        if batch.interrupted {
            tracing::warn!("the broker was lost while messages were sent; they are sent again");
        }
        batch
    }

    async fn send_partition(&self, rows: Vec<OutboxRow>) -> BatchResult {
        let mut result = BatchResult::default();
        for row in rows {
            match self.publish(&row).await {
                Ok(()) => result.sent.push(row.id),
                Err(Refusal::Lost) => {
                    result.interrupted = true;
                    break;
                }
                Err(Refusal::Message { error, is_final }) => {
                    tracing::warn!(key = row.key, error, is_final, "a message could not be sent");
                    let wait = wait(row.attempts);
                    result.failures.push(Failure {
                        id: row.id,
                        partition: row.partition,
                        wait,
                        is_final,
                        error,
                    });
                    // What can never be sent holds nobody up.
                    if !is_final {
                        break;
                    }
                }
            }
        }
        result
    }

    async fn publish(&self, row: &OutboxRow) -> Result<(), Refusal> {
        let body = cloud_event::structured(row)
            .map_err(|error| Refusal::Message { error: error.to_string(), is_final: true })?;
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
            // Nobody asked for this topic: there is no one to send it to.
            Err(PublishError::Returned { .. }) => {
                metrics::counter!("outbox_unroutable_total").increment(1);
                Ok(())
            }
            Err(PublishError::Down | PublishError::Blocked | PublishError::Closed(_)) => Err(Refusal::Lost),
            Err(error @ (PublishError::TooLong(_) | PublishError::TooLarge)) => {
                Err(Refusal::Message { error: error.to_string(), is_final: true })
            }
            Err(error @ (PublishError::Nacked | PublishError::TimedOut)) => {
                Err(Refusal::Message { error: error.to_string(), is_final: false })
            }
        }
    }
}

/// Why a message was not sent.
enum Refusal {
    /// There is no broker.
    Lost,
    /// The broker does not take this message.
    Message { error: String, is_final: bool },
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
