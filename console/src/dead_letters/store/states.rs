//! The states that a dead letter goes through.

use deadpool_postgres::GenericClient;
use jiff::Timestamp;
use service::trace_parent::TraceParent;
use tokio_postgres::Row;

use crate::common::error::ServiceError;
use crate::dead_letters::state::DeadLetterState;
use crate::events::outcome::EventOutcome;

pub(crate) const LOCK: &str = include_str!("../sql/lock.sql");
pub(crate) const STATE: &str = include_str!("../sql/state.sql");
pub(crate) const UNSENT: &str = include_str!("../sql/unsent.sql");
pub(crate) const ANSWERED: &str = include_str!("../sql/answered.sql");

/// A dead letter that is about to be replayed or discarded, its row locked.
#[derive(Debug)]
pub(crate) struct LockedDeadLetter {
    pub(crate) id: i64,
    pub(crate) event_id: String,
    pub(crate) kind: String,
    /// The bytes as they were received.
    pub(crate) payload: Vec<u8>,
    /// The ingress endpoint it came in through.
    pub(crate) endpoint: Option<String>,
    /// When it was received.
    pub(crate) received_at: Option<Timestamp>,
    /// The trace that it belongs to.
    pub(crate) traceparent: Option<TraceParent>,
    pub(crate) state: DeadLetterState,
    /// Since when.
    pub(crate) state_at: Timestamp,
    /// The outcome of its event, when the event is recorded.
    pub(crate) outcome: Option<EventOutcome>,
}

/// Locks a dead letter's row until the transaction ends.
pub(crate) async fn lock(
    client: &impl GenericClient,
    id: i64,
) -> Result<Option<LockedDeadLetter>, ServiceError> {
    let row = client.query_opt(LOCK, &[&id]).await?;
    Ok(row.as_ref().map(LockedDeadLetter::try_from).transpose()?)
}

impl TryFrom<&Row> for LockedDeadLetter {
    type Error = tokio_postgres::Error;

    fn try_from(row: &Row) -> Result<Self, Self::Error> {
        Ok(LockedDeadLetter {
            id: row.get("id"),
            event_id: row.get("event_id"),
            kind: row.get("type"),
            payload: row.get("payload"),
            endpoint: row.get("endpoint"),
            received_at: row.get("received_at"),
            traceparent: row.get::<_, Option<&str>>("traceparent").and_then(|text| text.parse().ok()),
            state: row.try_get("state")?,
            state_at: row.get("state_at"),
            outcome: row.try_get("outcome")?,
        })
    }
}

/// Sets the state, and counts a replay where `replays` is 1.
pub(crate) async fn set_state(
    client: &impl GenericClient,
    id: i64,
    state: DeadLetterState,
    replays: i32,
) -> Result<(), ServiceError> {
    client.execute(STATE, &[&id, &state, &replays]).await?;
    Ok(())
}

/// The state that a dead letter had before it was replayed, and since when.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FormerState {
    pub(crate) state: DeadLetterState,
    pub(crate) since: Timestamp,
}

impl LockedDeadLetter {
    /// The state to go back to where a replay is not sent.
    pub(crate) fn former_state(&self) -> FormerState {
        FormerState { state: self.state, since: self.state_at }
    }
}

/// Undoes a replay that the broker did not accept.
pub(crate) async fn unsent(
    client: &impl GenericClient,
    id: i64,
    former: FormerState,
) -> Result<(), ServiceError> {
    client.execute(UNSENT, &[&id, &former.state, &former.since]).await?;
    Ok(())
}

/// Resolves replayed dead letters whose event took effect by another message; how many.
pub(crate) async fn resolve_answered(client: &impl GenericClient) -> Result<u64, ServiceError> {
    Ok(client.execute(ANSWERED, &[]).await?)
}
