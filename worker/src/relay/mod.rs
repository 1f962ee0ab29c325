//! Sends the rows of `outbox` on, at least once and in order for each aggregate.
//!
//! Every worker program runs a relay. One of them leads: it holds a PostgreSQL advisory lock in a session of its own and
//! does all its reading and writing in that session, so that losing the session ends its lead. The others ask for the
//! lock every second. A message may therefore be sent twice (it was sent, and its relay died before it said so), but the
//! first time of each is in order.

pub mod address;
mod amqp_sender;
mod cloud_event;
mod endpoint;
mod http_sender;
mod partitions;
mod sent;
mod session;
pub mod signature;
mod store;
mod webhooks;

use std::time::Duration;

use amqp::broker::Broker;
use amqp::publisher::Publisher;
use futures_util::future::{try_join, try_join_all};
use secrecy::SecretString;
use tokio_util::sync::CancellationToken;

use amqp_sender::AmqpSender;
use endpoint::Endpoint;
use http_sender::HttpSender;
use service::backoff::Backoff;
use service::error::chain;
use session::{RelayError, Session};
pub use webhooks::{OutWebhook, OutWebhooks};

pub use endpoint::ClientError;
pub use session::CHANNEL;

/// How long the broker may take to confirm a message before it is sent again.
const CONFIRM: Duration = Duration::from_secs(10);

pub(crate) struct Relay {
    database_url: SecretString,
    amqp: AmqpSender,
    http: Vec<(HttpSender, Vec<&'static str>)>,
}

impl Relay {
    /// A relay that reads from this database and sends to this broker and these endpoints.
    ///
    /// # Errors
    /// [`ClientError`] when nothing can be sent by HTTP.
    pub(crate) fn new(
        database_url: SecretString,
        broker: Broker,
        webhooks: OutWebhooks,
    ) -> Result<Self, ClientError> {
        let mut http = Vec::new();
        if !webhooks.endpoints.is_empty() {
            let client = endpoint::client(webhooks.timeout, webhooks.allow_private)?;
            for webhook in webhooks.endpoints {
                let endpoint = Endpoint { client: client.clone(), url: webhook.url, keys: webhook.keys };
                http.push((HttpSender { name: webhook.name, endpoint }, webhook.topics));
            }
        }
        let publisher = Publisher::new(broker.clone(), 1, CONFIRM);
        Ok(Self { database_url, amqp: AmqpSender { broker, publisher }, http })
    }

    /// Stands by or sends, until shutdown is requested.
    pub(crate) async fn run(self, shutdown: CancellationToken) {
        let mut backoff = Backoff::default();
        let mut reported = String::new();
        loop {
            store::report_standby(self.http.iter().map(|(sender, _)| sender.name.as_str()));
            let Err(error) = self.lead(&shutdown).await else { return };
            let error = chain(&error);
            // Once for each new reason: while the database is unavailable the same line would repeat.
            if error == reported {
                tracing::debug!(error, "the relay still cannot work");
            } else {
                tracing::warn!(error, "the relay cannot work; it tries again");
                reported = error;
            }
            if backoff.wait(&shutdown).await.is_break() {
                return;
            }
        }
    }

    /// Waits for the lead and sends while it lasts: to every destination at once, so that none waits for another.
    async fn lead(&self, shutdown: &CancellationToken) -> Result<(), RelayError> {
        let session = Session::open(&self.database_url).await?;
        if session.wait_for_lead(shutdown).await?.is_break() {
            return Ok(());
        }
        tracing::info!(webhooks = self.http.len(), "this worker sends the outgoing messages");
        let destinations = self.http.iter().map(|(sender, topics)| (sender.name.as_str(), topics.as_slice()));
        let removed = store::enter_destinations(session.client(), destinations).await?;
        if removed > 0 {
            tracing::warn!(
                removed,
                "destinations that are not in this worker's settings get no more messages"
            );
        }
        let http = self.http.iter().map(|(sender, _)| sender.run(&session, shutdown));
        try_join(self.amqp.run(&session, shutdown), try_join_all(http)).await.map(drop)
    }
}
