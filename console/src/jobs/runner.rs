//! Carries out bulk jobs, at their rate, canary first. A dead letter is marked and its audit line committed
//! before it is sent; what was marked when a console died is never sent again. One runner for a job,
//! by a lock of the database, however many consoles run.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use deadpool_postgres::{Client, ClientWrapper, Pool};
use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use super::state::{JobAction, JobItemState, JobState};
use crate::common::error::ServiceError;
use crate::common::pause::pause;
use crate::dead_letters::replay::{BulkSendError, Replayer};
use crate::dead_letters::state::DeadLetterState;
use crate::dead_letters::store::LockedDeadLetter;
use crate::jobs::items::{self as items, ItemMark};
use crate::jobs::store::{self as store, Job};

/// How often new and resumed jobs are looked for.
const POLL_INTERVAL: Duration = Duration::from_millis(500);
/// Each takes a connection to the database.
const MAX_RUNNING: usize = 4;
/// Chunks per second: a rate of 50 sends 5 dead letters ten times a second.
const CHUNKS_PER_SECOND: i32 = 10;
/// After this time without the canary's end somebody must look.
const CANARY_TIMEOUT: SignedDuration = SignedDuration::from_mins(2);

#[derive(Clone)]
pub(crate) struct Runner {
    pub(crate) pool: Pool,
    pub(crate) replayer: Replayer,
}

impl Runner {
    /// Looks for jobs and runs them until shutdown.
    pub(crate) async fn run(self, shutdown: CancellationToken) {
        let running = Arc::new(Mutex::new(HashSet::new()));
        let tasks = tokio_util::task::TaskTracker::new();
        while !shutdown.is_cancelled() {
            match self.active().await {
                Ok(jobs) => {
                    for id in jobs {
                        let start = {
                            let mut running = lock(&running);
                            running.len() < MAX_RUNNING && running.insert(id)
                        };
                        if start {
                            let (runner, running, shutdown) =
                                (self.clone(), Arc::clone(&running), shutdown.clone());
                            tasks.spawn(async move {
                                runner.run_job(id, &shutdown).await;
                                lock(&running).remove(&id);
                            });
                        }
                    }
                }
                Err(failure) => warn!(%failure, "bulk jobs cannot be listed"),
            }
            pause(&shutdown, POLL_INTERVAL).await;
        }
        tasks.close();
        tasks.wait().await;
    }

    async fn active(&self) -> Result<Vec<i64>, ServiceError> {
        store::active(&self.pool.get().await?).await
    }

    /// Runs one job until it ends, is paused, or another console has it.
    pub(crate) async fn run_job(&self, id: i64, shutdown: &CancellationToken) {
        match self.locked(id, shutdown).await {
            Ok(()) => {}
            Err(failure) => {
                error!(job = id, %failure, "bulk job interrupted; it resumes by itself");
                pause(shutdown, Duration::from_secs(1)).await;
            }
        }
    }

    async fn locked(&self, id: i64, shutdown: &CancellationToken) -> Result<(), ServiceError> {
        // The lock belongs to the connection, which therefore leaves the pool and is closed at the end.
        let mut client = self.pool.get().await?;
        if !store::try_lock(&client, id).await? {
            pause(shutdown, Duration::from_secs(1)).await;
            return Ok(());
        }
        let done = self.work(&mut client, id, shutdown).await;
        let _closed: ClientWrapper = Client::take(client);
        done
    }

    async fn work(
        &self,
        client: &mut Client,
        id: i64,
        shutdown: &CancellationToken,
    ) -> Result<(), ServiceError> {
        let lost = items::recover(client, id).await?;
        if lost > 0 {
            warn!(job = id, lost, "dead letters that may or may not have been sent are not sent again");
        }
        while !shutdown.is_cancelled() {
            let Some(job) = store::show(client, id).await? else { return Ok(()) };
            let size = match job.state {
                JobState::Canary => match self.canary(client, &job).await? {
                    Some(missing) => missing.min(chunk(&job)),
                    None => {
                        pause(shutdown, POLL_INTERVAL).await;
                        continue;
                    }
                },
                JobState::Running => chunk(&job),
                JobState::Proposed
                | JobState::Paused
                | JobState::Canceled
                | JobState::Stopped
                | JobState::Done => return Ok(()),
            };
            let begun = Instant::now();
            if job.action == JobAction::Replay && self.replayer.usable().is_err() {
                pause(shutdown, POLL_INTERVAL).await;
                continue;
            }
            let sent = self.send(client, &job, size).await?;
            if sent == 0 && !items::has_waiting(client, id).await? {
                return self.finish(client, &job).await;
            }
            let pace = Duration::from_secs(1) * u32::try_from(sent).unwrap_or(1)
                / u32::try_from(job.rate).unwrap_or(1);
            pause(shutdown, pace.saturating_sub(begun.elapsed())).await;
        }
        Ok(())
    }

