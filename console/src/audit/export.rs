//! The audit as a file, one JSON object a line, which anybody can check without the database: each line has the hash of
//! the one before, and its own.

use std::io::{BufRead, Write};

use deadpool_postgres::Pool;
use serde::{Deserialize, Serialize};
use tokio_postgres::IsolationLevel;

use super::anchor::Anchor;
use super::chain::{ChainCheck, Walk};
use super::store::{self, AuditEntry, ChainedEntry};
use crate::common::error::ServiceError;

const BATCH: i64 = 1000;

/// A line of the file.
#[derive(Debug, Serialize, Deserialize)]
struct Line {
    id: i64,
    at: jiff::Timestamp,
    actor: String,
    action: String,
    subject: String,
    reason: String,
    previous_hash: String,
    hash: String,
}

impl From<&ChainedEntry> for Line {
    fn from(line: &ChainedEntry) -> Self {
        let AuditEntry { id, at, actor, action, subject, reason, hash } = line.entry.clone();
        Line { id, at, actor, action, subject, reason, previous_hash: hex::encode(&line.previous_hash), hash }
    }
}

impl Line {
    fn chained(self) -> Option<ChainedEntry> {
        let (previous_hash, hash) = (unhex(&self.previous_hash)?, unhex(&self.hash)?);
        let Line { id, at, actor, action, subject, reason, hash: hex, .. } = self;
        let entry = AuditEntry { id, at, actor, action, subject, reason, hash: hex };
        Some(ChainedEntry { entry, previous_hash, hash })
    }
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    hex::decode(text).ok()
}

/// Writes all lines, as they are at one moment; how many.
pub(crate) async fn export(pool: &Pool, out: &mut impl Write) -> Result<i64, ServiceError> {
    let mut client = pool.get().await?;
    let snapshot = client.build_transaction().isolation_level(IsolationLevel::RepeatableRead).read_only(true);
    let tx = snapshot.start().await?;
    let (mut after, mut written) = (i64::MIN, 0);
    loop {
        let lines = store::chain(&tx, after, BATCH).await?;
        let Some(last) = lines.last() else { break };
        after = last.entry.id;
        for line in &lines {
            let text = serde_json::to_string(&Line::from(line))
                .map_err(|e| ServiceError::Internal(format!("a line cannot be written: {e}")))?;
            writeln!(out, "{text}").map_err(unwritable)?;
            written += 1;
        }
    }
    out.flush().map_err(unwritable)?;
    Ok(written)
}

fn unwritable(error: std::io::Error) -> ServiceError {
    ServiceError::Unavailable(format!("the file cannot be written: {error}"))
}

/// Checks an exported file, and holds it against the anchors. Needs no database.
pub(crate) fn verify(file: impl BufRead, anchors: &[Anchor]) -> Result<ChainCheck, ServiceError> {
    let mut walk = Walk::new(anchors);
    for (at, text) in file.lines().enumerate() {
        let wrong = |what: &dyn std::fmt::Display| {
            ServiceError::invalid(
                "invalid_export",
                format!("line {} of the file is no line of an export: {what}", at + 1),
            )
        };
        let text = text.map_err(|e| wrong(&e))?;
        let line: Line = serde_json::from_str(&text).map_err(|e| wrong(&e))?;
        let line = line.chained().ok_or_else(|| wrong(&"a hash takes 64 hex digits"))?;
        if let Some(broken) = walk.take(&line) {
            return Ok(walk.end(Some(broken)));
        }
    }
    Ok(walk.end(None))
}
