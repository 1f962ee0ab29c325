//! Reads Stripe's lists page by page and publishes what is to be taken in. Sweeps, polling and backfills share it.

use std::fmt;

use amqp::broker::Broker;
use amqp::message::{EventHeaders, Message, SOURCE, insert_text};
use amqp::publisher::Publisher;
use deadpool_postgres::{Client, ClientWrapper, Pool};
use futures_util::Stream;
use futures_util::future::try_join_all;
use jiff::Timestamp;
use service::error::chain;
use stripe_api::{ApiError, Call, List, Page, Resource, StripeApi};

use super::store;
use super::window::Window;
use crate::common::error::ServiceError;

/// What the list is read with.
#[derive(Clone)]
pub(crate) struct Reader {
    pub(crate) pool: Pool,
    pub(crate) api: StripeApi,
    pub(crate) publisher: Publisher,
    pub(crate) broker: Broker,
}

/// Who published an event that no webhook brought: the message's header `x-source`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EventSource {
    Sweep,
    Poll,
    Backfill,
    Drift,
}

impl fmt::Display for EventSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sweep => "sweep",
            Self::Poll => "poll",
            Self::Backfill => "backfill",
            Self::Drift => "drift",
        })
    }
}

/// A connection that holds a lock. It is closed when dropped, and the lock with it.
pub(crate) struct ReaderLock(Option<Client>);

impl ReaderLock {
    pub(crate) fn client(&self) -> Result<&Client, ServiceError> {
        self.0.as_ref().ok_or_else(|| ServiceError::Internal("the lock was released".to_owned()))
    }
}

impl Drop for ReaderLock {
    fn drop(&mut self) {
        // The lock belongs to the connection, which therefore leaves the pool and is closed.
        let _closed: Option<ClientWrapper> = self.0.take().map(Client::take);
    }
}

impl Reader {
    /// A lock; none while another process has it.
    pub(crate) async fn lock(&self, name: &str) -> Result<Option<ReaderLock>, ServiceError> {
        let client = self.pool.get().await?;
        Ok(store::try_lock(&client, name).await?.then(|| ReaderLock(Some(client))))
    }

    /// The company's own account and all connected ones.
    pub(crate) async fn accounts(&self) -> Result<Vec<String>, ServiceError> {
        let connected = store::connected_accounts(&self.pool.get().await?).await?;
        Ok(std::iter::once(String::new()).chain(connected).collect())
    }

    /// The pages of the list within a window, newest first; after an event, where one is named.
    pub(crate) fn pages<'a>(
        &'a self,
        account: &str,
        window: Window,
        after: Option<&str>,
    ) -> impl Stream<Item = Result<Page, ApiError>> + use<'a> {
        let list = List::new(Resource::Event)
            .param("created[gte]", window.since.as_second())
            .param("created[lt]", window.until.as_second());
        let list = match after {
            Some(event) => list.starting_after(event),
            None => list,
        };
        let call = Call::default();
        self.api.pages(list, if account.is_empty() { call } else { call.account(account) })
    }

    /// Publishes events (id, type and body) as if they had just been received.
    ///
    /// # Errors
    /// [`ServiceError::Unavailable`]: the broker did not confirm all of them. Those that it did confirm are harmless
    /// when they are published again.
    pub(crate) async fn publish(
        &self,
        events: impl Iterator<Item = (String, String, Vec<u8>)>,
        source: EventSource,
    ) -> Result<(), ServiceError> {
        let mut headers = EventHeaders::received(Timestamp::now()).to_table();
        insert_text(&mut headers, SOURCE, &source.to_string());
        let exchange = self.broker.topology().events_exchange();
        let messages = events.map(|(id, kind, body)| Message {
            exchange: exchange.clone(),
            routing_key: kind.clone(),
            message_id: id,
            kind,
            headers: headers.clone(),
            body,
        });
        let unsent = |e| ServiceError::Unavailable(format!("the broker did not accept an event: {e}"));
        try_join_all(messages.map(|message| self.publisher.publish(message))).await.map_err(unsent)?;
        Ok(())
    }
}

/// Why Stripe's list cannot be read, as the console says it.
pub(crate) fn unreadable(error: &ApiError) -> ServiceError {
    if error.may_pass() {
        ServiceError::Unavailable(chain(error))
    } else {
        ServiceError::conflict("stripe_refused", chain(error))
    }
}
