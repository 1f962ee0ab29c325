//! Marks of the queues: what waits in one was received after its mark.

use std::collections::HashMap;

use deadpool_postgres::GenericClient;
use jiff::Timestamp;

use crate::common::error::ServiceError;

pub(crate) const MARKS: &str = include_str!("sql/queue_marks.sql");
pub(crate) const MOVE: &str = include_str!("sql/queue_marks_move.sql");

/// A queue as it was just seen.
#[derive(Debug)]
pub(crate) struct QueueObservation<'a> {
    pub(crate) queue: &'a str,
    /// Which workers consume it, as they call themselves; none for queues that no worker consumes.
    pub(crate) kind: Option<&'static str>,
    /// When nothing was in it, if nothing was.
    pub(crate) empty_at: Option<Timestamp>,
}

/// The marks, by queue.
pub(crate) async fn marks(client: &impl GenericClient) -> Result<HashMap<String, Timestamp>, ServiceError> {
    let rows = client.query(MARKS, &[]).await?;
    Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
}

/// Moves the marks on.
pub(crate) async fn move_marks(
    client: &impl GenericClient,
    seen: &[QueueObservation<'_>],
) -> Result<(), ServiceError> {
    let queues: Vec<&str> = seen.iter().map(|one| one.queue).collect();
    let kinds: Vec<Option<&str>> = seen.iter().map(|one| one.kind).collect();
    let empty: Vec<Option<Timestamp>> = seen.iter().map(|one| one.empty_at).collect();
    client.execute(MOVE, &[&queues, &kinds, &empty]).await?;
    Ok(())
}
