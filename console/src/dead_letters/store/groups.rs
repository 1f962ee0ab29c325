//! Dead letters with the same cause.

use deadpool_postgres::GenericClient;
use jiff::Timestamp;
use serde::Serialize;
use tokio_postgres::Row;
use utoipa::ToSchema;

use crate::common::error::ServiceError;
use crate::common::origin::OriginFilter;
use crate::dead_letters::state::DeadLetterState;
use crate::events::about::About;
use crate::masking::masked_members;

/// The statement, for tests that look at its plan.
pub(crate) const GROUPS: &str = include_str!("../sql/groups.sql");

/// Dead letters with the same cause.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct DeadLetterGroup {
    /// What they have in common.
    pub(crate) fingerprint: String,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) reason: String,
    /// The error of the newest.
    pub(crate) error: String,
    pub(crate) newest: i64,
    /// Order, customer, payment and money that the newest names.
    pub(crate) about: About,
    /// The account and mode of the newest.
    pub(crate) account: Option<String>,
    pub(crate) livemode: Option<bool>,
    pub(crate) count: i64,
    /// When the first became one.
    pub(crate) first_seen: Timestamp,
    /// When the last became one.
    pub(crate) last_seen: Timestamp,
    /// How many there were on each of the last 30 days, the oldest day first, which also has all that is older.
    pub(crate) days: Vec<i64>,
}

const DAYS: usize = 30;

impl TryFrom<&Row> for DeadLetterGroup {
    type Error = tokio_postgres::Error;

    fn try_from(row: &Row) -> Result<Self, Self::Error> {
        let mut days = vec![0; DAYS];
        let (ages, counts): (Vec<i32>, Vec<i64>) = (row.get("ages"), row.get("counts"));
        for (age, count) in ages.into_iter().zip(counts) {
            days[DAYS - 1 - usize::try_from(age).unwrap_or(0).min(DAYS - 1)] += count;
        }
        Ok(DeadLetterGroup {
            fingerprint: row.get("fingerprint"),
            kind: row.get("type"),
            reason: row.get("reason"),
            error: row.get("error"),
            newest: row.get("newest"),
            count: row.get("count"),
            first_seen: row.get("first_seen"),
            last_seen: row.get("last_seen"),
            days,
            about: About::read(row)?,
            account: row.get("account"),
            livemode: row.get("livemode"),
        })
    }
}

/// Which groups are asked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct GroupFilter {
    /// Open ones where none is named.
    pub(crate) state: Option<DeadLetterState>,
    pub(crate) kind: Option<String>,
    pub(crate) reason: Option<String>,
    pub(crate) origin: OriginFilter,
}

/// Groups of dead letters, the largest first.
pub(crate) async fn groups(
    client: &impl GenericClient,
    filter: &GroupFilter,
    limit: i64,
) -> Result<Vec<DeadLetterGroup>, ServiceError> {
    let GroupFilter { state, kind, reason, origin } = filter;
    let state = state.unwrap_or(DeadLetterState::Open);
    let rows =
        client.query(GROUPS, &[&state, kind, reason, &origin.account, &origin.livemode, &limit]).await?;
    Ok(rows.iter().map(DeadLetterGroup::try_from).collect::<Result<_, _>>()?)
}

masked_members! {
    DeadLetterGroup: kind, reason, error, about, account;
}
