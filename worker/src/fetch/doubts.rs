//! Objects in doubt: each is fetched once, whatever number of events raised the doubt, and published as an event.

use std::time::Duration;

use amqp::message::{EventHeaders, Message};
use amqp::publisher::{PublishError, Publisher};
use amqp::topology::Topology;
use deadpool_postgres::Pool;
use domain::fetched::{Fetched, FetchedEvent, Source};
use futures_util::future::join_all;
use jiff::Timestamp;
use service::error::chain;
use stripe_api::{ApiError, Call, DEFAULT_VERSION, Resource, Retrieved, StripeApi};
use thiserror::Error;
use tokio_util::sync::CancellationToken;

use super::{held, retrieve};
use crate::store::{self, DueFetch, StoreError};

/// How often it is looked for what is due.
const EVERY: Duration = Duration::from_secs(1);

/// Objects that are fetched at once.
const PAGE: i64 = 16;

/// The first pause after a failure; it doubles up to an hour.
const FIRST_PAUSE: Duration = Duration::from_secs(30);
const LONGEST_PAUSE: Duration = Duration::from_secs(60 * 60);

/// Why an object is still in doubt.
#[derive(Debug, Error)]
enum FetchError {
    #[error("it cannot be fetched")]
    Api(#[from] ApiError),
    #[error("the broker did not accept it")]
    Publish(#[from] PublishError),
}

/// Fetches what is in doubt.
pub(crate) struct DoubtFetcher {
    pub(crate) api: StripeApi,
    pub(crate) pool: Pool,
    pub(crate) publisher: Publisher,
    pub(crate) topology: Topology,
}

impl DoubtFetcher {
    /// Fetches until shutdown is requested.
    pub(crate) async fn run(self, shutdown: CancellationToken) {
        loop {
            let fetched = shutdown.run_until_cancelled(self.fetch_due()).await;
            match fetched {
                None => return,
                Some(Ok(())) => {}
                Some(Err(error)) => {
                    tracing::warn!(error = chain(&error), "objects in doubt could not be looked for");
                }
            }
            tokio::select! {
                () = shutdown.cancelled() => return,
                () = tokio::time::sleep(EVERY) => {}
            }
        }
    }

    async fn fetch_due(&self) -> Result<(), StoreError> {
        let due = store::due_fetches(&self.pool, PAGE).await?;
        let settled = join_all(due.iter().map(async |due| self.settle(due).await)).await;
        settled.into_iter().collect()
    }

    async fn settle(&self, due: &DueFetch) -> Result<(), StoreError> {
        let done = self.fetch(due).await;
        let outcome = match &done {
            Ok(()) => "ok",
            Err(FetchError::Api(error)) => error.as_str(),
            Err(FetchError::Publish(_)) => "not_published",
        };
        metrics::counter!("sluicegate_fetches_total", "cause" => "doubt", "outcome" => outcome).increment(1);
        match done {
            // What is gone at Stripe stays as its events left it.
            Ok(()) | Err(FetchError::Api(ApiError::NotFound { .. })) => {
                store::fetch_done(&self.pool, due).await
            }
            Err(error) => {
                let error = chain(&error);
                tracing::warn!(object = due.object, id = due.id, error, "an object in doubt was not fetched");
                store::fetch_failed(&self.pool, due, &error, pause(due.attempts)).await
            }
        }
    }

    /// Fetches the object in the shape of its events, so that its state can be compared with theirs, and publishes it. The
    /// payment intent of a held payment comes last: once it was seen, nothing is asked for again.
    async fn fetch(&self, due: &DueFetch) -> Result<(), FetchError> {
        let Some(resource) = Resource::of_object(&due.object) else { return Ok(()) };
        if due.payment.is_some_and(|payment| !payment.held && !payment.ambiguous) {
            // What was missing has come meanwhile.
            return Ok(());
        }
        let call = Call::default().account(&due.origin.account).version(due.version.as_deref());
        let found = retrieve(&self.api, resource, &due.id, &call).await?;
        if due.payment.is_some_and(|payment| payment.held) {
            for explanation in held::explanations(&self.api, &found.object, &call).await? {
                self.publish(due, &explanation).await?;
            }
        }
        self.publish(due, &found).await
    }

    async fn publish(&self, due: &DueFetch, found: &Retrieved) -> Result<(), FetchError> {
        let version = due.version.as_deref().unwrap_or(DEFAULT_VERSION);
        let (object, origin, as_of) = (&found.object, &due.origin, found.as_of);
        let fetched = Fetched { object, origin, version, as_of, source: Source::Doubt };
        let Some(event) = fetched.event() else { return Ok(()) };
        Ok(self.publisher.publish(self.message(event)).await?)
    }

    fn message(&self, event: FetchedEvent) -> Message {
        Message {
            exchange: self.topology.events_exchange(),
            routing_key: event.kind.clone(),
            message_id: event.id,
            kind: event.kind,
            headers: EventHeaders::received(Timestamp::now()).to_table(),
            body: event.body,
        }
    }
}

/// How long a fetch waits after so many attempts.
fn pause(attempts: i32) -> Duration {
    let doublings = u32::try_from(attempts.saturating_sub(1)).unwrap_or_default().min(16);
    (FIRST_PAUSE * 2u32.pow(doublings)).min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_an_hour() {
        let seconds: Vec<u64> = [1, 2, 3, 8, i32::MAX].map(|attempts| pause(attempts).as_secs()).into();
        assert_eq!(seconds, [30, 60, 120, 3600, 3600]);
    }
}