    async fn finish(&self, client: &Client, job: &Job) -> Result<(), ServiceError> {
        if store::move_to(client, job.id, &[JobState::Running], JobState::Done, None).await? {
            info!(job = job.id, "bulk job done");
        }
        Ok(())
    }

    /// How many dead letters the canary still lacks; none while it is waited for.
    async fn canary(&self, client: &Client, job: &Job) -> Result<Option<i32>, ServiceError> {
        let progress = store::progress(client, job.id).await?;
        let gone = progress.sent + progress.failed + progress.unknown;
        let wanted = i64::from(job.canary.min(job.total)) - progress.skipped.min(i64::from(job.total));
        if gone < wanted && progress.waiting > 0 {
            return Ok(Some(i32::try_from(wanted - gone).unwrap_or(i32::MAX)));
        }
        if progress.dead_again + progress.failed + progress.unknown > 0 {
            let note =
                format!("{} of the first {gone} failed again or were not sent", gone - progress.resolved);
            warn!(job = job.id, note, "bulk job stopped");
            store::move_to(client, job.id, &[JobState::Canary], JobState::Stopped, Some(&note)).await?;
        } else if progress.resolved == progress.sent {
            info!(job = job.id, dead_letters = gone, "canary took effect; sending the rest");
            store::move_to(client, job.id, &[JobState::Canary], JobState::Running, None).await?;
        } else if store::canary_since(client, job.id).await? + CANARY_TIMEOUT < Timestamp::now() {
            let note =
                "the first dead letters have not taken effect yet: look at them, then resume or cancel";
            store::move_to(client, job.id, &[JobState::Canary], JobState::Paused, Some(note)).await?;
        }
        Ok(None)
    }

    /// Marks, sends and marks again one chunk; how many dead letters it took.
    async fn send(&self, client: &mut Client, job: &Job, size: i32) -> Result<usize, ServiceError> {
        let wanted = job.filter.state.unwrap_or(DeadLetterState::Open);
        let tx = client.transaction().await?;
        let chunk = items::next(&tx, job.id, i64::from(size)).await?;
        let (matching, others): (Vec<_>, Vec<_>) =
            chunk.into_iter().partition(|(_, dead_letter)| dead_letter.state == wanted);
        let count = matching.len() + others.len();
        let dead_letters: Vec<i64> = matching.iter().map(|(_, dead_letter)| dead_letter.id).collect();
        let replay = job.action == JobAction::Replay;
        let mut marks: Vec<ItemMark> =
            others.iter().map(|(at, dead_letter)| skipped(*at, dead_letter)).collect();
        let state = if replay { JobItemState::Sending } else { JobItemState::Sent };
        marks.extend(matching.iter().map(|(at, _)| ItemMark { position: *at, state, note: None }));
        items::mark(&tx, job.id, &marks).await?;
        items::set_dead_letters(&tx, job, &dead_letters).await?;
        tx.commit().await?;
        if replay {
            let sent =
                join_all(matching.into_iter().map(|(at, dead_letter)| self.publish(at, dead_letter))).await;
            items::mark(client, job.id, &sent).await?;
        }
        Ok(count)
    }

    async fn publish(&self, position: i32, dead_letter: LockedDeadLetter) -> ItemMark {
        match self.replayer.send_bulk(dead_letter).await {
            Ok(()) => ItemMark { position, state: JobItemState::Sent, note: None },
            Err(BulkSendError::NotSent(error)) => {
                ItemMark { position, state: JobItemState::Failed, note: Some(error.to_string()) }
            }
            Err(BulkSendError::Unknown(error)) => {
                ItemMark { position, state: JobItemState::Unknown, note: Some(error.to_string()) }
            }
        }
    }
}

fn chunk(job: &Job) -> i32 {
    (job.rate / CHUNKS_PER_SECOND).clamp(1, 100)
}

fn skipped(position: i32, dead_letter: &LockedDeadLetter) -> ItemMark {
    ItemMark {
        position,
        state: JobItemState::Skipped,
        note: Some(format!("it is {} now", dead_letter.state)),
    }
}

fn lock(running: &Mutex<HashSet<i64>>) -> std::sync::MutexGuard<'_, HashSet<i64>> {
    running.lock().unwrap_or_else(PoisonError::into_inner)
}
