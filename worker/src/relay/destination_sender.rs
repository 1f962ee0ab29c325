//! Sends to one destination, and leaves it alone for a while when it keeps failing.

use std::time::{Duration, Instant};

use tokio_postgres::Client;
use tokio_util::sync::CancellationToken;

use super::attempt::Attempt;
use super::channel::Channel;
use super::partitions::{self, Refusal, Transmit};
use super::sent::{Pause, SentBatch};
use super::session::{RelayError, Session};
use super::store::owed::{Owed, OwedStatements};
use super::store::{self, Destination, OutboxRow};

/// After this long what was accepted is recorded, before more is sent.
const ROUND: Duration = Duration::from_secs(5);

/// Waits before the second and each later attempt; the last is repeated.
const WAITS: [u64; 9] = [1, 5, 30, 120, 600, 1800, 3600, 2 * 3600, 4 * 3600];

/// A message is given up when its first attempt is longer ago.
const GIVE_UP: Duration = Duration::from_secs(3 * 24 * 60 * 60);

/// A destination is paused after this many attempts that failed in a row.
const PAUSE_AFTER: i32 = 10;

const SHORTEST_PAUSE: Duration = Duration::from_secs(30);
const LONGEST_PAUSE: Duration = Duration::from_secs(30 * 60);

/// How often the age of what waits is measured.
const MEASURE: Duration = Duration::from_secs(5);

/// Sends what a destination is owed.
pub(super) struct DestinationSender {
    pub(super) name: String,
    pub(super) topics: Vec<&'static str>,
    pub(super) channel: Channel,
}

impl DestinationSender {
    /// Sends until shutdown is requested.
    pub(super) async fn run(
        &self,
        session: &Session,
        shutdown: &CancellationToken,
    ) -> Result<(), RelayError> {
        let (client, mut wakeup) = (session.client(), session.wakeup());
        let statements = OwedStatements::prepare(client, &self.name).await?;
        let mut measured: Option<Instant> = None;
        while !shutdown.is_cancelled() {
            if measured.is_none_or(|at| at.elapsed() >= MEASURE) {
                store::report_age(client, &self.name).await?;
                measured = Some(Instant::now());
            }
            let destination = store::destination(client, &self.name).await?;
            // One that failed is asked with one message whether it works again.
            let limit = if destination.failures > 0 { 1 } else { self.channel.batch() };
            let owed = if destination.paused { None } else { Some(statements.next(client, limit).await?) };
            let Some(Owed { rows, batches, has_more }) = owed.filter(|owed| !owed.rows.is_empty()) else {
                if wakeup.wait(shutdown).await.is_break() {
                    break;
                }
                continue;
            };
            let began = Instant::now();
            let round = Round { channel: &self.channel, client, now: destination.now };
            let ends = || shutdown.is_cancelled() || began.elapsed() > ROUND;
            let result = partitions::send(&round, rows, self.channel.at_once(), ends).await;
            let ended = store::failed(client, &self.name, &result.failures, GIVE_UP).await?;
            statements.sent(client, &batches, &result.sent, &ended).await?;
            store::count(&self.name, &result);
            self.judge(session, &destination, &result).await?;
            let is_cut = began.elapsed() > ROUND;
            if !has_more && !is_cut && wakeup.wait(shutdown).await.is_break() {
                break;
            }
        }
        Ok(())
    }

    /// Records how the destination stands, where that changed.
    async fn judge(
        &self,
        session: &Session,
        before: &Destination,
        result: &SentBatch,
    ) -> Result<(), RelayError> {
        // A message that is refused for what it is says that the destination works.
        let failures = || result.failures.iter().filter(|failure| failure.blames_destination);
        let failed = i32::try_from(failures().count()).unwrap_or(i32::MAX);
        let works = !result.sent.is_empty() || failures().count() < result.failures.len();
        let error = failures().next_back().map(|failure| failure.error.as_str());
        let failures = if works { 0 } else { before.failures.saturating_add(failed) };
        if (failures, before.failures, failed) == (0, 0, 0) {
            return Ok(());
        }
        let pause = result.pause.or_else(|| (failures >= PAUSE_AFTER).then(|| Pause::For(pause(failures))));
        match pause {
            Some(pause) => tracing::error!(destination = self.name, ?pause, error, "destination paused"),
            None if before.failures >= PAUSE_AFTER => {
                tracing::info!(destination = self.name, "the destination accepts messages again");
            }
            None => {}
        }
        metrics::gauge!("sluicegate_outbox_destination_paused", "destination" => self.name.clone())
            .set(if pause.is_some() { 1.0 } else { 0.0 });
        store::set_destination(session.client(), &self.name, failures, pause, error).await?;
        Ok(())
    }
}

/// Sends at one time by the database's clock.
struct Round<'a> {
    channel: &'a Channel,
    client: &'a Client,
    now: i64,
}

impl Transmit for Round<'_> {
    async fn send(&self, row: &OutboxRow) -> Result<(), Refusal> {
        let attempt = Attempt { client: self.client, now: self.now, wait: wait(row.attempts) };
        self.channel.send(row, attempt).await
    }
}

/// The wait after one more failed attempt, with up to a fifth at random.
fn wait(attempts: i32) -> Duration {
    let index = usize::try_from(attempts).unwrap_or(0).min(WAITS.len() - 1);
    Duration::from_secs(WAITS[index]).mul_f64(1.0 + rand::random::<f64>() / 5.0)
}

/// Doubles with each failure beyond the limit.
fn pause(failures: i32) -> Duration {
    let doublings = u32::try_from(failures - PAUSE_AFTER).unwrap_or(0).min(6);
    (SHORTEST_PAUSE * (1 << doublings)).min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_and_pauses_grow_to_a_limit() {
        for (attempts, seconds) in WAITS.into_iter().enumerate() {
            let waited = wait(i32::try_from(attempts).unwrap()).as_secs_f64();
            assert!((seconds as f64..=seconds as f64 * 1.2).contains(&waited), "{attempts}: {waited}");
        }
        assert!(wait(1000) >= Duration::from_secs(4 * 3600));
        assert_eq!(pause(10), Duration::from_secs(30));
        assert_eq!(pause(12), Duration::from_secs(120));
        assert_eq!(pause(i32::MAX), LONGEST_PAUSE);
    }
}
