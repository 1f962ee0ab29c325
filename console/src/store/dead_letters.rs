//! Dead letters in the database: storing, listing, and the states they go through.

use deadpool_postgres::GenericClient;
use jiff::Timestamp;
use serde::Serialize;
use tokio_postgres::Row;
use utoipa::ToSchema;

use crate::failure::Failure;
use crate::letter::Letter;
use crate::paging;

pub(crate) const STORE: &str = include_str!("../../sql/dead_letter_store.sql");
pub(crate) const EVENT: &str = include_str!("../../sql/dead_letter_event.sql");
/// The statement, for tests that look at its plan.
pub const LIST: &str = concat!(
    include_str!("../../sql/dead_letter_list.sql"),
    include_str!("../../sql/dead_letter_filter.sql"),
    include_str!("../../sql/dead_letter_list_page.sql")
);
pub(crate) const COUNT: &str = concat!(
    include_str!("../../sql/dead_letter_count.sql"),
    include_str!("../../sql/dead_letter_filter.sql")
);
/// The statement, for tests that look at its plan.
pub const GROUPS: &str = include_str!("../../sql/dead_letter_groups.sql");
/// The statement, for tests that look at its plan.
pub const SHOW: &str = include_str!("../../sql/dead_letter_show.sql");
pub(crate) const LOCK: &str = include_str!("../../sql/dead_letter_lock.sql");
pub(crate) const BY_EVENT: &str = include_str!("../../sql/dead_letter_by_event.sql");
pub(crate) const OF_EVENT: &str = include_str!("../../sql/dead_letter_of_event.sql");
pub(crate) const STATE: &str = include_str!("../../sql/dead_letter_state.sql");
pub(crate) const UNSENT: &str = include_str!("../../sql/dead_letter_unsent.sql");

/// A dead letter as lists show it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DeadLetter {
    /// Its number.
    pub id: i64,
    /// The Stripe event.
    pub event_id: String,
    /// The event's type.
    #[serde(rename = "type")]
    pub kind: String,
    /// Why it died, one of a closed list.
    pub reason: String,
    /// The error in full.
    pub error: String,
    /// How often it was tried.
    pub attempts: i32,
    /// What letters that died of the same thing have in common.
    pub fingerprint: String,
    /// The ingress endpoint it came in through.
    pub endpoint: Option<String>,
    /// When it was received.
    pub received_at: Option<Timestamp>,
    /// When it first failed.
    pub first_failed_at: Timestamp,
    /// When it was given up.
    pub dead_at: Timestamp,
    /// `open`, `replayed`, `resolved` or `discarded`.
    pub state: String,
    /// Since when.
    pub state_at: Timestamp,
    /// How often it was replayed.
    pub replays: i32,
}

impl From<&Row> for DeadLetter {
    fn from(row: &Row) -> Self {
        DeadLetter {
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
            state: row.get("state"),
            state_at: row.get("state_at"),
            replays: row.get("replays"),
        }
    }
}

/// Which dead letters.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, serde::Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DeadLetterFilter)]
pub struct Filter {
    /// Event type.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 255)]
    pub kind: Option<String>,
    /// Reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 255)]
    pub reason: Option<String>,
    /// Fingerprint of a group.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 255)]
    pub fingerprint: Option<String>,
    /// State.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^(open|replayed)$")]
    pub state: Option<String>,
    /// An id that the letter names, or a part of its event id, type, reason or error.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 255)]
    pub q: Option<String>,
    /// Dead at this time or later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// Dead before this time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

impl Filter {
    /// The filter, refused where PostgreSQL could not search for it or a state is none.
    pub fn checked(self) -> Result<Filter, Failure> {
        Ok(Filter {
            kind: paging::text("type", self.kind)?,
            reason: paging::text("reason", self.reason)?,
            fingerprint: paging::text("fingerprint", self.fingerprint)?,
            state: paging::one_of("state", self.state, &paging::STATES)?,
            q: paging::text("q", self.q)?,
            since: self.since,
            until: self.until,
        })
    }

    /// The text as an `ILIKE` pattern that matches it literally.
    pub(crate) fn pattern(&self) -> Option<String> {
        let escaped = |q: &String| q.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        self.q.as_ref().map(|q| format!("%{}%", escaped(q)))
    }
}

/// Stores a letter; true when it was new or died anew, false when it was stored already.
pub async fn store(
    client: &impl GenericClient,
    l: &Letter,
    now: Timestamp,
) -> Result<bool, tokio_postgres::Error> {
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
            ],
        )
        .await?;
    Ok(row.is_some())
}

/// Records in `events` what no worker could record: the broker's own dead letters.
pub async fn record_event(
    client: &impl GenericClient,
    l: &Letter,
    now: Timestamp,
) -> Result<(), tokio_postgres::Error> {
    let (Some(envelope), Some(text)) = (&l.envelope, l.json_text()) else { return Ok(()) };
    let created = Timestamp::from_second(envelope.created).unwrap_or(now);
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
            ],
        )
        .await?;
    Ok(())
}

