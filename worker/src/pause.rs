//! Whether staff have paused the queue. The consoles write the pause into `queue_pauses`; every worker of the queue
//! looks there every two seconds and stops consuming: it finishes what it was handed and takes no more.

use std::ops::ControlFlow;
use std::time::Duration;

use amqp::topology::Queue;
use deadpool_postgres::Pool;
use service::error::chain;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::store;

/// Staff are promised that a pause is obeyed within five seconds.
const POLL_INTERVAL: Duration = Duration::from_secs(2);
/// A database that hangs must not keep the worker from ending.
const ANSWER: Duration = Duration::from_secs(5);

/// What is known: nothing before the database has answered once.
type Known = Option<bool>;

/// The pause of a queue, as consumers see it.
#[derive(Clone)]
pub(crate) struct Pause(watch::Receiver<Known>);

impl Pause {
    /// The pause, and the task that keeps it up to date until shutdown.
    pub(crate) fn watch(
        pool: Pool,
        queue: Queue,
        shutdown: CancellationToken,
    ) -> (Pause, impl Future<Output = ()> + Send + 'static) {
        let (sender, receiver) = watch::channel(None);
        (Pause(receiver), poll(pool, queue, sender, shutdown))
    }

    /// Whether the queue is paused, as far as is known.
    pub(crate) fn is_paused(&self) -> bool {
        *self.0.borrow() == Some(true)
    }

    /// Waits until the queue is known not to be paused.
    pub(crate) async fn until_running(&mut self, shutdown: &CancellationToken) -> ControlFlow<()> {
        self.until(false, shutdown).await
    }

    /// Waits until the queue is paused.
    pub(crate) async fn until_paused(&mut self, shutdown: &CancellationToken) -> ControlFlow<()> {
        self.until(true, shutdown).await
    }

    async fn until(&mut self, paused: bool, shutdown: &CancellationToken) -> ControlFlow<()> {
        tokio::select! {
            () = shutdown.cancelled() => ControlFlow::Break(()),
            known = self.0.wait_for(|known| *known == Some(paused)) => match known {
                Ok(_) => ControlFlow::Continue(()),
                // The task that keeps it up to date has ended: so does the worker.
                Err(_) => ControlFlow::Break(()),
            },
        }
    }
}

async fn poll(pool: Pool, queue: Queue, known: watch::Sender<Known>, shutdown: CancellationToken) {
    loop {
        let answer = tokio::time::timeout(ANSWER, store::queue_pause(&pool, queue.name()));
        tokio::select! {
            () = shutdown.cancelled() => return,
            answer = answer => match answer {
                Ok(Ok(pause)) => record(&known, queue, pause.as_deref()),
                Ok(Err(error)) => tracing::debug!(error = chain(&error), "pauses cannot be read"),
                Err(_) => tracing::debug!("pauses cannot be read: the database does not answer"),
            },
        }
        tokio::select! {
            () = shutdown.cancelled() => return,
            () = tokio::time::sleep(POLL_INTERVAL) => {}
        }
    }
}

/// `by`: who paused it.
fn record(known: &watch::Sender<Known>, queue: Queue, by: Option<&str>) {
    let paused = by.is_some();
    let before = *known.borrow();
    if before == Some(paused) {
        return;
    }
    match by {
        Some(by) => tracing::warn!(queue = queue.name(), by, "the queue is paused"),
        None if before.is_some() => tracing::info!(queue = queue.name(), "the queue is resumed"),
        None => {}
    }
    known.send_replace(Some(paused));
}
