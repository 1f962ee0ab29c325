//! The attempts at an event that failed. Reads only; the workers write them.

use deadpool_postgres::{GenericClient, Pool};
use jiff::Timestamp;

use crate::common::error::ServiceError;
use crate::common::role::Role;
use crate::masking::{self, masked_members};

pub(crate) const ATTEMPTS: &str = include_str!("sql/attempts.sql");

/// An attempt at an event that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EventAttempt {
    pub(crate) at: Timestamp,
    pub(crate) error: String,
    /// When the next was due; none: the event became a dead letter.
    pub(crate) next_at: Option<Timestamp>,
}

/// The newest attempts at an event, as the role may see them.
pub(crate) async fn of(pool: &Pool, event_id: &str, role: Role) -> Result<Vec<EventAttempt>, ServiceError> {
    let rows = pool.get().await?.query(ATTEMPTS, &[&event_id]).await?;
    let attempt = |row: &tokio_postgres::Row| EventAttempt {
        at: row.get("at"),
        error: row.get("error"),
        next_at: row.get("next_at"),
    };
    Ok(masking::for_role(rows.iter().map(attempt).collect::<Vec<_>>(), role))
}

masked_members! {
    EventAttempt: error;
}
