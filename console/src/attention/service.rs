//! Looking after dead letters, groups and cases. Every change is in the audit; a note's text is in the note alone.

use deadpool_postgres::Pool;

use super::store::{self, Attention, Note};
use crate::audit::action::{AuditAction, Subject};
use crate::audit::store as audit;
use crate::common::actor::Actor;
use crate::common::error::ServiceError;
use crate::common::role::Role;
use crate::masking;

/// The longest note, in characters.
const MAX_NOTE: usize = 4000;

/// Who looks after something, and what they wrote.
#[derive(Debug, Clone, Default)]
pub(crate) struct AttentionView {
    pub(crate) attention: Attention,
    pub(crate) notes: Vec<Note>,
    /// Users who may be assigned it.
    pub(crate) assignees: Vec<String>,
}

pub(crate) async fn show(
    pool: &Pool,
    subject: &Subject<'_>,
    role: Role,
) -> Result<AttentionView, ServiceError> {
    let client = pool.get().await?;
    let subject = subject.to_string();
    Ok(AttentionView {
        attention: store::show(&client, &subject).await?,
        notes: masking::for_role(store::notes(&client, &subject).await?, role),
        assignees: store::assignees(&client).await?,
    })
}

/// What can be looked after: a dead letter, a group of them, a case.
pub(crate) fn subject(text: &str) -> Result<Subject<'_>, ServiceError> {
    match Subject::parse(text) {
        Some(subject @ (Subject::Case(_) | Subject::DeadLetter(_) | Subject::Group(_))) => Ok(subject),
        _ => {
            let message = "notes belong to a dead letter, a group or a case";
            Err(ServiceError::invalid("invalid_subject", message))
        }
    }
}

/// Writes a note.
pub(crate) async fn note(
    pool: &Pool,
    actor: &Actor,
    subject: &Subject<'_>,
    text: &str,
) -> Result<(), ServiceError> {
    let text = text.trim().replace('\0', "\u{fffd}");
    if text.is_empty() || text.chars().count() > MAX_NOTE {
        let message = format!("a note takes 1 to {MAX_NOTE} characters");
        return Err(ServiceError::invalid("invalid_note", message));
    }
    let mut client = pool.get().await?;
    let tx = client.transaction().await?;
    store::insert_note(&tx, &subject.to_string(), &actor.to_string(), &text).await?;
    audit::append(&tx, actor, AuditAction::NoteAdd, subject, "").await?;
    Ok(tx.commit().await?)
}

/// Says that the actor has seen it.
pub(crate) async fn acknowledge(
    pool: &Pool,
    actor: &Actor,
    subject: &Subject<'_>,
) -> Result<(), ServiceError> {
    let mut client = pool.get().await?;
    let tx = client.transaction().await?;
    store::acknowledge(&tx, &subject.to_string(), &actor.to_string()).await?;
    audit::append(&tx, actor, AuditAction::AttentionAcknowledge, subject, "").await?;
    Ok(tx.commit().await?)
}

/// Assigns it to a user, or to nobody.
pub(crate) async fn assign(
    pool: &Pool,
    actor: &Actor,
    subject: &Subject<'_>,
    assignee: &str,
) -> Result<(), ServiceError> {
    let assignee = Some(assignee.trim()).filter(|assignee| !assignee.is_empty());
    let mut client = pool.get().await?;
    let tx = client.transaction().await?;
    if let Some(name) = assignee
        && !store::assignees(&tx).await?.iter().any(|known| known == name)
    {
        let message = format!("{name} is no enabled operator or admin");
        return Err(ServiceError::invalid("invalid_assignee", message));
    }
    store::assign(&tx, &subject.to_string(), assignee).await?;
    let whom = assignee.unwrap_or("nobody");
    audit::append(&tx, actor, AuditAction::AttentionAssign, subject, whom).await?;
    Ok(tx.commit().await?)
}
