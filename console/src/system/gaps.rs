//! Events that no webhook brought: how many sweeps have found, and which are still on their way.

use deadpool_postgres::GenericClient;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::common::error::ServiceError;

pub(crate) const ARRIVED: &str = include_str!("sql/gaps_arrived.sql");
pub(crate) const GAPS: &str = include_str!("sql/gaps.sql");

/// What was found missing, over all sweeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Gaps {
    /// Events that were found missing and published, ever.
    pub(crate) missed: i64,
    /// Of those, events that are still on their way.
    pub(crate) waiting: i64,
    /// When Stripe made the oldest of these.
    pub(crate) oldest: Option<Timestamp>,
}

/// Notes which missed events have arrived, so that they need not be looked for any more.
pub(crate) async fn note_arrived(client: &impl GenericClient) -> Result<(), ServiceError> {
    client.execute(ARRIVED, &[]).await?;
    Ok(())
}

/// What is missing now.
pub(crate) async fn gaps(client: &impl GenericClient) -> Result<Gaps, ServiceError> {
    let row = client.query_one(GAPS, &[]).await?;
    Ok(Gaps { missed: row.get("missed"), waiting: row.get("waiting"), oldest: row.get("oldest") })
}
