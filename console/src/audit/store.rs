//! The audit: appended here, kept and chained by triggers of the database. Must never change a row.

use deadpool_postgres::GenericClient;
use jiff::Timestamp;
use serde::Serialize;
use tokio_postgres::Row;
use utoipa::ToSchema;

use super::action::{AuditAction, Subject};
use crate::common::actor::Actor;
use crate::common::error::ServiceError;
use crate::common::paging;
use crate::masking::masked_members;

pub(crate) const APPEND: &str = include_str!("sql/append.sql");
pub(crate) const LIST: &str = include_str!("sql/list.sql");
pub(crate) const CHAIN: &str = include_str!("sql/chain.sql");
pub(crate) const HEAD: &str = include_str!("sql/head.sql");

/// One line of the audit.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct AuditEntry {
    /// Its place in the chain.
    pub(crate) id: i64,
    pub(crate) at: Timestamp,
    /// Who: `user:anna`, `token:backend`, `cli:root`.
    pub(crate) actor: String,
    pub(crate) action: String,
    pub(crate) subject: String,
    pub(crate) reason: String,
    /// The hash over this row and the one before, in hex.
    pub(crate) hash: String,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct AuditFilter {
    pub(crate) actor: Option<String>,
    pub(crate) action: Option<String>,
    pub(crate) subject: Option<String>,
}

impl AuditFilter {
    /// The filter, refused where PostgreSQL could not search for it.
    pub(crate) fn checked(self) -> Result<AuditFilter, ServiceError> {
        Ok(AuditFilter {
            actor: paging::text("actor", self.actor)?,
            action: paging::text("action", self.action)?,
            subject: paging::text("subject", self.subject)?,
        })
    }
}

/// Says in the audit who did what to which and why; part of the caller's transaction.
pub(crate) async fn append(
    client: &impl GenericClient,
    actor: &Actor,
    action: AuditAction,
    subject: &Subject<'_>,
    reason: &str,
) -> Result<(), ServiceError> {
    client.execute(APPEND, &[&actor.to_string(), &action, &subject.to_string(), &reason]).await?;
    Ok(())
}

/// A line with what chains it to the one before.
#[derive(Debug, Clone)]
pub(crate) struct ChainedEntry {
    pub(crate) entry: AuditEntry,
    /// The hash of the line before.
    pub(crate) previous_hash: Vec<u8>,
    pub(crate) hash: Vec<u8>,
}

/// Lines after `after`, in order.
pub(crate) async fn chain(
    client: &impl GenericClient,
    after: i64,
    limit: i64,
) -> Result<Vec<ChainedEntry>, ServiceError> {
    let rows = client.query(CHAIN, &[&after, &limit]).await?;
    let entry = |row: &Row| {
        let hash: Vec<u8> = row.get("hash");
        ChainedEntry { entry: AuditEntry::from(row), previous_hash: row.get("previous_hash"), hash }
    };
    Ok(rows.iter().map(entry).collect())
}

/// Number and hash of the last line, as they were recorded; none where somebody removed the record.
pub(crate) async fn head(client: &impl GenericClient) -> Result<Option<(i64, Vec<u8>)>, ServiceError> {
    let row = client.query_opt(HEAD, &[]).await?;
    Ok(row.map(|row| (row.get("id"), row.get("hash"))))
}

/// A page of the audit, newest first.
pub(crate) async fn list(
    client: &impl GenericClient,
    filter: &AuditFilter,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<AuditEntry>, ServiceError> {
    let rows = client.query(LIST, &[&filter.actor, &filter.action, &filter.subject, &before, &limit]).await?;
    Ok(rows.iter().map(AuditEntry::from).collect())
}

impl From<&Row> for AuditEntry {
    fn from(row: &Row) -> Self {
        AuditEntry {
            id: row.get("id"),
            at: row.get("at"),
            actor: row.get("actor"),
            action: row.get("action"),
            subject: row.get("subject"),
            reason: row.get("reason"),
            hash: row.get("hex"),
        }
    }
}

masked_members! {
    AuditEntry: subject, reason;
}
