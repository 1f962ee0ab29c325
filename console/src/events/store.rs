//! Events in the database: what came in and what became of it. Reads only; workers write them.

use deadpool_postgres::GenericClient;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use service::trace_parent::TraceParent;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;
use utoipa::ToSchema;

use super::about::About;
use super::cursor::EventCursor;
use super::outcome::{AggregateKind, EventOutcome};
use crate::common::error::ServiceError;
use crate::common::moment::Period;
use crate::common::origin::OriginFilter;
use crate::common::paging::{self, Direction};
use crate::masking::masked_members;

/// The statement, for tests that look at its plan.
pub(crate) const LIST: &str = concat!(include_str!("sql/list.sql"), include_str!("sql/list_older.sql"));
pub(crate) const LIST_NEWER: &str = concat!(include_str!("sql/list.sql"), include_str!("sql/list_newer.sql"));
pub(crate) const TYPES: &str = include_str!("sql/types.sql");
/// The statement, for tests that look at its plan.
pub(crate) const SHOW: &str = include_str!("sql/show.sql");
pub(crate) const RECORDED: &str = include_str!("sql/recorded.sql");
pub(crate) const EFFECTS: &str = include_str!("sql/effects.sql");

/// An event as lists show it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct EventRow {
    pub(crate) id: String,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    /// When Stripe made it.
    pub(crate) created: Timestamp,
    /// False: a test event.
    pub(crate) livemode: bool,
    /// The connected account, on Connect; none is the company's own.
    pub(crate) account: Option<String>,
    /// The API version of its body.
    pub(crate) api_version: Option<String>,
    /// The Stripe object it is about.
    pub(crate) object_id: Option<String>,
    /// The ingress endpoint it came in through.
    pub(crate) endpoint: Option<String>,
    /// When the ingress took it in.
    pub(crate) received_at: Timestamp,
    /// What became of it.
    pub(crate) outcome: EventOutcome,
    /// How many attempts it had.
    pub(crate) attempts: i32,
    /// Why it was ignored, waits or failed.
    pub(crate) reason: Option<String>,
    /// The last error in words.
    pub(crate) last_error: Option<String>,
    /// When the next attempt is due.
    pub(crate) next_attempt_at: Option<Timestamp>,
    /// When it took effect.
    pub(crate) processed_at: Option<Timestamp>,
    /// Order, customer, payment and money that its body names.
    pub(crate) about: About,
}

impl EventRow {
    /// Its account and mode.
    pub(crate) fn origin(&self) -> OriginFilter {
        let account = self.account.clone().unwrap_or_default();
        OriginFilter { account: Some(account), livemode: Some(self.livemode) }
    }

    /// The cursor that continues after this event.
    pub(crate) fn cursor(&self) -> EventCursor {
        EventCursor { received_at: self.received_at, id: self.id.clone() }
    }
}

impl TryFrom<&Row> for EventRow {
    type Error = tokio_postgres::Error;

    fn try_from(row: &Row) -> Result<Self, Self::Error> {
        Ok(EventRow {
            id: row.get("id"),
            kind: row.get("type"),
            created: row.get("created"),
            livemode: row.get("livemode"),
            account: row.get("account"),
            api_version: row.get("api_version"),
            object_id: row.get("object_id"),
            endpoint: row.get("endpoint"),
            received_at: row.get("received_at"),
            outcome: row.try_get("outcome")?,
            attempts: row.get("attempts"),
            reason: row.get("reason"),
            last_error: row.get("last_error"),
            next_attempt_at: row.get("next_attempt_at"),
            processed_at: row.get("processed_at"),
            about: About::read(row)?,
        })
    }
}

/// What an event did to one aggregate.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct EffectRow {
    /// What kind of aggregate.
    pub(crate) aggregate: AggregateKind,
    pub(crate) aggregate_id: String,
    /// When it was decided.
    pub(crate) at: Timestamp,
    /// The currency of its amounts.
    pub(crate) currency: Option<String>,
    pub(crate) change: Value,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct EventFilter {
    /// A type, or what types begin with: `charge` is `charge.failed`, `charge.dispute.created` …
    pub(crate) kind: Option<String>,
    pub(crate) outcome: Option<EventOutcome>,
    /// The Stripe object it is about.
    pub(crate) object: Option<String>,
    /// The ingress endpoint it came in through.
    pub(crate) endpoint: Option<String>,
    /// When it was received.
    pub(crate) period: Period,
    pub(crate) origin: OriginFilter,
}

