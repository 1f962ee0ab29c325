//! Bulk jobs in the database: making one, the states it goes through, and how far it is.

use deadpool_postgres::GenericClient;
use jiff::Timestamp;
use serde::Serialize;
use tokio_postgres::Row;
use tokio_postgres::types::Json;
use utoipa::ToSchema;

use super::state::{JobAction, JobItemState, JobState};
use crate::common::actor::Actor;
use crate::common::error::ServiceError;
use crate::dead_letters::filter::DeadLetterFilter;
use crate::dead_letters::state::DeadLetterState;
use crate::dead_letters::store as dead_letters;
use crate::masking::masked_members;

pub(crate) const INSERT: &str = include_str!("sql/insert.sql");
pub(crate) const ITEMS: &str =
    concat!(include_str!("sql/items_insert.sql"), include_str!("../dead_letters/sql/filter.sql"));
pub(crate) const ITEMS_SELECTED: &str = include_str!("sql/items_selected.sql");
pub(crate) const PROPOSE: &str = include_str!("sql/propose.sql");
pub(crate) const APPROVE: &str = include_str!("sql/approve.sql");
pub(crate) const TOTAL: &str = include_str!("sql/total.sql");
pub(crate) const SHOW: &str = include_str!("sql/show.sql");
pub(crate) const LIST: &str = include_str!("sql/list.sql");
pub(crate) const ACTIVE: &str = include_str!("sql/active.sql");
pub(crate) const PROGRESS: &str = include_str!("sql/progress.sql");
pub(crate) const MOVE: &str = include_str!("sql/move.sql");
pub(crate) const LOCK: &str = include_str!("sql/lock.sql");
pub(crate) const CANARY_AT: &str = include_str!("sql/canary_at.sql");

#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Job {
    pub(crate) id: i64,
    pub(crate) action: JobAction,
    /// Which dead letters, as they were asked for.
    pub(crate) filter: DeadLetterFilter,
    pub(crate) reason: String,
    /// Who asked for it.
    pub(crate) actor: String,
    /// Dead letters per second.
    pub(crate) rate: i32,
    /// How many go first.
    pub(crate) canary: i32,
    pub(crate) state: JobState,
    /// Why it is in this state, where there is more to say.
    pub(crate) note: Option<String>,
    /// How many dead letters.
    pub(crate) total: i32,
    /// When it was made.
    pub(crate) created_at: Timestamp,
    /// Since when the canary is waited for.
    pub(crate) canary_at: Option<Timestamp>,
    pub(crate) finished_at: Option<Timestamp>,
    /// The state that it was paused in: `canary` or `running`.
    pub(crate) paused_from: Option<JobState>,
    /// Its dead letters were picked one by one; the filter says nothing.
    pub(crate) selected: bool,
    /// The second person, where one was needed.
    pub(crate) approved_by: Option<String>,
    pub(crate) approved_at: Option<Timestamp>,
}

impl TryFrom<&Row> for Job {
    type Error = tokio_postgres::Error;

    fn try_from(row: &Row) -> Result<Self, Self::Error> {
        let Json(filter) = row.try_get("filter")?;
        Ok(Job {
            id: row.get("id"),
            action: row.try_get("action")?,
            filter,
            reason: row.get("reason"),
            actor: row.get("actor"),
            rate: row.get("rate"),
            canary: row.get("canary"),
            state: row.try_get("state")?,
            note: row.get("note"),
            total: row.get("total"),
            created_at: row.get("created_at"),
            canary_at: row.get("canary_at"),
            finished_at: row.get("finished_at"),
            paused_from: row.try_get("paused_from")?,
            selected: row.get("selected"),
            approved_by: row.get("approved_by"),
            approved_at: row.get("approved_at"),
        })
    }
}

/// How far a job is, in dead letters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct JobProgress {
    pub(crate) waiting: i64,
    pub(crate) sent: i64,
    /// Of those, took effect.
    pub(crate) resolved: i64,
    /// Of those, failed again.
    pub(crate) dead_again: i64,
    /// Left out: not open any more.
    pub(crate) skipped: i64,
    /// Not accepted by the broker.
    pub(crate) failed: i64,
    /// It cannot be said whether they were sent; they are not sent again.
    pub(crate) unknown: i64,
}

/// What a new job is to be.
#[derive(Debug, Clone)]
pub(crate) struct NewJob<'a> {
    pub(crate) action: JobAction,
    pub(crate) filter: &'a DeadLetterFilter,
    pub(crate) reason: &'a str,
    /// Dead letters per second.
    pub(crate) rate: i32,
    /// How many go first.
    pub(crate) canary: i32,
    /// These dead letters instead of those that the filter matches.
    pub(crate) selected: Option<&'a [i64]>,
}

