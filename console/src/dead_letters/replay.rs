//! Sending an event through the workers once more. The intent, with who and why, is committed before the broker gets
//! the message, so that nothing is done without a trace.
//! Must send the bytes as they were received.

use ::service::trace_parent::TraceParent;
use amqp::broker::Broker;
use amqp::message::{EventHeaders, Message};
use amqp::publisher::{PublishError, Publisher};
use deadpool_postgres::Pool;
use jiff::Timestamp;

use super::service;
use super::state::DeadLetterState;
use crate::audit::action::{AuditAction, Subject};
use crate::audit::reason::AuditReason;
use crate::audit::store as audit;
use crate::common::actor::Actor;
use crate::common::error::ServiceError;
use crate::dead_letters::store::{self as dead_letters, FormerState, LockedDeadLetter};
use crate::events::outcome::EventOutcome;
use crate::events::store as events;

/// Sends events once more.
#[derive(Clone)]
pub(crate) struct Replayer {
    pool: Pool,
    publisher: Publisher,
    broker: Broker,
}

/// What is sent: the bytes as they were received, and what the ingress knew about them.
struct ReplayMessage {
    event_id: String,
    kind: String,
    body: Vec<u8>,
    endpoint: Option<String>,
    received_at: Option<Timestamp>,
    /// Of the request that brought it, where that is known.
    traceparent: Option<TraceParent>,
    replay_of: String,
}

/// Why a dead letter of a bulk job may not be on its way.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BulkSendError {
    /// The broker has not got it.
    #[error(transparent)]
    NotSent(PublishError),
    /// The broker may have got it.
    #[error(transparent)]
    Unknown(PublishError),
}

impl Replayer {
    /// A replayer over these servers.
    pub(crate) fn new(pool: Pool, publisher: Publisher, broker: Broker) -> Replayer {
        Replayer { pool, publisher, broker }
    }

    /// Replays a dead letter; returns its event's id.
    pub(crate) async fn dead_letter(
        &self,
        id: i64,
        actor: &Actor,
        reason: &AuditReason,
    ) -> Result<String, ServiceError> {
        let (dead_letter, former) = self.intend(id, actor, reason).await?;
        let event_id = dead_letter.event_id.clone();
        let sent = self.send(dead_letter).await;
        if let Err(failure) = sent {
            let client = self.pool.get().await?;
            dead_letters::unsent(&client, id, former).await?;
            audit::append(
                &client,
                actor,
                AuditAction::DeadLetterReplayFailed,
                &Subject::DeadLetter(id),
                &failure.to_string(),
            )
            .await?;
            return Err(failure);
        }
        Ok(event_id)
    }

    /// Commits the intent to replay: the dead letter's state and the audit.
    async fn intend(
        &self,
        id: i64,
        actor: &Actor,
        reason: &AuditReason,
    ) -> Result<(ReplayMessage, FormerState), ServiceError> {
        let mut client = self.pool.get().await?;
        let tx = client.transaction().await?;
        let dead_letter = dead_letters::lock(&tx, id).await?.ok_or_else(|| service::not_found(id))?;
        // A worker resolves a dead letter when its event takes effect; what took effect already would wait for ever.
        let done = dead_letter.outcome.is_some_and(EventOutcome::is_final);
        dead_letters::set_state(
            &tx,
            id,
            if done { DeadLetterState::Resolved } else { DeadLetterState::Replayed },
            1,
        )
        .await?;
        audit::append(&tx, actor, AuditAction::DeadLetterReplay, &Subject::DeadLetter(id), reason.as_str())
            .await?;
        tx.commit().await?;
        let former = dead_letter.former_state();
        Ok((ReplayMessage::from(dead_letter), former))
    }

