//! The audit: appended here, kept and chained by the database (V11). Must never change a row.

use jiff::Timestamp;
use serde::Serialize;
use deadpool_postgres::GenericClient;

use crate::actor::Actor;
use crate::failure::Failure;

pub(crate) const APPEND: &str = include_str!("../../sql/audit_append.sql");
pub(crate) const LIST: &str = include_str!("../../sql/audit_list.sql");
pub(crate) const CHAIN: &str = include_str!("../../sql/audit_chain.sql");
pub(crate) const HEAD: &str = include_str!("../../sql/audit_head.sql");

/// One line of the audit.
#[derive(Debug, Clone, Serialize)]
pub struct Entry {
    /// Its place in the chain.
    pub id: i64,
    /// When.
    pub at: Timestamp,
    /// Who: `user:anna`, `token:backend`, `cli:root`.
    pub actor: String,
    /// What was done.
    pub action: String,
    /// To which.
    pub subject: String,
    /// Why.
    pub reason: String,
    /// The hash over this row and the one before, in hex.
    pub hash: String,
}

/// Which entries.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Who.
    pub actor: Option<String>,
    /// What.
    pub action: Option<String>,
    /// To which.
    pub subject: Option<String>,
}

/// Says in the audit who did what to which and why; part of the caller's transaction.
pub async fn append(
    client: &impl GenericClient,
    actor: &Actor,
    action: &str,
    subject: &str,
    reason: &str,
) -> Result<(), Failure> {
    client.execute(APPEND, &[&actor.to_string(), &action, &subject, &reason]).await?;
    Ok(())
}

/// A page of the audit, newest first.
pub async fn list(
    client: &impl GenericClient,
    filter: &Filter,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<Entry>, Failure> {
    let rows =
        client.query(LIST, &[&filter.actor, &filter.action, &filter.subject, &before, &limit]).await?;
    Ok(rows
        .iter()
        .map(|row| Entry {
            id: row.get("id"),
            at: row.get("at"),
            actor: row.get("actor"),
            action: row.get("action"),
            subject: row.get("subject"),
            reason: row.get("reason"),
            hash: row.get("hash"),
        })
        .collect())
}
