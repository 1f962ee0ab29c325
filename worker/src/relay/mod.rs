//! Sends the rows of `outbox` on, at least once and in order for each aggregate.
//!
//! Every worker program runs a relay. One of them leads: it holds a PostgreSQL advisory lock in a session of its own and
//! does all its reading and writing in that session, so that losing the session ends its lead. The others ask for the
//! lock every second. A message may therefore be sent twice (it was sent, and its relay died before it said so), but the
//! first time of each is in order.

mod amqp_sender;
mod cloud_event;
mod session;
mod store;

use std::time::Duration;

use amqp::broker::Broker;
use amqp::publisher::Publisher;
use secrecy::SecretString;
use tokio_util::sync::CancellationToken;

use crate::backoff::Backoff;
use amqp_sender::AmqpSender;
use session::{RelayError, Session};

pub use store::STATEMENTS;

/// How long the broker may take to confirm a message before it is sent again.
const CONFIRM: Duration = Duration::from_secs(10);

/// A relay.
pub(crate) struct Relay {
    /// PostgreSQL, for a session of its own.
    pub(crate) database_url: SecretString,
    /// The broker that messages are published to.
    pub(crate) broker: Broker,
}

impl Relay {
    /// Stands by or sends, until shutdown is requested.
    pub(crate) async fn run(self, shutdown: CancellationToken) {
        let publisher = Publisher::new(self.broker.clone(), 1, CONFIRM);
        let sender = AmqpSender { broker: self.broker.clone(), publisher };
        let mut backoff = Backoff::default();
        let mut reported = String::new();
        loop {
            match self.lead(&sender, &shutdown).await {
                Ok(()) => return,
                Err(error) => {
                    let error = error.to_string();
                    // Once for each new reason: while the database is unavailable the same line would repeat.
                    if error == reported {
                        tracing::debug!(error, "the relay still cannot work");
                    } else {
                        tracing::warn!(error, "the relay cannot work; it tries again");
                        reported = error;
                    }
                }
            }
            store::report_standby();
            if backoff.wait(&shutdown).await.is_break() {
                return;
            }
        }
    }

    /// Waits for the lead and sends while it lasts.
    async fn lead(&self, sender: &AmqpSender, shutdown: &CancellationToken) -> Result<(), RelayError> {
        let session = Session::open(&self.database_url).await?;
        if session.wait_for_lead(shutdown).await?.is_break() {
            return Ok(());
        }
        tracing::info!("this worker sends the outgoing messages");
        store::enter_destinations(session.client()).await?;
        sender.run(&session, shutdown).await
    }
}
