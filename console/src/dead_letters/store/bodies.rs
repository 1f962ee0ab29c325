//! The bodies of dead letters, which may have many megabytes: read whole only where they are small or must be.

use deadpool_postgres::GenericClient;
use jiff::Timestamp;
use serde::Serialize;
use tokio_postgres::Row;
use utoipa::ToSchema;

use super::{DeadLetter, SHOW};
use crate::common::error::ServiceError;
use crate::masking::masked_members;

pub(crate) const BODY_PART: &str = include_str!("../sql/body_part.sql");
pub(crate) const FORMER_BODIES: &str = include_str!("../sql/former_bodies.sql");
pub(crate) const FORMER_BODY: &str = include_str!("../sql/former_body.sql");

/// A body that came under the same event's id before the one that the dead letter holds.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct FormerBody {
    /// SHA-256 of the body, in hex.
    pub(crate) hash: String,
    /// How many bytes it has.
    pub(crate) bytes: i32,
    pub(crate) reason: String,
    pub(crate) error: String,
    /// When it became a dead letter.
    pub(crate) dead_at: Timestamp,
}

/// A dead letter, how many bytes its body has, and the body where it has no more than `limit`.
pub(crate) async fn show_up_to(
    client: &impl GenericClient,
    id: i64,
    limit: i64,
) -> Result<Option<(DeadLetter, i64, Option<Vec<u8>>)>, ServiceError> {
    let row = client.query_opt(SHOW, &[&id, &limit]).await?;
    let shown = |row: &Row| {
        let bytes: i32 = row.get("bytes");
        Ok((DeadLetter::try_from(row)?, i64::from(bytes), row.get("payload")))
    };
    row.as_ref().map(shown).transpose()
}

/// One dead letter with the bytes as they were received.
pub(crate) async fn show(
    client: &impl GenericClient,
    id: i64,
) -> Result<Option<(DeadLetter, Vec<u8>)>, ServiceError> {
    let found = show_up_to(client, id, i64::MAX).await?;
    Ok(found.map(|(dead_letter, _, body)| (dead_letter, body.unwrap_or_default())))
}

/// `length` bytes of a body, after the first `skipped`; fewer at its end, none when there is no such dead letter.
pub(crate) async fn body_part(
    client: &impl GenericClient,
    id: i64,
    skipped: i32,
    length: i32,
) -> Result<Option<Vec<u8>>, ServiceError> {
    let row = client.query_opt(BODY_PART, &[&id, &skipped.saturating_add(1), &length]).await?;
    Ok(row.map(|row| row.get("part")))
}

/// The bodies that came before, the newest first.
pub(crate) async fn former_bodies(
    client: &impl GenericClient,
    id: i64,
) -> Result<Vec<FormerBody>, ServiceError> {
    let body = |row: &Row| FormerBody {
        hash: row.get("hash"),
        bytes: row.get("bytes"),
        reason: row.get("reason"),
        error: row.get("error"),
        dead_at: row.get("dead_at"),
    };
    Ok(client.query(FORMER_BODIES, &[&id]).await?.iter().map(body).collect())
}

/// One of them, by its hash in hex.
pub(crate) async fn former_body(
    client: &impl GenericClient,
    id: i64,
    hash: &str,
) -> Result<Option<Vec<u8>>, ServiceError> {
    if hash.len() != 64 || !hash.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Ok(None);
    }
    Ok(client.query_opt(FORMER_BODY, &[&id, &hash]).await?.map(|row| row.get("payload")))
}

masked_members! {
    FormerBody: reason, error;
}
