//! Dead letters in the database: finding and listing them here, storing them and the states they go through below.

use deadpool_postgres::GenericClient;
use jiff::Timestamp;
use serde::Serialize;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;
use utoipa::ToSchema;

use super::filter::DeadLetterFilter;
use super::state::DeadLetterState;
use crate::common::error::ServiceError;
use crate::common::origin::OriginFilter;
use crate::common::paging::Direction;
use crate::events::about::About;
use crate::masking::masked_members;

mod bodies;
mod groups;
mod intake;
mod states;

pub(crate) use bodies::{BODY_PART, FORMER_BODIES, FORMER_BODY, FormerBody};
pub(crate) use bodies::{body_part, former_bodies, former_body, show, show_up_to};
pub(crate) use groups::{DeadLetterGroup, GROUPS, GroupFilter, groups};
pub(crate) use intake::{EVENT, STORE};
pub(crate) use intake::{record_event, store};
pub(crate) use states::{ANSWERED, LOCK, STATE, UNSENT};
pub(crate) use states::{FormerState, LockedDeadLetter, lock, resolve_answered, set_state, unsent};

/// The statement, for tests that look at its plan.
pub(crate) const LIST: &str = concat!(
    include_str!("../sql/list.sql"),
    include_str!("../sql/filter.sql"),
    include_str!("../sql/list_older.sql")
);
pub(crate) const LIST_NEWER: &str = concat!(
    include_str!("../sql/list.sql"),
    include_str!("../sql/filter.sql"),
    include_str!("../sql/list_newer.sql")
);
pub(crate) const COUNT: &str = concat!(include_str!("../sql/count.sql"), include_str!("../sql/filter.sql"));
/// The statement, for tests that look at its plan.
pub(crate) const NAMING: &str = include_str!("../sql/naming.sql");
/// The statement, for tests that look at its plan.
pub(crate) const SHOW: &str = include_str!("../sql/show.sql");
pub(crate) const BY_EVENT: &str = include_str!("../sql/by_event.sql");
pub(crate) const OF_EVENT: &str = include_str!("../sql/of_event.sql");

/// A dead letter as lists show it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct DeadLetter {
    pub(crate) id: i64,
    pub(crate) event_id: String,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    /// Why: one of a closed list, unless another version wrote it.
    pub(crate) reason: String,
    /// The error in full.
    pub(crate) error: String,
    /// How many attempts it had.
    pub(crate) attempts: i32,
    /// What dead letters with the same cause have in common.
    pub(crate) fingerprint: String,
    /// The ingress endpoint it came in through.
    pub(crate) endpoint: Option<String>,
    /// When it was received.
    pub(crate) received_at: Option<Timestamp>,
    /// When it first failed.
    pub(crate) first_failed_at: Timestamp,
    /// When it became a dead letter.
    pub(crate) dead_at: Timestamp,
    pub(crate) state: DeadLetterState,
    pub(crate) state_at: Timestamp,
    /// How often it was replayed.
    pub(crate) replays: i32,
    /// The connected account; empty is the company's own. Account and mode are null where the body is no event.
    pub(crate) account: Option<String>,
    /// False: a test event.
    pub(crate) livemode: Option<bool>,
    /// Order, customer, payment and money that its body names.
    pub(crate) about: About,
}

impl DeadLetter {
    /// Its account and mode, as far as they are known.
    pub(crate) fn origin(&self) -> OriginFilter {
        OriginFilter { account: self.account.clone(), livemode: self.livemode }
    }
}

impl TryFrom<&Row> for DeadLetter {
    type Error = tokio_postgres::Error;

    fn try_from(row: &Row) -> Result<Self, Self::Error> {
        Ok(DeadLetter {
            id: row.get("id"),
            event_id: row.get("event_id"),
            kind: row.get("type"),
            reason: row.get("reason"),
            error: row.get("error"),
            attempts: row.get("attempts"),
            fingerprint: row.get("fingerprint"),
            endpoint: row.get("endpoint"),
            received_at: row.get("received_at"),
            first_failed_at: row.get("first_failed_at"),
            dead_at: row.get("dead_at"),
            state: row.try_get("state")?,
            state_at: row.get("state_at"),
            replays: row.get("replays"),
            account: row.get("account"),
            livemode: row.get("livemode"),
            about: About::read(row)?,
        })
    }
}

/// A page of dead letters, in the direction that is asked for.
pub(crate) async fn list(
    client: &impl GenericClient,
    filter: &DeadLetterFilter,
    direction: &Direction<i64>,
    limit: i64,
) -> Result<Vec<DeadLetter>, ServiceError> {
    let (parameters, from) = (filter.parameters(), direction.cursor());
    let statement = direction.choose(LIST, LIST_NEWER);
    let rows = client.query(statement, &with_more(&parameters, &[&from, &limit])).await?;
    Ok(rows.iter().map(DeadLetter::try_from).collect::<Result<_, _>>()?)
}

/// How many dead letters the filter matches.
pub(crate) async fn count(
    client: &impl GenericClient,
    filter: &DeadLetterFilter,
) -> Result<i64, ServiceError> {
    let parameters = filter.parameters();
    Ok(client.query_one(COUNT, &with_more(&parameters, &[])).await?.get("count"))
}

/// The parameters of a filter and those of the statement around it, as the client takes them.
pub(crate) fn with_more<'a>(
    filter: &'a [Box<dyn ToSql + Sync + Send>],
    more: &[&'a (dyn ToSql + Sync)],
) -> Vec<&'a (dyn ToSql + Sync)> {
    let filter = filter.iter().map(|parameter| parameter.as_ref() as &(dyn ToSql + Sync));
    filter.chain(more.iter().copied()).collect()
}

/// Dead letters that name exactly this id and may be of the account and mode, the newest first.
pub(crate) async fn naming(
    client: &impl GenericClient,
    id: &str,
    origin: &OriginFilter,
    limit: i64,
) -> Result<Vec<DeadLetter>, ServiceError> {
    let rows = client.query(NAMING, &[&id, &origin.account, &origin.livemode, &limit]).await?;
    Ok(rows.iter().map(DeadLetter::try_from).collect::<Result<_, _>>()?)
}

/// The dead letter of an event.
pub(crate) async fn of_event(
    client: &impl GenericClient,
    event_id: &str,
) -> Result<Option<DeadLetter>, ServiceError> {
    let row = client.query_opt(BY_EVENT, &[&event_id]).await?;
    Ok(row.as_ref().map(DeadLetter::try_from).transpose()?)
}

/// The dead letter of an event that has not taken effect.
pub(crate) async fn open_of_event(
    client: &impl GenericClient,
    event_id: &str,
) -> Result<Option<i64>, ServiceError> {
    let row = client.query_opt(OF_EVENT, &[&event_id]).await?;
    Ok(row.map(|row| row.get("id")))
}

masked_members! {
    DeadLetter: event_id, kind, reason, error, endpoint, account, about;
}
