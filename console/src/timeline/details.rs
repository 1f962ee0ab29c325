//! One event or dead letter with everything that belongs to it, as its page, the API and the command line show it.
//! Masks what the role may not see.

use deadpool_postgres::{GenericClient, Pool};
use serde::Serialize;
use serde_json::Value;
use stripe::envelope::without_byte_order_mark;
use utoipa::ToSchema;

use crate::audit::action::Subject;
use crate::audit::store::{self as audit, AuditEntry};
use crate::common::error::ServiceError;
use crate::common::role::Role;
use crate::dead_letters::advice::{self, Advice};
use crate::dead_letters::store::{self as dead_letters, DeadLetter, FormerBody};
use crate::events::changes;
use crate::events::store::{self as events, EffectRow, EventRow};
use crate::masking;
use crate::masking::masked_members;
use crate::orders::payments::{self, Messages};

const REPLAYS: i64 = 20;

/// An event with all that belongs to it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct EventView {
    #[serde(flatten)]
    pub(crate) event: EventRow,
    pub(crate) effects: Vec<EffectRow>,
    /// Its dead letter, when it failed.
    pub(crate) dead_letter: Option<DeadLetter>,
    /// Who replayed it, newest first.
    pub(crate) replays: Vec<AuditEntry>,
    /// Its body; personal data is masked for viewers.
    pub(crate) payload: Value,
}

/// A dead letter with all that belongs to it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct DeadLetterView {
    #[serde(flatten)]
    pub(crate) dead_letter: DeadLetter,
    /// What its reason means and what to do.
    pub(crate) advice: Advice,
    /// Its event as the workers recorded it, if they did.
    pub(crate) event: Option<EventRow>,
    /// Who did what with it, newest first.
    pub(crate) history: Vec<AuditEntry>,
    /// How many bytes its body has.
    pub(crate) payload_bytes: i64,
    /// Its body: JSON, or text where it is none. Personal data is masked for viewers. Null where it has more than
    /// 1,048,576 bytes: the address with `/body` behind it has those.
    pub(crate) payload: Value,
    /// Other bodies that came under the same event's id before.
    pub(crate) former_bodies: Vec<FormerBody>,
}

/// The most bytes of a body that a page or an answer of the API holds.
const SHOWN_BYTES: i64 = 1024 * 1024;

pub(crate) async fn event(pool: &Pool, id: &str, role: Role) -> Result<EventView, ServiceError> {
    let client = pool.get().await?;
    let (event, body) =
        events::show(&client, id).await?.ok_or_else(|| ServiceError::NotFound(format!("event {id}")))?;
    let dead_letter = dead_letters::of_event(&client, id).await?;
    let mut replays = history(&client, &Subject::Event(id)).await?;
    if let Some(dead_letter) = &dead_letter {
        replays.extend(history(&client, &Subject::DeadLetter(dead_letter.id)).await?);
        replays.sort_by_key(|entry| std::cmp::Reverse(entry.id));
    }
    let effects = events::effects(&client, id).await?;
    let payload = body_for(body.as_bytes(), role);
    Ok(masking::for_role(EventView { event, effects, dead_letter, replays, payload }, role))
}

/// When the messages that an event caused were sent: looked up by their keys as they are, shown as the role may see
/// them.
pub(crate) async fn messages(pool: &Pool, id: &str, role: Role) -> Result<Messages, ServiceError> {
    let client = pool.get().await?;
    let origin = events::show(&client, id).await?.map(|(event, _)| event.origin());
    let effects = events::effects(&client, id).await?;
    let keys: Vec<String> = effects.iter().flat_map(changes::messages).map(str::to_owned).collect();
    Ok(masking::for_role(payments::messages(&client, &keys, &origin.unwrap_or_default()).await?, role))
}

pub(crate) async fn dead_letter(pool: &Pool, id: i64, role: Role) -> Result<DeadLetterView, ServiceError> {
    let client = pool.get().await?;
    let found = dead_letters::show_up_to(&client, id, SHOWN_BYTES).await?;
    let found = found.ok_or_else(|| ServiceError::NotFound(format!("dead letter {id}")))?;
    let (dead_letter, payload_bytes, body) = found;
    let former_bodies = dead_letters::former_bodies(&client, id).await?;
    let event = events::show(&client, &dead_letter.event_id).await?.map(|(event, _)| event);
    let history = history(&client, &Subject::DeadLetter(id)).await?;
    let advice = advice::of(&dead_letter.reason);
    let payload = body.map_or(Value::Null, |body| body_for(&body, role));
    let view = DeadLetterView { advice, event, history, payload_bytes, payload, former_bodies, dead_letter };
    Ok(masking::for_role(view, role))
}

async fn history(
    client: &impl GenericClient,
    subject: &Subject<'_>,
) -> Result<Vec<AuditEntry>, ServiceError> {
    let filter = audit::AuditFilter { subject: Some(subject.to_string()), ..audit::AuditFilter::default() };
    audit::list(client, &filter, None, REPLAYS).await
}

/// A body as the role may see it.
pub(crate) fn body_for(body: &[u8], role: Role) -> Value {
    match serde_json::from_slice::<Value>(without_byte_order_mark(body)) {
        Ok(value) if role.sees_personal_data() => value,
        Ok(value) => masking::masked(&value),
        Err(_) if role.sees_personal_data() => Value::String(String::from_utf8_lossy(body).into_owned()),
        Err(_) => Value::String(format!("{} bytes that are not JSON, shown to operators only", body.len())),
    }
}

masked_members! {
    EventView: event, effects, dead_letter, replays, payload;
    DeadLetterView: dead_letter, event, history, payload, former_bodies;
}
