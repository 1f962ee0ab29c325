//! Sends a batch: the partitions side by side, the messages of each one after the other.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::{StreamExt, stream};

use super::sent::{End, Failure, Pause, SentBatch};
use super::store::OutboxRow;

/// Why a message was not sent.
pub(super) enum Refusal {
    /// The destination was lost on the way: no message is to blame.
    Lost,
    /// The destination does not take this message now.
    NotNow {
        error: String,
        /// Until the next attempt.
        wait: Duration,
        /// What it asks for all messages.
        pause: Option<Pause>,
    },
    /// The destination does not take this message now, which says nothing of others.
    Later {
        /// Why, in words.
        error: String,
        /// Until the next attempt.
        wait: Duration,
    },
    /// The message can never be sent; the reason.
    Never(String),
    /// There is nothing to send; why.
    Skip(&'static str),
}

/// What sends one message.
pub(super) trait Transmit: Sync {
    /// `Ok` when the destination has it.
    fn send(&self, row: &OutboxRow) -> impl Future<Output = Result<(), Refusal>> + Send;
}

/// Sends the rows, at most `at_once` partitions side by side. A message is sent only when the destination has the one
/// before it. Once `ends` says so no further message is begun.
pub(super) async fn send<S: Transmit>(
    sender: &S,
    rows: Vec<OutboxRow>,
    at_once: usize,
    ends: impl Fn() -> bool,
) -> SentBatch {
    let mut partitions: BTreeMap<String, Vec<OutboxRow>> = BTreeMap::new();
    for row in rows {
        partitions.entry(row.partition.clone()).or_default().push(row);
    }
    let ends = &ends;
    let sending = partitions.into_values().map(|rows| send_partition(sender, rows, ends));
    let mut results = stream::iter(sending).buffer_unordered(at_once);
    let mut batch = SentBatch::default();
    while let Some(result) = results.next().await {
        batch.sent.extend(result.sent);
        batch.failures.extend(result.failures);
        batch.pause = batch.pause.max(result.pause);
        batch.interrupted |= result.interrupted;
    }
    batch
}

async fn send_partition<S: Transmit>(
    sender: &S,
    rows: Vec<OutboxRow>,
    ends: &impl Fn() -> bool,
) -> SentBatch {
    let mut result = SentBatch::default();
    for row in rows {
        if ends() {
            break;
        }
        let failure = |wait, end, error, blames_destination| Failure {
            id: row.id,
            partition: row.partition.clone(),
            wait,
            end,
            error,
            blames_destination,
        };
        match sender.send(&row).await {
            Ok(()) => result.sent.push(row.id),
            Err(Refusal::Lost) => {
                result.interrupted = true;
                break;
            }
            Err(Refusal::NotNow { error, wait, pause }) => {
                tracing::debug!(key = row.key, error, "a message could not be sent; it is tried again");
                result.failures.push(failure(wait, End::Retry, error, true));
                result.pause = pause;
                break;
            }
            Err(Refusal::Later { error, wait }) => {
                tracing::debug!(key = row.key, error, "a message was refused for now; it is tried again");
                result.failures.push(failure(wait, End::Retry, error, false));
                break;
            }
            // What can never be sent holds nobody up.
            Err(Refusal::Never(error)) => {
                tracing::error!(key = row.key, error, "a message cannot be sent");
                result.failures.push(failure(Duration::ZERO, End::Failed, error, false));
            }
            Err(Refusal::Skip(reason)) => {
                tracing::debug!(key = row.key, reason, "a message becomes no e-mail");
                result.failures.push(failure(Duration::ZERO, End::Skipped, reason.to_owned(), false));
            }
        }
    }
    result
}
