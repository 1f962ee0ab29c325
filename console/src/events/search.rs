//! From any id to what it leads to: aggregates, and the events that touched them.

use std::collections::HashMap;

use deadpool_postgres::GenericClient;

use super::cursor::EventCursor;
use super::outcome::AggregateKind;
use super::store::{self as events, EffectRow, EventFilter, EventRow};
use crate::common::error::ServiceError;
use crate::common::paging;

/// The statement, for tests that look at its plan.
pub(crate) const AGGREGATES: &str = include_str!("sql/search_aggregates.sql");
pub(crate) const EFFECTS: &str = include_str!("sql/search_effects.sql");
/// The statement, for tests that look at its plan.
pub(crate) const EVENTS: &str = include_str!("sql/search_events.sql");

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

/// An aggregate: its kind and its id.
pub(crate) type AggregateKey = (AggregateKind, String);

/// What an id leads to.
pub(crate) async fn aggregates(
    client: &impl GenericClient,
    scope: &EventScope,
) -> Result<Vec<AggregateKey>, ServiceError> {
    let rows = client.query(AGGREGATES, &[&scope.any, &scope.order, &scope.customer]).await?;
    rows.iter().map(|row| Ok((row.try_get(0)?, row.get(1)))).collect()
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

/// A page of events, newest first, of those that touched what is asked for.
pub(crate) async fn events(
    client: &impl GenericClient,
    filter: &EventFilter,
    scope: &EventScope,
    before: Option<&EventCursor>,
    limit: i64,
) -> Result<Vec<EventRow>, ServiceError> {
    let asked = scope.each();
    let sets = i32::try_from(asked.len()).unwrap_or(0);
    if sets == 0 {
        return events::list(client, filter, before, limit).await;
    }
    let (mut numbers, mut kinds, mut names) = (Vec::new(), Vec::new(), Vec::new());
    for (number, one) in (1..).zip(&asked) {
        for (kind, name) in aggregates(client, one).await? {
            numbers.push(number);
            kinds.push(kind);
            names.push(name);
        }
    }
    let asked_numbers: Vec<i32> = (1..=sets).collect();
    let ids: Vec<&String> = asked.iter().filter_map(EventScope::id).collect();
    let at = before.map(|c| c.received_at);
    let id = before.map(|c| c.id.as_str());
    let rows = client
        .query(
            EVENTS,
            &[
                &numbers,
                &kinds,
                &names,
                &asked_numbers,
                &ids,
                &sets,
                &filter.kind,
                &filter.outcome,
                &filter.object,
                &at,
                &id,
                &limit,
            ],
        )
        .await?;
    Ok(rows.iter().map(EventRow::try_from).collect::<Result<_, _>>()?)
}
