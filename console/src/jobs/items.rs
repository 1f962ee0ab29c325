//! The dead letters of a bulk job: the mark before each is sent, and what became of it.

use deadpool_postgres::GenericClient;
use jiff::Timestamp;
use serde::Serialize;
use tokio_postgres::Row;
use utoipa::ToSchema;

use super::state::{JobAction, JobItemState};
use super::store::Job;
use crate::audit::action::AuditAction;
use crate::common::error::ServiceError;
use crate::dead_letters::state::DeadLetterState;
use crate::dead_letters::store::LockedDeadLetter;
use crate::masking::masked_members;

pub(crate) const RECOVER: &str = include_str!("sql/recover.sql");
pub(crate) const NEXT: &str = include_str!("sql/next.sql");
pub(crate) const MARK: &str = include_str!("sql/mark.sql");
pub(crate) const DEAD_LETTERS: &str = include_str!("sql/dead_letters.sql");
pub(crate) const AUDIT: &str = include_str!("sql/audit.sql");
pub(crate) const FAILURES: &str = include_str!("sql/failures.sql");
pub(crate) const WAITING: &str = include_str!("sql/waiting.sql");

/// A dead letter of a job that was not simply sent.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct JobException {
    pub(crate) dead_letter_id: i64,
    /// `failed`, `unknown` or `skipped`.
    pub(crate) state: JobItemState,
    pub(crate) note: Option<String>,
    pub(crate) at: Option<Timestamp>,
}

/// What a runner that died left in the middle becomes `unknown`. Only with the lock.
pub(crate) async fn recover(client: &impl GenericClient, id: i64) -> Result<u64, ServiceError> {
    Ok(client.execute(RECOVER, &[&id]).await?)
}

/// The next dead letters of a job, locked, with their positions. None when the job is paused or at its end.
pub(crate) async fn next(
    client: &impl GenericClient,
    id: i64,
    most: i64,
) -> Result<Vec<(i32, LockedDeadLetter)>, ServiceError> {
    let rows = client.query(NEXT, &[&id, &most]).await?;
    Ok(rows
        .iter()
        .map(|row| Ok((row.get("position"), LockedDeadLetter::try_from(row)?)))
        .collect::<Result<_, tokio_postgres::Error>>()?)
}

/// A dead letter's position in a job and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ItemMark {
    pub(crate) position: i32,
    /// The state of the item.
    pub(crate) state: JobItemState,
    /// Why, where there is more to say.
    pub(crate) note: Option<String>,
}

pub(crate) async fn mark(
    client: &impl GenericClient,
    id: i64,
    marks: &[ItemMark],
) -> Result<(), ServiceError> {
    let positions: Vec<i32> = marks.iter().map(|m| m.position).collect();
    let states: Vec<JobItemState> = marks.iter().map(|m| m.state).collect();
    let notes: Vec<Option<&str>> = marks.iter().map(|m| m.note.as_deref()).collect();
    client.execute(MARK, &[&id, &positions, &states, &notes]).await?;
    Ok(())
}

/// Sets the state of a chunk's dead letters and says so in the audit, one line for each.
pub(crate) async fn set_dead_letters(
    client: &impl GenericClient,
    job: &Job,
    dead_letters: &[i64],
) -> Result<(), ServiceError> {
    let (state, action) = match job.action {
        JobAction::Replay => (DeadLetterState::Replayed, AuditAction::DeadLetterReplay),
        JobAction::Discard => (DeadLetterState::Discarded, AuditAction::DeadLetterDiscard),
    };
    client.execute(DEAD_LETTERS, &[&dead_letters, &state]).await?;
    let reason = format!("job {}: {}", job.id, job.reason);
    client.execute(AUDIT, &[&job.actor, &action, &reason, &dead_letters]).await?;
    Ok(())
}

/// Dead letters of a job that were not simply sent, the first of them.
pub(crate) async fn exceptions(
    client: &impl GenericClient,
    id: i64,
) -> Result<Vec<JobException>, ServiceError> {
    let rows = client.query(FAILURES, &[&id]).await?;
    let exception = |row: &Row| {
        Ok(JobException {
            dead_letter_id: row.get("dead_letter_id"),
            state: row.try_get("state")?,
            note: row.get("note"),
            at: row.get("at"),
        })
    };
    rows.iter().map(exception).collect()
}

/// Whether anything is left to do.
pub(crate) async fn has_waiting(client: &impl GenericClient, id: i64) -> Result<bool, ServiceError> {
    Ok(client.query_one(WAITING, &[&id]).await?.get("waiting"))
}

masked_members! {
    JobException: note;
}
