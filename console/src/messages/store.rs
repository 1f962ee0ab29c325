//! Messages and their deliveries in the database. Reads only, but for what [`super::resend`] asks for.

use deadpool_postgres::GenericClient;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;
use utoipa::ToSchema;

use super::state::DeliveryState;
use crate::common::error::ServiceError;
use crate::common::origin::OriginFilter;
use crate::common::paging::Direction;
use crate::masking::masked_members;

pub(crate) const LIST: &str =
    concat!(include_str!("sql/list.sql"), include_str!("sql/filter.sql"), include_str!("sql/older.sql"));
pub(crate) const LIST_NEWER: &str =
    concat!(include_str!("sql/list.sql"), include_str!("sql/filter.sql"), include_str!("sql/newer.sql"));
pub(crate) const LIST_OPEN: &str =
    concat!(include_str!("sql/list_open.sql"), include_str!("sql/filter.sql"), include_str!("sql/older.sql"));
pub(crate) const LIST_OPEN_NEWER: &str =
    concat!(include_str!("sql/list_open.sql"), include_str!("sql/filter.sql"), include_str!("sql/newer.sql"));
pub(crate) const NAMED: &str = include_str!("sql/named.sql");
pub(crate) const SHOW: &str = include_str!("sql/show.sql");
pub(crate) const DELIVERIES: &str = include_str!("sql/deliveries.sql");
pub(crate) const LOCK: &str = include_str!("sql/lock.sql");
pub(crate) const RESEND: &str = include_str!("sql/resend.sql");

/// A message on its way to one destination.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Delivery {
    /// `amqp` is the exchange; the others are HTTP endpoints.
    pub(crate) destination: String,
    pub(crate) state: DeliveryState,
    pub(crate) attempts: i32,
    /// When it is tried next, while it waits after a failure. A destination that is paused gets nothing.
    pub(crate) next_attempt_at: Option<Timestamp>,
    pub(crate) last_error: Option<String>,
    pub(crate) sent_at: Option<Timestamp>,
}

/// A message and where it stands at each destination.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct MessageRow {
    pub(crate) id: i64,
    /// The topic and what it is about: unique within an account and mode.
    pub(crate) key: String,
    /// The connected account; empty is the company's own.
    pub(crate) account: String,
    pub(crate) livemode: bool,
    pub(crate) topic: String,
    /// True: its condition stays true. False: it was true when it was written.
    pub(crate) lasting: bool,
    pub(crate) created_at: Timestamp,
    pub(crate) deliveries: Vec<Delivery>,
}

impl MessageRow {
    /// How it stands at a destination, if it is for it.
    pub(crate) fn delivery(&self, destination: &str) -> Option<&Delivery> {
        self.deliveries.iter().find(|delivery| delivery.destination == destination)
    }
}

impl From<&Row> for MessageRow {
    fn from(row: &Row) -> Self {
        MessageRow {
            id: row.get("id"),
            key: row.get("key"),
            account: row.get("account"),
            livemode: row.get("livemode"),
            topic: row.get("topic"),
            lasting: row.get("lasting"),
            created_at: row.get("created_at"),
            deliveries: Vec::new(),
        }
    }
}

/// Which messages are asked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct MessageFilter {
    pub(crate) topic: Option<String>,
    /// Those that stand so at one of their destinations, or at the one that is named.
    pub(crate) state: Option<DeliveryState>,
    pub(crate) destination: Option<String>,
    /// Written then or later.
    pub(crate) since: Option<Timestamp>,
    /// Written before.
    pub(crate) until: Option<Timestamp>,
    /// A key, or the id of what the message is about.
    pub(crate) q: Option<String>,
    pub(crate) origin: OriginFilter,
}

/// The newest messages with this key, or about what has this id.
pub(crate) async fn named(client: &impl GenericClient, q: &str) -> Result<Vec<i64>, ServiceError> {
    let topics: Vec<&str> = domain::message::TOPICS.iter().map(|topic| topic.name).collect();
    Ok(client.query(NAMED, &[&q, &topics]).await?.iter().map(|row| row.get("id")).collect())
}

/// A page of messages, in the direction that is asked for; of `ids` where they are given. Without their deliveries.
pub(crate) async fn list(
    client: &impl GenericClient,
    filter: &MessageFilter,
    ids: Option<&[i64]>,
    direction: &Direction<i64>,
    limit: i64,
) -> Result<Vec<MessageRow>, ServiceError> {
    let MessageFilter { topic, state, destination, since, until, origin, .. } = filter;
    let statement = match state {
        Some(DeliveryState::Pending | DeliveryState::Failed) => direction.choose(LIST_OPEN, LIST_OPEN_NEWER),
        Some(DeliveryState::Sent | DeliveryState::Skipped) | None => direction.choose(LIST, LIST_NEWER),
    };
    let from = direction.cursor();
    let parameters: [&(dyn ToSql + Sync); 10] =
        [&ids, topic, since, until, &origin.account, &origin.livemode, state, destination, &from, &limit];
    Ok(client.query(statement, &parameters).await?.iter().map(MessageRow::from).collect())
}

/// One message with its data; without its deliveries.
pub(crate) async fn show(
    client: &impl GenericClient,
    id: i64,
) -> Result<Option<(MessageRow, Value)>, ServiceError> {
    let row = client.query_opt(SHOW, &[&id]).await?;
    Ok(row.map(|row| (MessageRow::from(&row), row.get("payload"))))
}

/// Puts their deliveries to the messages.
pub(crate) async fn deliveries(
    client: &impl GenericClient,
    messages: &mut [MessageRow],
) -> Result<(), ServiceError> {
    let ids: Vec<i64> = messages.iter().map(|message| message.id).collect();
    for row in client.query(DELIVERIES, &[&ids]).await? {
        let id: i64 = row.get("outbox_id");
        let delivery = Delivery {
            destination: row.get("destination"),
            state: row.try_get("state")?,
            attempts: row.get("attempts"),
            next_attempt_at: row.get("next_attempt_at"),
            last_error: row.get("last_error"),
            sent_at: row.get("sent_at"),
        };
        if let Some(message) = messages.iter_mut().find(|message| message.id == id) {
            message.deliveries.push(delivery);
        }
    }
    Ok(())
}

/// Keeps others from sending a message again until the transaction ends.
pub(crate) async fn lock(client: &impl GenericClient, id: i64) -> Result<(), ServiceError> {
    client.execute(LOCK, &[&id]).await?;
    Ok(())
}

/// Sends a message to a destination once more, or at last.
pub(crate) async fn resend(
    client: &impl GenericClient,
    id: i64,
    destination: &str,
) -> Result<(), ServiceError> {
    client.execute(RESEND, &[&id, &destination]).await?;
    Ok(())
}

masked_members! {
    Delivery: last_error;
    MessageRow: key, deliveries;
}
