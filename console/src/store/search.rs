//! From any id to what it leads to: aggregates, and the events that touched them.

use std::collections::HashMap;

use deadpool_postgres::GenericClient;

use super::events::{self, Cursor, Effect, Event, Filter};
use crate::failure::Failure;

pub(crate) const AGGREGATES: &str = include_str!("../../sql/search_aggregates.sql");
pub(crate) const EFFECTS: &str = include_str!("../../sql/search_effects.sql");
pub(crate) const EVENTS: &str = include_str!("../../sql/search_events.sql");

/// What the events must have touched: one of these.
#[derive(Debug, Clone, Default)]
pub struct Touching {
    /// An order.
    pub order: Option<String>,
    /// A customer.
    pub customer: Option<String>,
    /// Any id.
    pub any: Option<String>,
}

/// An aggregate: its kind and its id.
pub type Aggregate = (String, String);

/// What an id leads to.
pub async fn aggregates(client: &impl GenericClient, touching: &Touching) -> Result<Vec<Aggregate>, Failure> {
    let rows = client.query(AGGREGATES, &[&touching.any, &touching.order, &touching.customer]).await?;
    Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
}

/// What events did, by event.
pub async fn effects(
    client: &impl GenericClient,
    events: &[&str],
) -> Result<HashMap<String, Vec<Effect>>, Failure> {
    let mut found: HashMap<String, Vec<Effect>> = HashMap::new();
    for row in client.query(EFFECTS, &[&events]).await? {
        found.entry(row.get("event_id")).or_default().push(Effect::from(&row));
    }
    Ok(found)
}

/// A page of events, newest first, of those that touched what is asked for.
pub async fn events(
    client: &impl GenericClient,
    filter: &Filter,
    touching: &Touching,
    before: Option<&Cursor>,
    limit: i64,
) -> Result<Vec<Event>, Failure> {
    let ids: Vec<&String> =
        [&touching.any, &touching.order, &touching.customer].into_iter().flatten().collect();
    match ids.len() {
        0 => return events::list(client, filter, before, limit).await,
        1 => {}
        _ => return Err(Failure::invalid("invalid_filter", "give one of q, order and customer")),
    }
    let found = aggregates(client, touching).await?;
    let (kinds, names): (Vec<String>, Vec<String>) = found.into_iter().unzip();
    let at = before.map(|c| c.received_at);
    let id = before.map(|c| c.id.as_str());
    let rows = client
        .query(
            EVENTS,
            &[&kinds, &names, &ids, &filter.kind, &filter.outcome, &filter.object, &at, &id, &limit],
        )
        .await?;
    Ok(rows.iter().map(Event::from).collect())
}
