//! Carrying one job out from a process that does not serve, as the command line does: with the same runner.

use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;

use super::runner::Runner;
use super::service::{self, JobView};
use super::state::{JobAction, JobState};
use crate::common::error::ServiceError;

const POLL_INTERVAL: Duration = Duration::from_millis(300);

/// Runs the job here, unless another console has it already, until it has ended, and waits at most `wait` for what
/// becomes of its dead letters. `watch` is called with every state that is seen.
pub(crate) async fn carry_out(
    runner: Runner,
    id: i64,
    wait: Duration,
    mut watch: impl FnMut(&JobView),
) -> Result<JobView, ServiceError> {
    let pool = runner.pool.clone();
    let stop = CancellationToken::new();
    let running = tokio::spawn({
        let stop = stop.clone();
        async move {
            while !stop.is_cancelled() {
                runner.run_job(id, &stop).await;
                tokio::time::sleep(POLL_INTERVAL).await;
            }
        }
    });
    let mut ended_at = None;
    let view = loop {
        let view = service::show(&pool, id).await?;
        watch(&view);
        let mut waited = || ended_at.get_or_insert_with(Instant::now).elapsed() >= wait;
        if !view.job.state.is_active() && (is_settled(&view) || waited()) {
            break view;
        }
        tokio::time::sleep(POLL_INTERVAL).await;
    };
    stop.cancel();
    if let Err(error) = running.await {
        tracing::warn!(job = id, %error, "the runner of a bulk job panicked");
    }
    Ok(view)
}

/// Whether it is known what became of every dead letter that was sent.
fn is_settled(view: &JobView) -> bool {
    let progress = &view.progress;
    view.job.state != JobState::Done
        || view.job.action == JobAction::Discard
        || progress.resolved + progress.dead_again >= progress.sent
}
