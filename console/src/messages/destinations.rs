//! Where messages go: the exchange and the HTTP endpoints of the workers' settings, how each stands, and resuming one
//! that is paused.

use deadpool_postgres::{GenericClient, Pool};
use jiff::Timestamp;
use serde::Serialize;
use tokio_postgres::Row;
use utoipa::ToSchema;

use super::state::DestinationState;
use crate::audit::action::{AuditAction, Subject};
use crate::audit::reason::AuditReason;
use crate::audit::store as audit;
use crate::common::actor::Actor;
use crate::common::error::ServiceError;
use crate::common::paging::MAX_TEXT;
use crate::common::role::Role;
use crate::masking::{self, masked_members};

pub(crate) const LIST: &str = include_str!("sql/destination_list.sql");
pub(crate) const LOCK: &str = include_str!("sql/destination_lock.sql");
pub(crate) const RESUME: &str = include_str!("sql/destination_resume.sql");

/// A destination and how it stands.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Destination {
    /// `amqp` is the exchange; the others are HTTP endpoints.
    pub(crate) name: String,
    pub(crate) state: DestinationState,
    /// What it is sent; empty for the exchange, which is sent everything.
    pub(crate) topics: Vec<String>,
    /// Attempts that failed since the last that succeeded.
    pub(crate) failures: i32,
    pub(crate) last_error: Option<String>,
    /// When a paused one is tried again; none: when somebody resumes it.
    pub(crate) resume_at: Option<Timestamp>,
    /// Messages that wait for it.
    pub(crate) pending: i64,
    /// Messages that were given up.
    pub(crate) failed: i64,
    pub(crate) updated_at: Timestamp,
}

impl TryFrom<&Row> for Destination {
    type Error = tokio_postgres::Error;

    fn try_from(row: &Row) -> Result<Self, Self::Error> {
        let topics: Vec<String> = row.get("topics");
        Ok(Destination {
            name: row.get("name"),
            state: row.try_get("state")?,
            topics: topics.into_iter().filter(|topic| !topic.is_empty()).collect(),
            failures: row.get("failures"),
            last_error: row.get("last_error"),
            resume_at: row.get("resume_at"),
            pending: row.get("pending"),
            failed: row.get("failed"),
            updated_at: row.get("updated_at"),
        })
    }
}

/// All destinations, as the role may see them.
pub(crate) async fn list(pool: &Pool, role: Role) -> Result<Vec<Destination>, ServiceError> {
    let rows = pool.get().await?.query(LIST, &[]).await?;
    let found = rows.iter().map(Destination::try_from).collect::<Result<Vec<_>, _>>()?;
    Ok(masking::for_role(found, role))
}

/// A destination's name, or why it cannot be one.
pub(super) fn name(name: &str) -> Result<&str, ServiceError> {
    if name.is_empty() || name.chars().count() > MAX_TEXT || name.chars().any(char::is_control) {
        let message = "a destination is named as the list of destinations names it, such as amqp or http";
        return Err(ServiceError::invalid("invalid_destination", message));
    }
    Ok(name)
}

/// How a destination stands, which stays so until the transaction ends; none where it is unknown.
pub(super) async fn lock(
    client: &impl GenericClient,
    name: &str,
) -> Result<Option<DestinationState>, ServiceError> {
    let row = client.query_opt(LOCK, &[&name]).await?;
    Ok(row.map(|row| row.try_get("state")).transpose()?)
}

/// Has messages sent to a paused destination again, and says so in the audit.
pub(crate) async fn resume(
    pool: &Pool,
    actor: &Actor,
    destination: &str,
    reason: &AuditReason,
) -> Result<(), ServiceError> {
    let destination = name(destination)?;
    let mut client = pool.get().await?;
    let tx = client.transaction().await?;
    let state = lock(&tx, destination).await?;
    match state.ok_or_else(|| ServiceError::NotFound(format!("destination {destination}")))? {
        DestinationState::Paused => {}
        state @ (DestinationState::Active | DestinationState::Removed) => {
            let message = format!("{destination} is {state}, not paused");
            return Err(ServiceError::conflict("destination_not_paused", message));
        }
    }
    tx.execute(RESUME, &[&destination]).await?;
    let subject = Subject::Destination(destination);
    audit::append(&tx, actor, AuditAction::DestinationResume, &subject, reason.as_str()).await?;
    Ok(tx.commit().await?)
}

masked_members! {
    Destination: last_error;
}
