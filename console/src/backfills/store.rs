//! Backfills and how far each has come, in the database.

use deadpool_postgres::GenericClient;
use jiff::Timestamp;
use serde::Serialize;
use tokio_postgres::Row;

use crate::common::error::ServiceError;

pub(crate) const LIST: &str = include_str!("sql/list.sql");
pub(crate) const NEWEST: &str = include_str!("sql/newest.sql");
pub(crate) const BEGIN: &str = include_str!("sql/begin.sql");
pub(crate) const ADVANCE: &str = include_str!("sql/advance.sql");
pub(crate) const FINISH: &str = include_str!("sql/finish.sql");
pub(crate) const INTERRUPT: &str = include_str!("sql/interrupt.sql");

/// One reading of one of Stripe's lists of objects.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Backfill {
    pub(crate) id: i64,
    /// The connected account; empty is the company's own.
    pub(crate) account: String,
    /// The kind of object, as Stripe names it.
    pub(crate) object: String,
    /// Objects that Stripe made from then on; none: all.
    pub(crate) since: Option<Timestamp>,
    /// Whether the messages that the objects call for are sent.
    pub(crate) messages: bool,
    /// The last object that was taken in; the list goes on after it.
    pub(crate) after_object: Option<String>,
    /// When Stripe made that one.
    pub(crate) reached: Option<Timestamp>,
    /// Objects that were taken in.
    pub(crate) listed: i64,
    pub(crate) started_at: Timestamp,
    pub(crate) finished_at: Option<Timestamp>,
    /// Why it was interrupted; it is resumed.
    pub(crate) error: Option<String>,
}

impl From<&Row> for Backfill {
    fn from(row: &Row) -> Backfill {
        Backfill {
            id: row.get("id"),
            account: row.get("account"),
            object: row.get("object"),
            since: row.get("since"),
            messages: row.get("messages"),
            after_object: row.get("after_object"),
            reached: row.get("reached"),
            listed: row.get("listed"),
            started_at: row.get("started_at"),
            finished_at: row.get("finished_at"),
            error: row.get("error"),
        }
    }
}

/// The backfill of a kind of object of an account within a run.
pub(crate) async fn newest(
    client: &impl GenericClient,
    run: i64,
    account: &str,
    object: &str,
) -> Result<Option<Backfill>, ServiceError> {
    Ok(client.query_opt(NEWEST, &[&run, &account, &object]).await?.as_ref().map(Backfill::from))
}

/// Backfills, newest first.
pub(crate) async fn list(client: &impl GenericClient, most: i64) -> Result<Vec<Backfill>, ServiceError> {
    Ok(client.query(LIST, &[&most]).await?.iter().map(Backfill::from).collect())
}

/// Begins one, as the run says.
pub(crate) async fn begin(
    client: &impl GenericClient,
    run: i64,
    account: &str,
    object: &str,
) -> Result<Backfill, ServiceError> {
    Ok(Backfill::from(&client.query_one(BEGIN, &[&run, &account, &object]).await?))
}

/// Notes that a page was taken in, up to an object that Stripe made at `reached`.
pub(crate) async fn advance(
    client: &impl GenericClient,
    id: i64,
    last: Option<&str>,
    reached: Option<Timestamp>,
    listed: usize,
) -> Result<Backfill, ServiceError> {
    let listed = i64::try_from(listed).unwrap_or(i64::MAX);
    Ok(Backfill::from(&client.query_one(ADVANCE, &[&id, &last, &reached, &listed]).await?))
}

pub(crate) async fn finish(client: &impl GenericClient, id: i64) -> Result<Backfill, ServiceError> {
    Ok(Backfill::from(&client.query_one(FINISH, &[&id]).await?))
}

pub(crate) async fn interrupt(client: &impl GenericClient, id: i64, error: &str) -> Result<(), ServiceError> {
    client.execute(INTERRUPT, &[&id, &error]).await?;
    Ok(())
}