    /// Replays any recorded event. One that took effect changes nothing; one that failed takes its dead letter along.
    pub(crate) async fn event(
        &self,
        id: &str,
        actor: &Actor,
        reason: &AuditReason,
    ) -> Result<(), ServiceError> {
        let mut client = self.pool.get().await?;
        let dead_letter = dead_letters::open_of_event(&client, id).await?;
        if let Some(dead_letter) = dead_letter {
            drop(client);
            return self.dead_letter(dead_letter, actor, reason).await.map(|_| ());
        }
        let tx = client.transaction().await?;
        let event =
            events::recorded(&tx, id).await?.ok_or_else(|| ServiceError::NotFound(format!("event {id}")))?;
        audit::append(&tx, actor, AuditAction::EventReplay, &Subject::Event(id), reason.as_str()).await?;
        tx.commit().await?;
        let sending = ReplayMessage {
            event_id: event.id,
            kind: event.kind,
            body: event.body.into_bytes(),
            endpoint: event.endpoint,
            received_at: Some(event.received_at),
            traceparent: event.traceparent,
            replay_of: id.to_owned(),
        };
        let sent = self.send(sending).await;
        if let Err(failure) = &sent {
            audit::append(
                &client,
                actor,
                AuditAction::EventReplayFailed,
                &Subject::Event(id),
                &failure.to_string(),
            )
            .await?;
        }
        sent
    }

    /// The broker, and what publishes to it.
    pub(crate) const fn servers(&self) -> (&Broker, &Publisher) {
        (&self.broker, &self.publisher)
    }

    /// Whether the broker takes messages now.
    pub(crate) fn usable(&self) -> Result<(), ServiceError> {
        self.broker.explain().map_err(ServiceError::Unavailable)
    }

    /// Sends a dead letter of a bulk job, which is marked already.
    pub(crate) async fn send_bulk(&self, dead_letter: LockedDeadLetter) -> Result<(), BulkSendError> {
        let (id, former) = (dead_letter.id, dead_letter.former_state());
        let Err(error) = self.publish(ReplayMessage::from(dead_letter)).await else { return Ok(()) };
        let certain = matches!(
            error,
            PublishError::Returned { .. }
                | PublishError::Nacked
                | PublishError::TooLong(_)
                | PublishError::TooLarge
        );
        if !certain {
            return Err(BulkSendError::Unknown(error));
        }
        if let Err(failure) = self.take_back(id, former).await {
            tracing::warn!(dead_letter = id, %failure, "a dead letter that was not sent is still marked as replayed");
        }
        Err(BulkSendError::NotSent(error))
    }

    async fn take_back(&self, id: i64, former: FormerState) -> Result<(), ServiceError> {
        dead_letters::unsent(&self.pool.get().await?, id, former).await
    }

    async fn send(&self, sending: ReplayMessage) -> Result<(), ServiceError> {
        let published = self.publish(sending).await;
        published.map_err(|e| ServiceError::Unavailable(format!("the broker did not accept the replay: {e}")))
    }

    async fn publish(&self, sending: ReplayMessage) -> Result<(), PublishError> {
        let headers = EventHeaders {
            attempt: 0,
            received_at: sending.received_at.unwrap_or_else(Timestamp::now),
            endpoint: sending.endpoint,
            replay_of: Some(sending.replay_of),
            // What no request brought, or came before traces were kept, begins one.
            traceparent: Some(sending.traceparent.unwrap_or_else(TraceParent::root)),
            first_failed_at: None,
        };
        let message = Message {
            exchange: self.broker.topology().events_exchange(),
            routing_key: sending.kind.clone(),
            message_id: sending.event_id,
            kind: sending.kind,
            headers: headers.to_table(),
            body: sending.body,
        };
        self.publisher.publish(message).await
    }
}

impl From<LockedDeadLetter> for ReplayMessage {
    fn from(dead_letter: LockedDeadLetter) -> Self {
        ReplayMessage {
            event_id: dead_letter.event_id,
            kind: dead_letter.kind,
            body: dead_letter.payload,
            endpoint: dead_letter.endpoint,
            received_at: dead_letter.received_at,
            traceparent: dead_letter.traceparent,
            replay_of: dead_letter.id.to_string(),
        }
    }
}
