//! Looks at the orders that requests wait for: one connection and one query for all of them, so that who waits holds
//! none. Woken by the outbox, for an order whose status changes nearly always has a message to send; the poll finds the
//! rest.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use postgres::listener::{ListenError, Listener};
use secrecy::SecretString;
use service::backoff::Backoff;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::Instant;
use tokio_postgres::Client;
use tokio_util::sync::CancellationToken;

use crate::common::error::ServiceError;
use crate::common::pause::pause;
use crate::orders::address::OrderAddress;
use crate::orders::status::OrderStatus;

pub(crate) const STATUSES: &str = include_str!("sql/statuses.sql");

/// Requests that wait at once; more are refused.
const MAX_WAITING: usize = 500;
/// Finds what no notification was sent for.
const POLL: Duration = Duration::from_secs(1);
/// The shortest time between two looks: workers write to the outbox many times a second.
const GAP: Duration = Duration::from_millis(50);
/// The session asks nothing while nobody waits, and holds nothing: it is not ended for that.
const NEVER: Duration = Duration::ZERO;

/// The status of an order as it was last seen; none before it was looked at.
type Seen = watch::Sender<Option<OrderStatus>>;

/// Why the watch lost its connection.
#[derive(Debug, thiserror::Error)]
enum WatchError {
    #[error(transparent)]
    Listen(#[from] ListenError),
    #[error("the connection is lost")]
    Lost,
    #[error("PostgreSQL: {0}")]
    Postgres(#[from] tokio_postgres::Error),
}

/// The orders that requests wait for.
#[derive(Clone)]
pub(crate) struct OrderWatch {
    orders: Arc<Mutex<BTreeMap<OrderAddress, Seen>>>,
    places: Arc<Semaphore>,
}

/// A request that waits for one order.
pub(super) struct Waiter {
    seen: watch::Receiver<Option<OrderStatus>>,
    _place: OwnedSemaphorePermit,
}

impl Waiter {
    /// Waits until the order was seen with another status than before, or until the deadline; true when it was.
    pub(super) async fn changed(&mut self, deadline: Instant) -> bool {
        matches!(tokio::time::timeout_at(deadline, self.seen.changed()).await, Ok(Ok(())))
    }
}

impl OrderWatch {
    pub(crate) fn new() -> OrderWatch {
        OrderWatch { orders: Arc::default(), places: Arc::new(Semaphore::new(MAX_WAITING)) }
    }

    /// Has an order looked at from now on.
    pub(super) fn waiter(&self, order: &OrderAddress) -> Result<Waiter, ServiceError> {
        let place = Arc::clone(&self.places).try_acquire_owned();
        let full = |_| ServiceError::Unavailable("too many requests wait for orders".to_owned());
        let _place = place.map_err(full)?;
        let seen = self.lock().entry(order.clone()).or_insert_with(|| Seen::new(None)).subscribe();
        Ok(Waiter { seen, _place })
    }

    /// Looks until shutdown; then everybody who waits is answered.
    pub(crate) async fn run(self, database_url: SecretString, shutdown: CancellationToken) {
        let (mut backoff, mut reported) = (Backoff::default(), String::new());
        while let Err(error) = self.follow(&database_url, &shutdown).await {
            let error = error.to_string();
            // Once for each new reason: while the database is unavailable the same line would repeat.
            if error != reported {
                tracing::warn!(error, "orders cannot be watched; requests that wait are answered late");
                reported = error;
            }
            if backoff.wait(&shutdown).await.is_break() {
                break;
            }
        }
        self.lock().clear();
    }

    async fn follow(&self, url: &SecretString, shutdown: &CancellationToken) -> Result<(), WatchError> {
        let connecting = Listener::connect(url, "sluicegate console orders", worker::relay::CHANNEL, NEVER);
        let listener = connecting.await?;
        let mut notified = listener.notified();
        while !shutdown.is_cancelled() {
            tokio::select! {
                () = shutdown.cancelled() => break,
                changed = notified.changed() => changed.map_err(|_| WatchError::Lost)?,
                () = tokio::time::sleep(POLL) => {}
            }
            self.look(listener.client()).await?;
            pause(shutdown, GAP).await;
        }
        Ok(())
    }

    async fn look(&self, client: &Client) -> Result<(), WatchError> {
        let orders: Vec<OrderAddress> = {
            let mut orders = self.lock();
            orders.retain(|_, seen| seen.receiver_count() > 0);
            orders.keys().cloned().collect()
        };
        if orders.is_empty() {
            return Ok(());
        }
        let ids: Vec<&str> = orders.iter().map(|order| order.id.as_str()).collect();
        let accounts: Vec<&str> = orders.iter().map(|order| order.account.as_str()).collect();
        let modes: Vec<Option<bool>> = orders.iter().map(|order| order.livemode).collect();
        let rows = client.query(STATUSES, &[&ids, &accounts, &modes]).await?;
        let watched = self.lock();
        for row in &rows {
            let (position, status): (i64, OrderStatus) = (row.try_get("position")?, row.try_get("status")?);
            let order = usize::try_from(position - 1).ok().and_then(|index| orders.get(index));
            if let Some(seen) = order.and_then(|order| watched.get(order)) {
                seen.send_if_modified(|seen| seen.replace(status) != Some(status));
            }
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<OrderAddress, Seen>> {
        self.orders.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::{MAX_WAITING, OrderWatch};
    use crate::orders::address::OrderAddress;

    #[test]
    fn no_more_requests_wait_than_there_are_places() {
        let watch = OrderWatch::new();
        let order = OrderAddress { id: "A-1".to_owned(), account: String::new(), livemode: None };
        let mut waiting: Vec<_> = (0..MAX_WAITING).map(|_| watch.waiter(&order).unwrap()).collect();
        assert_eq!(watch.waiter(&order).err().unwrap().code(), "unavailable");
        waiting.pop();
        assert!(watch.waiter(&order).is_ok(), "a place that was left is free");
    }
}
