//! What incident reports say, out of the database. Reads only.

use deadpool_postgres::GenericClient;
use jiff::Timestamp;
use serde::Serialize;
use tokio_postgres::Row;

use crate::audit::store::AuditEntry;
use crate::common::error::ServiceError;
use crate::dead_letters::state::DeadLetterState;

pub(crate) const GROUP: &str = include_str!("sql/group.sql");
pub(crate) const CAUSE: &str = include_str!("sql/cause.sql");
pub(crate) const JOB: &str = include_str!("sql/job.sql");
pub(crate) const GROUP_AUDIT: &str = include_str!("sql/group_audit.sql");
pub(crate) const JOB_AUDIT: &str = include_str!("sql/job_audit.sql");

/// The dead letters of an incident that are in one state now.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct StateCount {
    pub(crate) state: DeadLetterState,
    pub(crate) count: i64,
    pub(crate) first_failed_at: Timestamp,
    pub(crate) first_dead_at: Timestamp,
    pub(crate) last_dead_at: Timestamp,
}

/// What the dead letters of a group have in common.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Cause {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) reason: String,
    /// The error of the newest.
    pub(crate) error: String,
}

/// The dead letters of a group, by state.
pub(crate) async fn group(
    client: &impl GenericClient,
    fingerprint: &str,
) -> Result<Vec<StateCount>, ServiceError> {
    counts(&client.query(GROUP, &[&fingerprint]).await?)
}

/// The dead letters of a job, by state.
pub(crate) async fn job(client: &impl GenericClient, id: i64) -> Result<Vec<StateCount>, ServiceError> {
    counts(&client.query(JOB, &[&id]).await?)
}

fn counts(rows: &[Row]) -> Result<Vec<StateCount>, ServiceError> {
    let count = |row: &Row| {
        Ok(StateCount {
            state: row.try_get("state")?,
            count: row.get("count"),
            first_failed_at: row.get("first_failed_at"),
            first_dead_at: row.get("first_dead_at"),
            last_dead_at: row.get("last_dead_at"),
        })
    };
    Ok(rows.iter().map(count).collect::<Result<_, tokio_postgres::Error>>()?)
}

pub(crate) async fn cause(
    client: &impl GenericClient,
    fingerprint: &str,
) -> Result<Option<Cause>, ServiceError> {
    let row = client.query_opt(CAUSE, &[&fingerprint]).await?;
    let cause =
        |row: Row| Cause { kind: row.get("type"), reason: row.get("reason"), error: row.get("error") };
    Ok(row.map(cause))
}

/// What was done with a group, the oldest first.
pub(crate) async fn group_audit(
    client: &impl GenericClient,
    fingerprint: &str,
    limit: i64,
) -> Result<Vec<AuditEntry>, ServiceError> {
    Ok(client.query(GROUP_AUDIT, &[&fingerprint, &limit]).await?.iter().map(AuditEntry::from).collect())
}

/// What was done with a job, the oldest first.
pub(crate) async fn job_audit(
    client: &impl GenericClient,
    id: i64,
    limit: i64,
) -> Result<Vec<AuditEntry>, ServiceError> {
    Ok(client.query(JOB_AUDIT, &[&id, &limit]).await?.iter().map(AuditEntry::from).collect())
}
