//! Anchors: number and hash of the audit's last line, written where the database's owner cannot change them. Whoever
//! rewrites the whole chain, hashes and all, cannot rewrite those.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use deadpool_postgres::Pool;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use super::store;
use crate::common::error::ServiceError;
use crate::common::pause::pause;

/// How often the end is looked at; it is written only when it has moved.
const INTERVAL: Duration = Duration::from_secs(10);

/// The end of the chain at some moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Anchor {
    pub(crate) at: Timestamp,
    /// Number of the last line.
    pub(crate) id: i64,
    /// Its hash, in hex.
    pub(crate) hash: String,
}

/// The anchors of a file, in the order of their lines.
pub(crate) fn read(path: &Path) -> Result<Vec<Anchor>, ServiceError> {
    let unreadable = |what: &dyn std::fmt::Display| {
        ServiceError::invalid(
            "invalid_anchors",
            format!("the anchors in {} cannot be read: {what}", path.display()),
        )
    };
    let text = std::fs::read_to_string(path).map_err(|e| unreadable(&e))?;
    let anchors: Result<Vec<Anchor>, _> =
        text.lines().filter(|line| !line.is_empty()).map(serde_json::from_str).collect();
    let mut anchors = anchors.map_err(|e| unreadable(&e))?;
    anchors.sort_by_key(|anchor| anchor.id);
    Ok(anchors)
}

/// Appends the end of the chain to the file as it moves, until shutdown, and says it in the log, which is another place
/// outside the database.
pub(crate) async fn watch(pool: Pool, file: Option<PathBuf>, shutdown: CancellationToken) {
    let mut anchored = None;
    while !shutdown.is_cancelled() {
        match end(&pool).await {
            Ok(Some(anchor)) if anchored != Some(anchor.id) => {
                tracing::info!(line = anchor.id, hash = anchor.hash, "the audit's end");
                let written = file.as_deref().map_or(Ok(()), |file| append(file, &anchor));
                match written {
                    Ok(()) => anchored = Some(anchor.id),
                    Err(error) => tracing::error!(%error, "AUDIT_ANCHOR_FILE cannot be written"),
                }
            }
            Ok(_) => {}
            Err(failure) => tracing::debug!(%failure, "the audit's end cannot be read"),
        }
        pause(&shutdown, INTERVAL).await;
    }
}

async fn end(pool: &Pool) -> Result<Option<Anchor>, ServiceError> {
    let head = store::head(&pool.get().await?).await?.filter(|(id, _)| *id > 0);
    Ok(head.map(|(id, hash)| Anchor { at: Timestamp::now(), id, hash: hex::encode(hash) }))
}

fn append(path: &Path, anchor: &Anchor) -> std::io::Result<()> {
    let mut line = serde_json::to_string(anchor)?;
    line.push('\n');
    let mut file = OpenOptions::new().create(true).append(true).open(path)?;
    file.write_all(line.as_bytes())?;
    file.sync_data()
}
