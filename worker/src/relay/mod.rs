//! Sends the rows of `outbox` on, at least once and in order for each aggregate.
//!
//! Every worker program runs a relay. One of them leads: it holds a PostgreSQL advisory lock in a session of its own and
//! does all its reading and writing in that session, so that losing the session ends its lead. The others ask for the
//! lock every second. A message may therefore be sent twice (it was sent, and its relay died before it said so), but the
//! first time of each is in order.

pub mod address;
mod alert_url;
mod alerts;
mod amqp_sender;
mod attempt;
mod channel;
mod cloud_event;
mod customer_mail;
mod destination_sender;
mod destinations;
mod email;
mod endpoint;
mod mail_writer;
mod outgoing_mail;
mod partitions;
mod sent;
mod session;
pub mod signature;
mod smtp;
mod staff_mail;
mod store;
mod webhooks;

use std::time::Duration;

use ::mail::Kind;
use amqp::broker::Broker;
use amqp::publisher::Publisher;
use futures_util::future::{try_join_all, try_join3};
use secrecy::SecretString;
use tokio_util::sync::CancellationToken;

use amqp_sender::AmqpSender;
use destination_sender::DestinationSender;
use service::backoff::Backoff;
use service::error::chain;
use session::{RelayError, Session};

pub use destinations::DestinationError;
pub use outgoing_mail::{MailServer, OutgoingMail, Security};
pub use session::CHANNEL;
pub use webhooks::{OutWebhook, OutWebhooks};

/// How long the broker may take to confirm a message before it is sent again.
const CONFIRM: Duration = Duration::from_secs(10);

pub(crate) struct Relay {
    database_url: SecretString,
    amqp: AmqpSender,
    others: Vec<DestinationSender>,
    /// What staff are alerted of; nothing where alerts go nowhere.
    alerts: Vec<Kind>,
}

impl Relay {
    /// A relay that reads from this database and sends to this broker, to these endpoints and by e-mail.
    ///
    /// # Errors
    /// [`DestinationError`] when nothing can be sent by HTTP or e-mail.
    pub(crate) fn new(
        database_url: SecretString,
        broker: Broker,
        webhooks: OutWebhooks,
        mail: Option<OutgoingMail>,
    ) -> Result<Self, DestinationError> {
        let alerted = mail.as_ref().filter(|mail| !mail.alert_to.is_empty() || mail.alert_url.is_some());
        let alerts = alerted.map(|mail| mail.kinds.clone()).unwrap_or_default();
        let others = destinations::destinations(webhooks, mail)?;
        let publisher = Publisher::new(broker.clone(), 1, CONFIRM);
        Ok(Self { database_url, amqp: AmqpSender { broker, publisher }, others, alerts })
    }

    /// Stands by or sends, until shutdown is requested.
    pub(crate) async fn run(self, shutdown: CancellationToken) {
        let mut backoff = Backoff::default();
        let mut reported = String::new();
        loop {
            store::report_standby(self.others.iter().map(|sender| sender.name.as_str()));
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
        tracing::info!(destinations = self.others.len() + 1, "this worker sends the outgoing messages");
        let entered = self.others.iter().map(|sender| (sender.name.as_str(), sender.topics.as_slice()));
        let removed = store::enter_destinations(session.client(), entered).await?;
        if removed > 0 {
            tracing::warn!(
                removed,
                "destinations that are not in this worker's settings get no more messages"
            );
        }
        store::owed::drop_finished(session.client()).await?;
        store::report_leading();
        let others = try_join_all(self.others.iter().map(|sender| sender.run(&session, shutdown)));
        let alerts = alerts::run(&self.alerts, &session, shutdown);
        try_join3(self.amqp.run(&session, shutdown), others, alerts).await.map(drop)
    }
}
