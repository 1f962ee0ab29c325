//! Sweeps, the events that they missed, and how far polling has come, in the database.

use deadpool_postgres::GenericClient;
use jiff::Timestamp;
use serde::Serialize;
use tokio_postgres::Row;
use utoipa::ToSchema;

use super::listed_event::ListedEvent;
use super::window::Window;
use crate::common::error::ServiceError;

pub(crate) const UNKNOWN: &str = include_str!("sql/unknown.sql");
pub(crate) const NEWEST: &str = include_str!("sql/newest.sql");
pub(crate) const BEGIN: &str = include_str!("sql/begin.sql");
pub(crate) const ADVANCE: &str = include_str!("sql/advance.sql");
pub(crate) const FINISH: &str = include_str!("sql/finish.sql");
pub(crate) const INTERRUPT: &str = include_str!("sql/interrupt.sql");
pub(crate) const LIST: &str = include_str!("sql/list.sql");
pub(crate) const LOCK: &str = include_str!("sql/lock.sql");
pub(crate) const MISSED: &str = include_str!("sql/missed.sql");
pub(crate) const ACCOUNTS: &str = include_str!("sql/accounts.sql");
pub(crate) const FIRST_RECEIVED: &str = include_str!("sql/first_received.sql");
pub(crate) const POLLED: &str = include_str!("sql/polled.sql");
pub(crate) const SET_POLLED: &str = include_str!("sql/set_polled.sql");

/// One reading of a part of Stripe's list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Sweep {
    pub(crate) id: i64,
    /// The connected account; empty is the company's own.
    pub(crate) account: String,
    /// Events that Stripe made from this time on …
    pub(crate) since: Timestamp,
    /// … and before this time.
    pub(crate) until: Timestamp,
    /// The last event that was looked at; the list goes on after it.
    pub(crate) after_event: Option<String>,
    /// When Stripe made that one: everything from then to `until` has been looked at.
    pub(crate) reached: Timestamp,
    /// Events that Stripe listed.
    pub(crate) listed: i64,
    /// Of those, events that had never been received; they were published.
    pub(crate) missed: i64,
    pub(crate) started_at: Timestamp,
    pub(crate) finished_at: Option<Timestamp>,
    /// Why it was interrupted; it is resumed.
    pub(crate) error: Option<String>,
}

impl From<&Row> for Sweep {
    fn from(row: &Row) -> Sweep {
        Sweep {
            id: row.get("id"),
            account: row.get("account"),
            since: row.get("since"),
            until: row.get("until"),
            after_event: row.get("after_event"),
            reached: row.get("reached"),
            listed: row.get("listed"),
            missed: row.get("missed"),
            started_at: row.get("started_at"),
            finished_at: row.get("finished_at"),
            error: row.get("error"),
        }
    }
}

/// Takes a lock, until the connection ends.
pub(crate) async fn try_lock(client: &impl GenericClient, name: &str) -> Result<bool, ServiceError> {
    Ok(client.query_one(LOCK, &[&name]).await?.get("locked"))
}

/// Of these events, those that were never received, in the same order.
pub(crate) async fn unknown(
    client: &impl GenericClient,
    events: Vec<ListedEvent>,
) -> Result<Vec<ListedEvent>, ServiceError> {
    let ids: Vec<&str> = events.iter().map(|event| event.id.as_str()).collect();
    let rows = client.query(UNKNOWN, &[&ids]).await?;
    let unknown: std::collections::HashSet<String> = rows.iter().map(|row| row.get("id")).collect();
    Ok(events.into_iter().filter(|event| unknown.contains(&event.id)).collect())
}

/// The last sweep of an account.
pub(crate) async fn newest(
    client: &impl GenericClient,
    account: &str,
) -> Result<Option<Sweep>, ServiceError> {
    Ok(client.query_opt(NEWEST, &[&account]).await?.as_ref().map(Sweep::from))
}

pub(crate) async fn begin(
    client: &impl GenericClient,
    account: &str,
    window: Window,
) -> Result<Sweep, ServiceError> {
    Ok(Sweep::from(&client.query_one(BEGIN, &[&account, &window.since, &window.until]).await?))
}

/// A page of the list that was looked at.
#[derive(Debug)]
pub(crate) struct PageRead {
    /// Its last event, and when Stripe made it; none begins the list anew.
    pub(crate) last: Option<(String, Timestamp)>,
    pub(crate) listed: i64,
    pub(crate) missed: i64,
}

/// Notes that a page was looked at.
pub(crate) async fn advance(
    client: &impl GenericClient,
    id: i64,
    page: PageRead,
) -> Result<Sweep, ServiceError> {
    let (event, made) = page.last.unzip();
    Ok(Sweep::from(&client.query_one(ADVANCE, &[&id, &event, &made, &page.listed, &page.missed]).await?))
}

pub(crate) async fn finish(client: &impl GenericClient, id: i64) -> Result<Sweep, ServiceError> {
    Ok(Sweep::from(&client.query_one(FINISH, &[&id]).await?))
}

pub(crate) async fn interrupt(client: &impl GenericClient, id: i64, error: &str) -> Result<(), ServiceError> {
    client.execute(INTERRUPT, &[&id, &error]).await?;
    Ok(())
}

/// Notes which events were missing, before they are published.
pub(crate) async fn add_missed(
    client: &impl GenericClient,
    sweep: &Sweep,
    events: &[ListedEvent],
) -> Result<(), ServiceError> {
    let ids: Vec<&str> = events.iter().map(|event| event.id.as_str()).collect();
    let livemode: Vec<bool> = events.iter().map(|event| event.livemode).collect();
    let kinds: Vec<&str> = events.iter().map(|event| event.kind.as_str()).collect();
    let created: Vec<Timestamp> = events.iter().map(|event| event.created).collect();
    client.execute(MISSED, &[&sweep.id, &sweep.account, &ids, &livemode, &kinds, &created]).await?;
    Ok(())
}

/// Sweeps, newest first.
pub(crate) async fn list(
    client: &impl GenericClient,
    before: Option<i64>,
    most: i64,
) -> Result<Vec<Sweep>, ServiceError> {
    Ok(client.query(LIST, &[&before, &most]).await?.iter().map(Sweep::from).collect())
}

/// The connected accounts that events have come from.
pub(crate) async fn connected_accounts(client: &impl GenericClient) -> Result<Vec<String>, ServiceError> {
    Ok(client.query(ACCOUNTS, &[]).await?.iter().map(|row| row.get("account")).collect())
}

/// When the first event was received.
pub(crate) async fn first_received(client: &impl GenericClient) -> Result<Option<Timestamp>, ServiceError> {
    Ok(client.query_one(FIRST_RECEIVED, &[]).await?.get("at"))
}

/// How far an account has been polled.
pub(crate) async fn polled_through(
    client: &impl GenericClient,
    account: &str,
) -> Result<Option<Timestamp>, ServiceError> {
    Ok(client.query_opt(POLLED, &[&account]).await?.map(|row| row.get("polled_through")))
}

pub(crate) async fn set_polled_through(
    client: &impl GenericClient,
    account: &str,
    at: Timestamp,
) -> Result<(), ServiceError> {
    client.execute(SET_POLLED, &[&account, &at]).await?;
    Ok(())
}
