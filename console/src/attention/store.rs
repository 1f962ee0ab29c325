//! Notes, and who acknowledged and was assigned what, in the database.

use deadpool_postgres::GenericClient;
use jiff::Timestamp;
use serde::Serialize;
use tokio_postgres::Row;

use crate::common::error::ServiceError;
use crate::masking::masked_members;

pub(crate) const SHOW: &str = include_str!("sql/show.sql");
pub(crate) const NOTES: &str = include_str!("sql/notes.sql");
pub(crate) const NOTE_INSERT: &str = include_str!("sql/note_insert.sql");
pub(crate) const ACKNOWLEDGE: &str = include_str!("sql/acknowledge.sql");
pub(crate) const ASSIGN: &str = include_str!("sql/assign.sql");
pub(crate) const ASSIGNEES: &str = include_str!("sql/assignees.sql");

/// Who looks after something.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Attention {
    /// Who has seen it, as the audit names them, and when.
    pub(crate) acknowledged_by: Option<String>,
    pub(crate) acknowledged_at: Option<Timestamp>,
    /// The user whose it is to end.
    pub(crate) assignee: Option<String>,
}

/// What somebody wrote beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Note {
    pub(crate) at: Timestamp,
    /// Who wrote it, as the audit names them.
    pub(crate) author: String,
    pub(crate) text: String,
}

/// Who looks after the subject, which is named as the audit names it.
pub(crate) async fn show(client: &impl GenericClient, subject: &str) -> Result<Attention, ServiceError> {
    let row = client.query_opt(SHOW, &[&subject]).await?;
    Ok(row.as_ref().map(Attention::from).unwrap_or_default())
}

impl From<&Row> for Attention {
    fn from(row: &Row) -> Self {
        Attention {
            acknowledged_by: row.get("acknowledged_by"),
            acknowledged_at: row.get("acknowledged_at"),
            assignee: row.get("assignee"),
        }
    }
}

/// The notes of a subject, the oldest first.
pub(crate) async fn notes(client: &impl GenericClient, subject: &str) -> Result<Vec<Note>, ServiceError> {
    let note = |row: &Row| Note { at: row.get("at"), author: row.get("author"), text: row.get("text") };
    Ok(client.query(NOTES, &[&subject]).await?.iter().map(note).collect())
}

pub(crate) async fn insert_note(
    client: &impl GenericClient,
    subject: &str,
    author: &str,
    text: &str,
) -> Result<(), ServiceError> {
    client.execute(NOTE_INSERT, &[&subject, &author, &text]).await?;
    Ok(())
}

/// Says who has seen it.
pub(crate) async fn acknowledge(
    client: &impl GenericClient,
    subject: &str,
    by: &str,
) -> Result<(), ServiceError> {
    client.execute(ACKNOWLEDGE, &[&subject, &by]).await?;
    Ok(())
}

/// Says whose it is to end; none: nobody's.
pub(crate) async fn assign(
    client: &impl GenericClient,
    subject: &str,
    assignee: Option<&str>,
) -> Result<(), ServiceError> {
    client.execute(ASSIGN, &[&subject, &assignee]).await?;
    Ok(())
}

/// The users who may be assigned something: those who may do something about it.
pub(crate) async fn assignees(client: &impl GenericClient) -> Result<Vec<String>, ServiceError> {
    Ok(client.query(ASSIGNEES, &[]).await?.iter().map(|row| row.get("name")).collect())
}

masked_members! {
    Note: text;
}
