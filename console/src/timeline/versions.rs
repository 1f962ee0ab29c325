//! The versions of one Stripe object, as its events show them. Reads only.

use deadpool_postgres::Pool;
use jiff::Timestamp;

use super::details::body_for;
use crate::common::error::ServiceError;
use crate::common::role::Role;
use crate::events::diff::{self, Difference};
use crate::events::store::{self, EventRow};
use crate::masking;

pub(crate) const VERSIONS: &str = include_str!("sql/versions.sql");

/// An event about the same object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OtherVersion {
    pub(crate) event_id: String,
    pub(crate) kind: String,
    /// By Stripe's time.
    pub(crate) created: Timestamp,
    /// Whether it is older.
    pub(crate) earlier: bool,
}

/// Two versions of an object, and what differs.
#[derive(Debug)]
pub(crate) struct Comparison {
    /// The older one.
    pub(crate) before: EventRow,
    pub(crate) after: EventRow,
    pub(crate) differences: Vec<Difference>,
}

/// The nearest events about the object of an event, the newest first.
pub(crate) async fn others(pool: &Pool, event_id: &str) -> Result<Vec<OtherVersion>, ServiceError> {
    let rows = pool.get().await?.query(VERSIONS, &[&event_id]).await?;
    let other = |row: &tokio_postgres::Row| OtherVersion {
        event_id: row.get("id"),
        kind: row.get("type"),
        created: row.get("created"),
        earlier: row.get("earlier"),
    };
    Ok(rows.iter().map(other).collect())
}

/// Compares the object of two events, as the role may see it.
pub(crate) async fn compare(
    pool: &Pool,
    one: &str,
    other: &str,
    role: Role,
) -> Result<Comparison, ServiceError> {
    let client = pool.get().await?;
    let mut found = Vec::new();
    for id in [one, other] {
        let (event, body) =
            store::show(&client, id).await?.ok_or_else(|| ServiceError::NotFound(format!("event {id}")))?;
        found.push((event, body_for(body.as_bytes(), role)));
    }
    found.sort_by(|(a, _), (b, _)| (a.created, &a.id).cmp(&(b.created, &b.id)));
    let [(before, old), (after, new)] = <[_; 2]>::try_from(found)
        .map_err(|_| ServiceError::Internal("two events are compared".to_owned()))?;
    if before.object_id != after.object_id {
        return Err(ServiceError::invalid("other_object", "the two events are about different objects"));
    }
    let differences = diff::differences(&old["data"]["object"], &new["data"]["object"]);
    let (before, after) = masking::for_role((before, after), role);
    Ok(Comparison { before, after, differences })
}
