//! Takes the ingress's reports from their queue and stores them. A report is worth no retry: it is taken off the queue
//! first, and only while the database answers; meanwhile the queue keeps the newest.

use std::time::Duration;

use amqp::broker::{Broker, BrokerError};
use deadpool_postgres::Pool;
use lapin::Channel;
use lapin::options::BasicGetOptions;
use service::error::chain;
use stripe::rejection::RejectionReport;
use tokio_util::sync::CancellationToken;

use super::store;
use crate::common::error::ServiceError;
use crate::common::pause::pause;

/// How often the queue is looked at.
const EVERY: Duration = Duration::from_secs(1);

/// What it needs.
#[derive(Clone)]
pub(crate) struct RejectionIntake {
    pub(crate) broker: Broker,
    pub(crate) pool: Pool,
}

#[derive(Debug, thiserror::Error)]
enum IntakeError {
    #[error(transparent)]
    Broker(#[from] BrokerError),
    #[error(transparent)]
    Channel(#[from] lapin::Error),
    #[error(transparent)]
    Database(#[from] ServiceError),
}

impl RejectionIntake {
    /// Stores reports until shutdown.
    pub(crate) async fn run(self, shutdown: CancellationToken) {
        let mut channel: Option<Channel> = None;
        while !shutdown.is_cancelled() {
            if let Err(error) = self.round(&mut channel, &shutdown).await {
                channel = None;
                tracing::debug!(error = chain(&error), "reports on refused deliveries wait");
            }
            pause(&shutdown, EVERY).await;
        }
    }

    /// Stores what waits.
    async fn round(
        &self,
        channel: &mut Option<Channel>,
        shutdown: &CancellationToken,
    ) -> Result<(), IntakeError> {
        let open = match channel {
            Some(open) => open,
            None => channel.insert(self.broker.channel().await?),
        };
        let queue = self.broker.topology().rejected_queue();
        while !shutdown.is_cancelled() {
            let mut client = self.pool.get().await.map_err(ServiceError::from)?;
            let Some(message) =
                open.basic_get(queue.as_str().into(), BasicGetOptions { no_ack: true }).await?
            else {
                break;
            };
            match serde_json::from_slice::<RejectionReport>(&message.delivery.data) {
                Ok(report) => store::add(&mut client, &report).await?,
                Err(error) => tracing::warn!(%error, "a report of refused deliveries cannot be read"),
            }
        }
        Ok(())
    }
}
