//! Storing what comes out of the dead queue.

use deadpool_postgres::GenericClient;
use jiff::Timestamp;

use crate::dead_letters::message::NewDeadLetter;

pub(crate) const STORE: &str = include_str!("../sql/store.sql");
pub(crate) const EVENT: &str = include_str!("../sql/event.sql");

/// Stores a dead letter; true when it was new or failed again, false when it was stored already.
pub(crate) async fn store(
    client: &impl GenericClient,
    l: &NewDeadLetter,
    now: Timestamp,
) -> Result<bool, tokio_postgres::Error> {
    let account = l.envelope.as_ref().map(|envelope| envelope.account.as_deref().unwrap_or_default());
    let livemode = l.envelope.as_ref().map(|envelope| envelope.livemode);
    let row = client
        .query_opt(
            STORE,
            &[
                &l.event_id,
                &l.kind,
                &l.reason,
                &l.error,
                &l.attempts,
                &l.payload,
                &l.endpoint,
                &l.received_at,
                &l.first_failed_at,
                &now,
                &l.refs,
                &l.redelivered,
                &account,
                &livemode,
                &l.traceparent,
            ],
        )
        .await?;
    Ok(row.is_some())
}

/// Records in `events` what no worker could record: the broker's own dead letters.
pub(crate) async fn record_event(
    client: &impl GenericClient,
    l: &NewDeadLetter,
    now: Timestamp,
) -> Result<(), tokio_postgres::Error> {
    let (Some(envelope), Some(text)) = (&l.envelope, l.json_text()) else { return Ok(()) };
    let created = l.created(now);
    let received_at = l.received_at.unwrap_or(now);
    client
        .execute(
            EVENT,
            &[
                &l.event_id,
                &l.kind,
                &created,
                &envelope.livemode,
                &envelope.account,
                &envelope.api_version,
                &l.endpoint,
                &received_at,
                &l.attempts.max(1),
                &l.reason,
                &l.error,
                &text,
                &l.traceparent,
            ],
        )
        .await?;
    Ok(())
}
