//! What a replay would do now: the workers' own decision in a transaction that is rolled back.
//! Must never write or send anything.

use deadpool_postgres::Pool;
use domain::rejection::Rejection;
use domain::rules::Rules;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use worker::process::{AckReason, Disposition};
use worker::store::StoreError;

use crate::common::failure::Failure;
use crate::common::role::Role;
use crate::events::store;
use crate::masking;

/// What a replay would do.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PreviewView {
    /// `processed`, `ignored`, `duplicate` (it took effect before: nothing would change), `retry` or `dead`.
    pub verdict: &'static str,
    /// Why, where it would fail again.
    pub error: Option<String>,
    /// Rows that would differ.
    pub rows: Vec<RowView>,
    /// Messages that would go out.
    pub messages: Vec<MessageView>,
}

/// A row as it is and as it would be.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RowView {
    /// The table.
    pub table: String,
    /// The row's id.
    pub id: String,
    /// As it is; null: there is none yet.
    pub before: Option<Value>,
    /// As it would be.
    pub after: Option<Value>,
}

/// A message that would go out.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MessageView {
    /// Unique: the same message is never sent twice.
    pub key: String,
    /// Its topic.
    pub topic: String,
    /// True: once true, true for ever; false: a notice of what is true now.
    pub lasting: bool,
    /// What it says.
    pub data: Value,
}

/// What replaying an event would do.
pub async fn event(pool: &Pool, rules: &Rules, id: &str, role: Role) -> Result<PreviewView, Failure> {
    let found = store::show(&pool.get().await?, id).await?;
    let (event, body) = found.ok_or_else(|| Failure::NotFound(format!("event {id}")))?;
    run(pool, rules, body.as_bytes(), event.endpoint, role).await
}

/// What the event in `body` would do.
pub(crate) async fn run(
    pool: &Pool,
    rules: &Rules,
    body: &[u8],
    endpoint: Option<String>,
    role: Role,
) -> Result<PreviewView, Failure> {
    let preview = worker::preview(pool, body, endpoint, rules).await.map_err(failure)?;
    let shown = |value: Value| if role.sees_personal_data() { value } else { masking::masked(&value) };
    let (verdict, error) = verdict(&preview.disposition);
    let rows = preview.rows.into_iter().map(|row| RowView {
        table: row.table,
        id: row.id,
        before: row.before.map(shown),
        after: row.after.map(shown),
    });
    let messages = preview.messages.into_iter().map(|m| MessageView {
        key: m.key,
        topic: m.topic.name.to_owned(),
        lasting: m.topic.lasting,
        data: shown(m.data),
    });
    Ok(PreviewView { verdict, error, rows: rows.collect(), messages: messages.collect() })
}

fn verdict(verdict: &Disposition) -> (&'static str, Option<String>) {
    let why = |rejection: &Rejection| Some(rejection.to_string());
    match verdict {
        Disposition::Ack(AckReason::Processed) => ("processed", None),
        Disposition::Ack(AckReason::Ignored) => ("ignored", None),
        Disposition::Ack(AckReason::Duplicate) => ("duplicate", None),
        Disposition::Retry { rejection, .. } => ("retry", why(rejection)),
        Disposition::DeadLetter(rejection) => ("dead", why(rejection)),
    }
}

fn failure(error: StoreError) -> Failure {
    match error {
        StoreError::Pool(error) => error.into(),
        StoreError::Postgres(error) => error.into(),
        other => Failure::Internal(format!("the preview failed: {other}")),
    }
}