/// Makes a job and fixes its list of dead letters; its number and how many they are.
pub(crate) async fn insert(
    client: &impl GenericClient,
    actor: &Actor,
    job: &NewJob<'_>,
) -> Result<(i64, i64), ServiceError> {
    let state = if job.canary > 0 { JobState::Canary } else { JobState::Running };
    let row = client
        .query_one(
            INSERT,
            &[
                &job.action,
                &Json(job.filter),
                &job.reason,
                &actor.to_string(),
                &job.rate,
                &job.canary,
                &state,
                &job.selected.is_some(),
            ],
        )
        .await?;
    let id: i64 = row.get("id");
    let filter = job.filter.parameters();
    let total = match job.selected {
        Some(selected) => client.execute(ITEMS_SELECTED, &[&id, &selected, &job.filter.state]).await?,
        None => client.execute(ITEMS, &dead_letters::with_more(&filter, &[&id])).await?,
    };
    let total = i32::try_from(total)
        .map_err(|_| ServiceError::invalid("too_many", "these are too many dead letters"))?;
    client.execute(TOTAL, &[&id, &total]).await?;
    Ok((id, i64::from(total)))
}

pub(crate) async fn show(client: &impl GenericClient, id: i64) -> Result<Option<Job>, ServiceError> {
    let row = client.query_opt(SHOW, &[&id]).await?;
    Ok(row.as_ref().map(Job::try_from).transpose()?)
}

/// A page of jobs, newest first.
pub(crate) async fn list(
    client: &impl GenericClient,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<Job>, ServiceError> {
    let rows = client.query(LIST, &[&before, &limit]).await?;
    Ok(rows.iter().map(Job::try_from).collect::<Result<_, _>>()?)
}

/// Jobs that have something to do.
pub(crate) async fn active(client: &impl GenericClient) -> Result<Vec<i64>, ServiceError> {
    Ok(client.query(ACTIVE, &[]).await?.iter().map(|row| row.get("id")).collect())
}

/// How far a job is.
pub(crate) async fn progress(client: &impl GenericClient, id: i64) -> Result<JobProgress, ServiceError> {
    let mut progress = JobProgress::default();
    for row in client.query(PROGRESS, &[&id]).await? {
        let count: i64 = row.get("count");
        let state: JobItemState = row.try_get("state")?;
        let dead_letter: Option<DeadLetterState> = row.try_get("dead_letter_state")?;
        match state {
            JobItemState::Waiting | JobItemState::Sending => progress.waiting += count,
            JobItemState::Sent => progress.sent += count,
            JobItemState::Skipped => progress.skipped += count,
            JobItemState::Failed => progress.failed += count,
            JobItemState::Unknown => progress.unknown += count,
        }
        match (state, dead_letter) {
            (JobItemState::Sent, _) if row.get("dead_again") => progress.dead_again += count,
            (JobItemState::Sent, Some(DeadLetterState::Resolved)) => progress.resolved += count,
            (JobItemState::Sent, Some(DeadLetterState::Open)) => progress.dead_again += count,
            _ => {}
        }
    }
    Ok(progress)
}

/// Moves a job from one of these states to another; false when it is in none of them.
pub(crate) async fn move_to(
    client: &impl GenericClient,
    id: i64,
    from: &[JobState],
    to: JobState,
    note: Option<&str>,
) -> Result<bool, ServiceError> {
    Ok(client.execute(MOVE, &[&id, &from, &to, &note]).await? == 1)
}

/// Lets a new job wait for a second person.
pub(crate) async fn propose(client: &impl GenericClient, id: i64) -> Result<(), ServiceError> {
    client.execute(PROPOSE, &[&id]).await?;
    Ok(())
}

/// Lets a proposed job begin; false when it is not proposed.
pub(crate) async fn approve(client: &impl GenericClient, id: i64, by: &Actor) -> Result<bool, ServiceError> {
    Ok(client.execute(APPROVE, &[&id, &by.to_string()]).await? == 1)
}

/// Takes the job for this connection; false when another runner has it.
pub(crate) async fn try_lock(client: &impl GenericClient, id: i64) -> Result<bool, ServiceError> {
    Ok(client.query_one(LOCK, &[&id]).await?.get("locked"))
}

/// Since when the canary is waited for.
pub(crate) async fn canary_since(client: &impl GenericClient, id: i64) -> Result<Timestamp, ServiceError> {
    Ok(client.query_one(CANARY_AT, &[&id]).await?.get("canary_at"))
}

masked_members! {
    Job: filter, reason, note;
}
