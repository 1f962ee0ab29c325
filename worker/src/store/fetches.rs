//! The rows of `object_fetches`: objects of which the events do not say enough.

use std::collections::{BTreeSet, HashSet};
use std::time::Duration;

use deadpool_postgres::{Pool, Transaction};
use domain::doubt::Doubt;
use domain::origin::Origin;
use jiff::{SignedDuration, Timestamp};

use super::error::StoreError;

const REQUEST: &str = include_str!("sql/request_fetches.sql");
const DUE: &str = include_str!("sql/due_fetches.sql");
const DONE: &str = include_str!("sql/fetch_done.sql");
const FAILED: &str = include_str!("sql/fetch_failed.sql");
const TOOK_EFFECT: &str = include_str!("sql/took_effect.sql");

/// How long after the events an object is fetched: the missing one may come by itself, and Stripe's answer must be newer
/// than all of them.
const AFTER_EVENTS: SignedDuration = SignedDuration::from_secs(10);

/// The same where the doubt remained after a fetch.
const AFTER_A_FETCH: SignedDuration = SignedDuration::from_mins(5);

/// What is open about a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenPayment {
    /// It does not count for its order.
    pub held: bool,
    /// Its events do not prove the newest version of one of its objects.
    pub ambiguous: bool,
}

/// An object that is due.
#[derive(Debug)]
pub struct DueFetch {
    pub origin: Origin,
    /// What `object` says in it.
    pub object: String,
    pub id: String,
    /// Attempts so far, this one included.
    pub attempts: i32,
    /// The API version of its newest event.
    pub version: Option<String>,
    /// Of a payment intent: what is open about its payment by now.
    pub payment: Option<OpenPayment>,
    /// Until when nobody else fetches it.
    leased_until: Timestamp,
}

/// Asks for objects to be fetched. `after_events`: events raised the doubt, and no answer of Stripe's.
///
/// # Errors
/// [`StoreError`] from PostgreSQL.
pub(crate) async fn request_fetches(
    tx: &Transaction<'_>,
    doubts: &BTreeSet<(Origin, Doubt)>,
    after_events: bool,
    now: Timestamp,
) -> Result<(), StoreError> {
    if doubts.is_empty() {
        return Ok(());
    }
    let accounts: Vec<&str> = doubts.iter().map(|(origin, _)| origin.account.as_str()).collect();
    let modes: Vec<bool> = doubts.iter().map(|(origin, _)| origin.livemode).collect();
    let objects: Vec<&str> = doubts.iter().map(|(_, doubt)| doubt.object).collect();
    let ids: Vec<&str> = doubts.iter().map(|(_, doubt)| doubt.id.as_str()).collect();
    let wait = if after_events { AFTER_EVENTS } else { AFTER_A_FETCH };
    let due = now.saturating_add(wait).unwrap_or(Timestamp::MAX);
    let statement = tx.prepare_cached(REQUEST).await?;
    tx.execute(&statement, &[&accounts, &modes, &objects, &ids, &due]).await?;
    Ok(())
}

/// Takes the objects that are due, for five minutes.
///
/// # Errors
/// [`StoreError`] from PostgreSQL.
pub async fn due_fetches(pool: &Pool, limit: i64) -> Result<Vec<DueFetch>, StoreError> {
    let client = pool.get().await?;
    let rows = client.query(&client.prepare_cached(DUE).await?, &[&limit]).await?;
    let due = rows.iter().map(|row| DueFetch {
        origin: Origin { account: row.get(0), livemode: row.get(1) },
        object: row.get(2),
        id: row.get(3),
        attempts: row.get(4),
        leased_until: row.get(5),
        version: row.get(6),
        payment: Option::zip(row.get(7), row.get(8)).map(|(held, ambiguous)| OpenPayment { held, ambiguous }),
    });
    Ok(due.collect())
}

/// The answer is on its way. A doubt that was raised meanwhile stays.
///
/// # Errors
/// [`StoreError`] from PostgreSQL.
pub async fn fetch_done(pool: &Pool, due: &DueFetch) -> Result<(), StoreError> {
    let client = pool.get().await?;
    let Origin { account, livemode } = &due.origin;
    let statement = client.prepare_cached(DONE).await?;
    client.execute(&statement, &[account, livemode, &due.id, &due.leased_until]).await?;
    Ok(())
}

/// There is no answer yet.
///
/// # Errors
/// [`StoreError`] from PostgreSQL.
pub async fn fetch_failed(
    pool: &Pool,
    due: &DueFetch,
    error: &str,
    wait: Duration,
) -> Result<(), StoreError> {
    let client = pool.get().await?;
    let Origin { account, livemode } = &due.origin;
    let statement = client.prepare_cached(FAILED).await?;
    let seconds = wait.as_secs_f64();
    client.execute(&statement, &[account, livemode, &due.id, &due.leased_until, &error, &seconds]).await?;
    Ok(())
}

/// Which of these events have taken effect.
///
/// # Errors
/// [`StoreError`] from PostgreSQL.
pub async fn took_effect(pool: &Pool, events: &[&str]) -> Result<HashSet<String>, StoreError> {
    let client = pool.get().await?;
    let rows = client.query(&client.prepare_cached(TOOK_EFFECT).await?, &[&events]).await?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}