impl EventFilter {
    /// The filter, refused where PostgreSQL could not search for it.
    pub(crate) fn checked(self) -> Result<EventFilter, ServiceError> {
        Ok(EventFilter {
            kind: paging::type_prefix(self.kind)?,
            outcome: self.outcome,
            object: paging::text("object", self.object)?,
            endpoint: paging::text("endpoint", self.endpoint)?,
            period: self.period,
            origin: self.origin,
        })
    }
}

/// The types that a filter names: one, or several by their beginning.
#[derive(Debug, Clone, Default)]
pub(super) struct NamedTypes {
    pub(super) one: Option<String>,
    pub(super) several: Option<Vec<String>>,
}

/// Looks up which types a filter names.
pub(super) async fn types(
    client: &impl GenericClient,
    named: Option<&str>,
) -> Result<NamedTypes, ServiceError> {
    let Some(named) = named else { return Ok(NamedTypes::default()) };
    let rows = client.query(TYPES, &[&named]).await?;
    let found: Vec<String> = rows.iter().map(|row| row.get("type")).collect();
    Ok(match <[String; 1]>::try_from(found) {
        Ok([one]) => NamedTypes { one: Some(one), several: None },
        Err(several) => NamedTypes { one: None, several: Some(several) },
    })
}

/// A page of events, in the direction that is asked for.
pub(crate) async fn list(
    client: &impl GenericClient,
    filter: &EventFilter,
    direction: &Direction<EventCursor>,
    limit: i64,
) -> Result<Vec<EventRow>, ServiceError> {
    let EventFilter { kind, outcome, object, endpoint, period, origin } = filter;
    let NamedTypes { one, several } = types(client, kind.as_deref()).await?;
    let at = direction.cursor().map(|c| c.received_at);
    let id = direction.cursor().map(|c| c.id.as_str());
    let parameters: [&(dyn ToSql + Sync); 12] = [
        &one,
        outcome,
        object,
        &origin.account,
        &origin.livemode,
        &several,
        endpoint,
        &period.since,
        &period.until,
        &at,
        &id,
        &limit,
    ];
    let rows = client.query(direction.choose(LIST, LIST_NEWER), &parameters).await?;
    Ok(rows.iter().map(EventRow::try_from).collect::<Result<_, _>>()?)
}

/// One event and its body as Stripe wrote it.
pub(crate) async fn show(
    client: &impl GenericClient,
    id: &str,
) -> Result<Option<(EventRow, String)>, ServiceError> {
    let row = client.query_opt(SHOW, &[&id]).await?;
    row.map(|row| Ok((EventRow::try_from(&row)?, row.get("payload")))).transpose()
}

/// An event as the ingress received it.
pub(crate) struct RecordedEvent {
    pub(crate) id: String,
    pub(crate) kind: String,
    /// The ingress endpoint it came in through.
    pub(crate) endpoint: Option<String>,
    pub(crate) received_at: Timestamp,
    /// The trace of the request that brought it; none where no request did, or before it was stored.
    pub(crate) traceparent: Option<TraceParent>,
    /// As Stripe wrote it.
    pub(crate) body: String,
}

/// An event, to be sent once more.
pub(crate) async fn recorded(
    client: &impl GenericClient,
    id: &str,
) -> Result<Option<RecordedEvent>, ServiceError> {
    let row = client.query_opt(RECORDED, &[&id]).await?;
    Ok(row.map(|row| RecordedEvent {
        id: row.get("id"),
        kind: row.get("type"),
        endpoint: row.get("endpoint"),
        received_at: row.get("received_at"),
        traceparent: row.get::<_, Option<&str>>("traceparent").and_then(|text| text.parse().ok()),
        body: row.get("payload"),
    }))
}

/// What an event did.
pub(crate) async fn effects(client: &impl GenericClient, id: &str) -> Result<Vec<EffectRow>, ServiceError> {
    let rows = client.query(EFFECTS, &[&id]).await?;
    Ok(rows.iter().map(EffectRow::try_from).collect::<Result<_, _>>()?)
}

impl TryFrom<&Row> for EffectRow {
    type Error = tokio_postgres::Error;

    fn try_from(row: &Row) -> Result<Self, Self::Error> {
        Ok(EffectRow {
            aggregate: row.try_get("aggregate")?,
            aggregate_id: row.get("aggregate_id"),
            at: row.get("at"),
            currency: row.get("currency"),
            change: row.get("change"),
        })
    }
}

masked_members! {
    EventRow: id, kind, account, object_id, endpoint, reason, last_error, about;
    EffectRow: aggregate_id, change;
}
