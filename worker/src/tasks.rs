//! The tasks of a worker: they end together. One that ends before shutdown was requested takes the others,
//! and the process, with it.

use std::collections::HashMap;

use thiserror::Error;
use tokio::task::{Id, JoinSet};
use tokio_util::sync::CancellationToken;

/// A task ended by itself or panicked.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the task `{task}` {how}; the worker stopped")]
pub struct TaskFailed {
    task: &'static str,
    how: &'static str,
}

/// Tasks that are spawned with a name.
pub(crate) struct Tasks {
    running: JoinSet<()>,
    names: HashMap<Id, &'static str>,
    shutdown: CancellationToken,
}

impl Tasks {
    /// None yet; `shutdown` is cancelled when one of them fails.
    pub(crate) fn new(shutdown: CancellationToken) -> Self {
        Self { running: JoinSet::new(), names: HashMap::new(), shutdown }
    }

    /// Starts a task that runs until shutdown is requested.
    pub(crate) fn spawn(&mut self, name: &'static str, task: impl Future<Output = ()> + Send + 'static) {
        let id = self.running.spawn(task).id();
        self.names.insert(id, name);
    }

    /// Waits until all have ended.
    ///
    /// # Errors
    /// The first [`TaskFailed`], after the others have finished what they had in hand.
    pub(crate) async fn finish(mut self) -> Result<(), TaskFailed> {
        let mut failed = None;
        while let Some(ended) = self.running.join_next_with_id().await {
            let (id, how) = match ended {
                Ok(_) if self.shutdown.is_cancelled() => continue,
                Ok((id, ())) => (id, "ended"),
                Err(error) => (error.id(), "panicked"),
            };
            let task = self.names.get(&id).copied().unwrap_or("unknown");
            tracing::error!(task, "worker task {how}");
            failed.get_or_insert(TaskFailed { task, how });
            self.shutdown.cancel();
        }
        failed.map_or(Ok(()), Err)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    /// Runs a task beside one that drains; says how it ended and whether the other was drained.
    async fn beside(task: impl Future<Output = ()> + Send + 'static) -> (Result<(), TaskFailed>, bool) {
        let (shutdown, drained) = (CancellationToken::new(), Arc::new(AtomicBool::new(false)));
        let mut tasks = Tasks::new(shutdown.clone());
        let done = Arc::clone(&drained);
        tasks.spawn("consumer", async move {
            shutdown.cancelled().await;
            tokio::task::yield_now().await;
            done.store(true, Ordering::Relaxed);
        });
        tasks.spawn("heartbeat", task);
        (tasks.finish().await, drained.load(Ordering::Relaxed))
    }

    #[tokio::test]
    async fn a_task_that_panics_stops_the_worker_after_the_others_have_drained() {
        let failed = TaskFailed { task: "heartbeat", how: "panicked" };
        assert_eq!(beside(async { panic!("on purpose") }).await, (Err(failed), true));
    }

    #[tokio::test]
    async fn a_task_that_ends_too_early_stops_the_worker_too() {
        let failed = TaskFailed { task: "heartbeat", how: "ended" };
        assert_eq!(beside(async {}).await, (Err(failed), true));
    }

    #[tokio::test]
    async fn tasks_that_end_because_shutdown_was_requested_have_not_failed() {
        let shutdown = CancellationToken::new();
        let mut tasks = Tasks::new(shutdown.clone());
        let requested = shutdown.clone();
        tasks.spawn("consumer", async move { requested.cancelled().await });
        shutdown.cancel();
        assert_eq!(tasks.finish().await, Ok(()));
    }
}
