//! From any id to what it leads to: aggregates, and the events that touched them.

use std::collections::HashMap;

use deadpool_postgres::GenericClient;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use super::cursor::EventCursor;
use super::outcome::AggregateKind;
use super::store::{self as events, EffectRow, EventFilter, EventRow, NamedTypes};
use crate::common::error::ServiceError;
use crate::common::origin::{FoundOrigin, OriginFilter};
use crate::common::paging::{self, Direction};

/// The statement, for tests that look at its plan.
pub(crate) const AGGREGATES: &str = include_str!("sql/search_aggregates.sql");
pub(crate) const EFFECTS: &str = include_str!("sql/search_effects.sql");
/// The statement, for tests that look at its plan.
pub(crate) const EVENTS: &str =
    concat!(include_str!("sql/search_events.sql"), include_str!("sql/search_events_older.sql"));
pub(crate) const EVENTS_NEWER: &str =
    concat!(include_str!("sql/search_events.sql"), include_str!("sql/search_events_newer.sql"));
pub(crate) const ORIGINS: &str = include_str!("sql/search_origins.sql");

/// What the events must have touched; all of it, where several are said.
#[derive(Debug, Clone, Default)]
pub(crate) struct EventScope {
    pub(crate) order: Option<String>,
    pub(crate) customer: Option<String>,
    pub(crate) any: Option<String>,
}

impl EventScope {
    /// The scope, refused where PostgreSQL could not search for it.
    pub(crate) fn checked(self) -> Result<EventScope, ServiceError> {
        Ok(EventScope {
            order: paging::text("order", self.order)?,
            customer: paging::text("customer", self.customer)?,
            any: paging::text("q", self.any)?,
        })
    }

    /// The accounts and modes to look in: an order's id says nothing without them, see
    /// [`OriginFilter::of_an_order`].
    pub(crate) fn origin(&self, origin: OriginFilter, processed: Option<bool>) -> OriginFilter {
        if self.order.is_some() { origin.of_an_order(processed) } else { origin }
    }

    /// What is asked for, one by one.
    fn each(&self) -> Vec<EventScope> {
        let any = self.any.clone().map(|id| EventScope { any: Some(id), ..EventScope::default() });
        let order = self.order.clone().map(|id| EventScope { order: Some(id), ..EventScope::default() });
        let customer =
            self.customer.clone().map(|id| EventScope { customer: Some(id), ..EventScope::default() });
        [any, order, customer].into_iter().flatten().collect()
    }

    fn id(&self) -> Option<&String> {
        self.any.as_ref().or(self.order.as_ref()).or(self.customer.as_ref())
    }
}

/// Which aggregate is meant: an order's id is unique only within an account and a mode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AggregateKey {
    pub(crate) kind: AggregateKind,
    pub(crate) id: String,
    pub(crate) origin: FoundOrigin,
}

fn found_origin(row: &Row) -> FoundOrigin {
    FoundOrigin { account: row.get("account"), livemode: row.get("livemode") }
}

/// What an id leads to in the accounts and modes that the filter takes in.
pub(crate) async fn aggregates(
    client: &impl GenericClient,
    scope: &EventScope,
    origin: &OriginFilter,
) -> Result<Vec<AggregateKey>, ServiceError> {
    let EventScope { any, order, customer } = scope;
    let rows = client.query(AGGREGATES, &[any, order, customer, &origin.account, &origin.livemode]).await?;
    let key = |row: &Row| {
        Ok(AggregateKey { kind: row.try_get("aggregate")?, id: row.get("id"), origin: found_origin(row) })
    };
    rows.iter().map(key).collect()
}

/// Accounts and modes of events that name an id and have changed nothing.
pub(crate) async fn origins(client: &impl GenericClient, id: &str) -> Result<Vec<FoundOrigin>, ServiceError> {
    Ok(client.query(ORIGINS, &[&id]).await?.iter().map(found_origin).collect())
}

/// What events did, by event.
pub(crate) async fn effects(
    client: &impl GenericClient,
    events: &[&str],
) -> Result<HashMap<String, Vec<EffectRow>>, ServiceError> {
    let mut found: HashMap<String, Vec<EffectRow>> = HashMap::new();
    for row in client.query(EFFECTS, &[&events]).await? {
        found.entry(row.get("event_id")).or_default().push(EffectRow::try_from(&row)?);
    }
    Ok(found)
}

/// A page of events, in the direction that is asked for, of those that touched what is asked for.
pub(crate) async fn events(
    client: &impl GenericClient,
    filter: &EventFilter,
    scope: &EventScope,
    direction: &Direction<EventCursor>,
    limit: i64,
) -> Result<Vec<EventRow>, ServiceError> {
    let asked = scope.each();
    let sets = i32::try_from(asked.len()).unwrap_or(0);
    if sets == 0 {
        return events::list(client, filter, direction, limit).await;
    }
    let mut found = Vec::new();
    for (number, one) in (1..).zip(&asked) {
        for key in aggregates(client, one, &filter.origin).await? {
            found.push((number, key));
        }
    }
    let numbers: Vec<i32> = found.iter().map(|(number, _)| *number).collect();
    let kinds: Vec<AggregateKind> = found.iter().map(|(_, key)| key.kind).collect();
    let names: Vec<&str> = found.iter().map(|(_, key)| key.id.as_str()).collect();
    let accounts: Vec<&str> = found.iter().map(|(_, key)| key.origin.account.as_str()).collect();
    let modes: Vec<Option<bool>> = found.iter().map(|(_, key)| key.origin.livemode).collect();
    let asked_numbers: Vec<i32> = (1..=sets).collect();
    let ids: Vec<&String> = asked.iter().filter_map(EventScope::id).collect();
    let EventFilter { kind, outcome, object, endpoint, period, origin } = filter;
    let NamedTypes { one, several } = events::types(client, kind.as_deref()).await?;
    let (at, id) = (direction.cursor().map(|c| c.received_at), direction.cursor().map(|c| c.id.as_str()));
    let parameters: [&(dyn ToSql + Sync); 20] = [
        &numbers,
        &kinds,
        &names,
        &accounts,
        &modes,
        &asked_numbers,
        &ids,
        &sets,
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
    let rows = client.query(direction.choose(EVENTS, EVENTS_NEWER), &parameters).await?;
    Ok(rows.iter().map(EventRow::try_from).collect::<Result<_, _>>()?)
}
