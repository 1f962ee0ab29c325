//! What a replay would do now: the workers' own decision in a transaction that is rolled back.
//! Must never write or send anything.

use deadpool_postgres::Pool;
use domain::rejection::Rejection;
use domain::rules::Rules;
use serde::Serialize;
use serde_json::Value;
use stripe_api::StripeApi;
use utoipa::ToSchema;
use worker::process::{AckReason, Disposition};

use crate::common::error::ServiceError;
use crate::common::role::Role;
use crate::common::text_enum::text_enum;
use crate::events::store;
use crate::masking;

text_enum! {
    /// What would become of an event that is replayed.
    pub(crate) enum PreviewDisposition {
        /// It would take effect.
        Processed = "processed",
        /// It would be accepted and change nothing.
        Ignored = "ignored",
        /// It took effect before: nothing would change.
        Duplicate = "duplicate",
        /// It would fail, and be tried again.
        Retry = "retry",
        /// It would become a dead letter.
        Dead = "dead",
    }
}

/// What a replay would do.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct PreviewView {
    /// What would become of the event.
    pub(crate) disposition: PreviewDisposition,
    /// Why, where it would fail again.
    pub(crate) error: Option<String>,
    /// Rows that would differ.
    pub(crate) rows: Vec<RowView>,
    /// Messages that would go out.
    pub(crate) messages: Vec<MessageView>,
}

/// A row as it is and as it would be.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct RowView {
    pub(crate) table: String,
    pub(crate) id: String,
    /// As it is; null: there is none yet.
    pub(crate) before: Option<Value>,
    /// As it would be.
    pub(crate) after: Option<Value>,
}

/// A message that would go out.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct MessageView {
    /// Unique: the same message is never sent twice.
    pub(crate) key: String,
    pub(crate) topic: String,
    /// True: once true, true for ever; false: a notice of what is true now.
    pub(crate) lasting: bool,
    pub(crate) data: Value,
}

/// What a preview needs.
#[derive(Clone, Copy)]
pub(crate) struct Previewer<'a> {
    pub(crate) pool: &'a Pool,
    pub(crate) rules: &'a Rules,
    /// Fetches the objects of thin events; none: no API key is set.
    pub(crate) api: Option<&'a StripeApi>,
}

/// What replaying an event would do.
pub(crate) async fn event(
    previewer: Previewer<'_>,
    id: &str,
    role: Role,
) -> Result<PreviewView, ServiceError> {
    let found = store::show(&previewer.pool.get().await?, id).await?;
    let (event, body) = found.ok_or_else(|| ServiceError::NotFound(format!("event {id}")))?;
    run(previewer, body.as_bytes(), event.endpoint, role).await
}

/// What the event in `body` would do.
pub(crate) async fn run(
    previewer: Previewer<'_>,
    body: &[u8],
    endpoint: Option<String>,
    role: Role,
) -> Result<PreviewView, ServiceError> {
    let Previewer { pool, rules, api } = previewer;
    let preview = match api {
        Some(api) => worker::preview_fetched(pool, body, endpoint, rules, api).await?,
        None => worker::preview(pool, body, endpoint, rules).await?,
    };
    let shown = |value: Value| if role.sees_personal_data() { value } else { masking::masked(&value) };
    let (disposition, error) = disposition(&preview.disposition);
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
    Ok(PreviewView { disposition, error, rows: rows.collect(), messages: messages.collect() })
}

fn disposition(disposition: &Disposition) -> (PreviewDisposition, Option<String>) {
    let error = |rejection: &Rejection| Some(rejection.to_string());
    match disposition {
        Disposition::Ack(AckReason::Processed) => (PreviewDisposition::Processed, None),
        Disposition::Ack(AckReason::Ignored) => (PreviewDisposition::Ignored, None),
        Disposition::Ack(AckReason::Duplicate) => (PreviewDisposition::Duplicate, None),
        Disposition::Retry { rejection, .. } => (PreviewDisposition::Retry, error(rejection)),
        Disposition::DeadLetter(rejection) => (PreviewDisposition::Dead, error(rejection)),
    }
}
