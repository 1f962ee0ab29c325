//! The relay's session with PostgreSQL: the lock that makes one relay lead, and the notifications that wake it.

use std::ops::ControlFlow;
use std::time::Duration;

use postgres::listener::{ListenError, Listener};
use secrecy::SecretString;
use thiserror::Error;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_postgres::Client;
use tokio_util::sync::CancellationToken;

use super::store;
use crate::store::StoreError;

/// What the trigger of `outbox` notifies.
pub const CHANNEL: &str = "sluicegate_outbox";

/// Any number that no other advisory lock of this database uses.
const LOCK: i64 = 0x0051_1ce6_a7e6;

/// How often a relay asks whether the lead is free. Waiting inside PostgreSQL instead would keep a snapshot open, which
/// keeps it from cleaning up.
const ASK: Duration = Duration::from_secs(1);

/// Notifications wake the relay; this finds what they missed, and what is due again.
const POLL: Duration = Duration::from_secs(1);

/// The shortest time between two rounds that find less than a full batch. Workers commit many times a second while they
/// drain a backlog; a round for each commit would cost the database more than the messages do.
const GAP: Duration = Duration::from_millis(50);

/// A leader that asks nothing for this long is frozen, and loses the lead.
const FROZEN: Duration = Duration::from_secs(60);

/// Why the relay lost its session.
#[derive(Debug, Error)]
pub(crate) enum RelayError {
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// A statement failed, or the connection broke.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<tokio_postgres::Error> for RelayError {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Store(error.into())
    }
}

pub(crate) struct Session(Listener);

impl Session {
    pub(crate) async fn open(url: &SecretString) -> Result<Self, RelayError> {
        Ok(Self(Listener::connect(url, "sluicegate relay", CHANNEL, FROZEN).await?))
    }

    pub(crate) fn client(&self) -> &Client {
        self.0.client()
    }

    /// Waits until no other relay leads; breaks when shutdown is requested.
    pub(crate) async fn wait_for_lead(
        &self,
        shutdown: &CancellationToken,
    ) -> Result<ControlFlow<()>, RelayError> {
        while !store::try_lock(self.client(), LOCK).await? {
            tokio::select! {
                () = shutdown.cancelled() => return Ok(ControlFlow::Break(())),
                () = tokio::time::sleep(ASK) => {}
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    /// What wakes a sender.
    pub(crate) fn wakeup(&self) -> Wakeup {
        Wakeup { notified: self.0.notified(), last: None }
    }
}

/// Wakes when something was written to the outbox, and now and then.
pub(crate) struct Wakeup {
    notified: watch::Receiver<()>,
    /// When it woke last.
    last: Option<Instant>,
}

impl Wakeup {
    /// Waits; breaks when shutdown is requested.
    pub(crate) async fn wait(&mut self, shutdown: &CancellationToken) -> ControlFlow<()> {
        let last = self.last;
        let woken = async {
            tokio::select! {
                () = notified(&mut self.notified) => {}
                () = tokio::time::sleep(POLL) => {}
            }
            if let Some(last) = last {
                tokio::time::sleep_until(last + GAP).await;
            }
        };
        tokio::select! {
            () = shutdown.cancelled() => return ControlFlow::Break(()),
            () = woken => {}
        }
        // What was written until now is found by the next round.
        self.notified.mark_unchanged();
        self.last = Some(Instant::now());
        ControlFlow::Continue(())
    }
}

/// A lost connection is no notification: the next statement says what is wrong.
async fn notified(notified: &mut watch::Receiver<()>) {
    if notified.changed().await.is_err() {
        std::future::pending::<()>().await;
    }
}