/// A page of letters, newest first, before the letter `before`.
pub async fn list(
    client: &impl GenericClient,
    filter: &Filter,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<DeadLetter>, Failure> {
    let rows = client
        .query(
            LIST,
            &[
                &filter.kind,
                &filter.reason,
                &filter.fingerprint,
                &filter.state,
                &filter.q,
                &filter.pattern(),
                &filter.since,
                &filter.until,
                &before,
                &limit,
            ],
        )
        .await?;
    Ok(rows.iter().map(DeadLetter::from).collect())
}

/// One letter with the bytes as they were received.
pub async fn show(client: &impl GenericClient, id: i64) -> Result<Option<(DeadLetter, Vec<u8>)>, Failure> {
    let row = client.query_opt(SHOW, &[&id]).await?;
    Ok(row.map(|row| (DeadLetter::from(&row), row.get("payload"))))
}

/// A letter that is about to be replayed or discarded, its row locked.
#[derive(Debug)]
pub struct Locked {
    /// Its number.
    pub id: i64,
    /// The Stripe event.
    pub event_id: String,
    /// The event's type.
    pub kind: String,
    /// The bytes as they were received.
    pub payload: Vec<u8>,
    /// The ingress endpoint it came in through.
    pub endpoint: Option<String>,
    /// When it was received.
    pub received_at: Option<Timestamp>,
    /// Its state.
    pub state: String,
    /// The outcome of its event, when the event is recorded.
    pub outcome: Option<String>,
}

/// Locks a letter's row until the transaction ends.
pub async fn lock(client: &impl GenericClient, id: i64) -> Result<Option<Locked>, Failure> {
    Ok(client.query_opt(LOCK, &[&id]).await?.as_ref().map(Locked::from))
}

impl From<&Row> for Locked {
    fn from(row: &Row) -> Self {
        Locked {
            id: row.get("id"),
            event_id: row.get("event_id"),
            kind: row.get("type"),
            payload: row.get("payload"),
            endpoint: row.get("endpoint"),
            received_at: row.get("received_at"),
            state: row.get("state"),
            outcome: row.get("outcome"),
        }
    }
}

/// Letters that died of the same thing.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Group {
    /// What they have in common.
    pub fingerprint: String,
    /// Their event type.
    #[serde(rename = "type")]
    pub kind: String,
    /// Their reason.
    pub reason: String,
    /// The error of the newest.
    pub error: String,
    /// The newest.
    pub newest: i64,
    /// How many.
    pub count: i64,
    /// When the first died.
    pub first_seen: Timestamp,
    /// When the last died.
    pub last_seen: Timestamp,
    /// How many died on each of the last 30 days, the oldest day first, which also has all that is older.
    pub days: Vec<i64>,
}

const DAYS: usize = 30;

impl From<&Row> for Group {
    fn from(row: &Row) -> Self {
        let mut days = vec![0; DAYS];
        let (ages, counts): (Vec<i32>, Vec<i64>) = (row.get("ages"), row.get("counts"));
        for (age, count) in ages.into_iter().zip(counts) {
            days[DAYS - 1 - usize::try_from(age).unwrap_or(0).min(DAYS - 1)] += count;
        }
        Group {
            fingerprint: row.get("fingerprint"),
            kind: row.get("type"),
            reason: row.get("reason"),
            error: row.get("error"),
            newest: row.get("newest"),
            count: row.get("count"),
            first_seen: row.get("first_seen"),
            last_seen: row.get("last_seen"),
            days,
        }
    }
}

/// Groups of letters, the largest first.
pub async fn groups(
    client: &impl GenericClient,
    state: Option<&str>,
    kind: Option<&str>,
    reason: Option<&str>,
    limit: i64,
) -> Result<Vec<Group>, Failure> {
    let rows = client.query(GROUPS, &[&state, &kind, &reason, &limit]).await?;
    Ok(rows.iter().map(Group::from).collect())
}

/// How many letters the filter takes in.
pub async fn count(client: &impl GenericClient, f: &Filter) -> Result<i64, Failure> {
    let row = client
        .query_one(
            COUNT,
            &[&f.kind, &f.reason, &f.fingerprint, &f.state, &f.q, &f.pattern(), &f.since, &f.until],
        )
        .await?;
    Ok(row.get("count"))
}

/// The letter of an event.
pub async fn of_event(client: &impl GenericClient, event_id: &str) -> Result<Option<DeadLetter>, Failure> {
    let row = client.query_opt(BY_EVENT, &[&event_id]).await?;
    Ok(row.as_ref().map(DeadLetter::from))
}

/// The letter of an event that has not taken effect.
pub async fn open_of_event(client: &impl GenericClient, event_id: &str) -> Result<Option<i64>, Failure> {
    let row = client.query_opt(OF_EVENT, &[&event_id]).await?;
    Ok(row.map(|row| row.get("id")))
}

/// Sets the state, and counts a replay where `replays` is 1.
pub async fn set_state(
    client: &impl GenericClient,
    id: i64,
    state: &str,
    replays: i32,
) -> Result<(), Failure> {
    client.execute(STATE, &[&id, &state, &replays]).await?;
    Ok(())
}

/// Takes back a replay that the broker did not take.
pub async fn unsent(client: &impl GenericClient, id: i64) -> Result<(), Failure> {
    client.execute(UNSENT, &[&id]).await?;
    Ok(())
}
