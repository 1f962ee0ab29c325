//! What events would lead to, together: the real code in a transaction that is rolled back.
//!
//! It must never leave a trace: nothing is committed, nothing is published.

use amqp::message::EventHeaders;
use deadpool_postgres::{Pool, Transaction};
use domain::rejection::Rejection;
use domain::retry::Schedule;
use domain::rules::Rules;
use jiff::Timestamp;

use crate::isolation;
use crate::process::{Disposition, InboundEvent, run};
use crate::store::{Incoming, StoreError};

/// What a reader sees before and after.
#[derive(Debug)]
pub struct Rehearsal<T> {
    /// As it is.
    pub before: T,
    /// As it would be.
    pub after: T,
    /// The first event that would not take effect, and why.
    pub rejected: Option<Rejection>,
}

/// Runs the events in `bodies` as one batch, has `read` look at the database before and after, and rolls back.
///
/// # Errors
/// [`StoreError`] from PostgreSQL.
pub async fn rehearse<T>(
    pool: &Pool,
    bodies: Vec<Vec<u8>>,
    rules: &Rules,
    read: impl AsyncFn(&Transaction<'_>) -> Result<T, StoreError>,
) -> Result<Rehearsal<T>, StoreError> {
    let headers =
        EventHeaders { replay_of: Some("rehearsal".to_owned()), ..EventHeaders::received(Timestamp::now()) };
    let inbound: Vec<InboundEvent> =
        bodies.into_iter().map(|body| InboundEvent::new(headers.clone(), body, rules)).collect();
    let mut rejected = inbound.iter().find_map(|inbound| inbound.event.as_ref().err().cloned());
    let prepared = inbound.iter().filter_map(|one| Some((one, one.event.as_ref().ok()?)));
    let incoming: Vec<Incoming<'_>> = prepared
        .map(|(one, prepared)| Incoming { prepared, body: &one.body, headers: &one.headers })
        .collect();
    let mut client = pool.get().await?;
    let mut tx = client.transaction().await?;
    let attempt = tx.savepoint("rehearsal").await?;
    let done = isolation::transaction(run(&attempt, &incoming, rules, &Schedule::new(Vec::new()))).await?;
    let after = read(&attempt).await?;
    attempt.rollback().await?;
    let before = read(&tx).await?;
    tx.rollback().await?;
    rejected = rejected.or_else(|| done.dispositions.into_iter().find_map(rejection));
    Ok(Rehearsal { before, after, rejected })
}

fn rejection(disposition: Disposition) -> Option<Rejection> {
    match disposition {
        Disposition::DeadLetter(rejection) | Disposition::Retry { rejection, .. } => Some(rejection),
        Disposition::Ack(_) => None,
    }
}
