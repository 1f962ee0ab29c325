//! One batch of events, one transaction: claim, lock and load, decide, save, commit.
//!
//! Owns the isolation of the one bad event: a batch that fails for an event's own reason is run again
//! event by event. It must never settle a delivery with the broker; it says what is to be done.

use std::collections::{HashMap, HashSet};

use deadpool_postgres::Pool;
use jiff::{SignedDuration, Timestamp};

use crate::isolation;
use crate::spans;
use crate::store::{self, ErrorClass, Incoming, RejectedEvent, StoreError, classify};
use domain::decide::{Decision, Prepared, decide};
use domain::effect::Effect;
use domain::grace;
use domain::handlers::Intent;
use domain::keys::Keys;
use domain::message::Message;
use domain::references::references;
use domain::rejection::{Reason, Rejection};
use domain::retry::Schedule;
use domain::rules::Rules;
use domain::state::State;
use service::error::chain;

use tracing::Instrument as _;

pub use crate::disposition::{AckReason, Disposition};
pub use crate::inbound_event::InboundEvent;

/// What a batch needs to be processed.
#[derive(Clone)]
pub struct Engine {
    pub pool: Pool,
    /// What decisions depend on.
    pub rules: Rules,
    /// When an event is tried again.
    pub schedule: Schedule,
}

impl Engine {
    /// Asks whether the database answers.
    ///
    /// # Errors
    /// [`StoreError`] when it does not.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.pool.get().await?.simple_query("").await?;
        Ok(())
    }

    /// Processes a batch and says what is to be done with each delivery, in the same order.
    ///
    /// # Errors
    /// [`StoreError`] when the database is unavailable: nothing was decided, the batch must be tried again.
    pub async fn process(&self, events: &[InboundEvent]) -> Result<Vec<Disposition>, StoreError> {
        let mut dispositions = vec![Disposition::Ack(AckReason::Duplicate); events.len()];
        let mut seen = HashSet::new();
        let mut batch = Vec::with_capacity(events.len());
        for (index, inbound) in events.iter().enumerate() {
            match &inbound.event {
                Err(rejection) => dispositions[index] = Disposition::DeadLetter(rejection.clone()),
                Ok(prepared) if seen.insert(prepared.event.id.as_str()) => {
                    batch.push((index, inbound, prepared))
                }
                Ok(_) => {}
            }
        }
        for (index, disposition) in self.batch(&batch).await? {
            dispositions[index] = disposition;
        }
        Ok(dispositions)
    }

    async fn batch(
        &self,
        batch: &[(usize, &InboundEvent, &Prepared)],
    ) -> Result<Vec<(usize, Disposition)>, StoreError> {
        if batch.is_empty() {
            return Ok(Vec::new());
        }
        let incoming: Vec<Incoming<'_>> =
            batch.iter().map(|(_, inbound, prepared)| Incoming::new(inbound, prepared)).collect();
        match self.transaction(&incoming).await {
            Ok(dispositions) => {
                return Ok(batch.iter().map(|(index, ..)| *index).zip(dispositions).collect());
            }
            Err(error) if classify(&error) == ErrorClass::Database => return Err(error),
            Err(error) => tracing::debug!(
                error = chain(&error),
                events = batch.len(),
                "isolating the bad event of a batch"
            ),
        }
        let mut dispositions = Vec::with_capacity(batch.len());
        for ((index, ..), one) in batch.iter().zip(&incoming) {
            dispositions.push((*index, self.alone(one).instrument(spans::incoming(one)).await?));
        }
        Ok(dispositions)
    }

    /// Processes one event by itself; what still fails is its own fault.
    async fn alone(&self, one: &Incoming<'_>) -> Result<Disposition, StoreError> {
        let error = match self.transaction(std::slice::from_ref(one)).await {
            Ok(mut dispositions) => {
                return Ok(dispositions.pop().unwrap_or(Disposition::Ack(AckReason::Duplicate)));
            }
            Err(error) => error,
        };
        let rejection = match classify(&error) {
            ErrorClass::Database => return Err(error),
            ErrorClass::Data => Rejection::permanent(Reason::InvalidData, error.to_string()),
            ErrorClass::Unknown => Rejection::retry(Reason::DatabaseError, error.to_string()),
        };
        let rejected =
            Prepared { event: one.prepared.event.clone(), intent: Intent::Reject(rejection.clone()) };
        match self.transaction(&[Incoming { prepared: &rejected, ..*one }]).await {
            Ok(mut dispositions) => Ok(dispositions.pop().unwrap_or(Disposition::Ack(AckReason::Duplicate))),
            Err(error) if classify(&error) == ErrorClass::Database => Err(error),
            // Not even its row can be written (a NUL byte in its id, say): only the dead letter shows it.
            Err(_) => Ok(Disposition::DeadLetter(rejection)),
        }
    }

    async fn transaction(&self, batch: &[Incoming<'_>]) -> Result<Vec<Disposition>, StoreError> {
        let mut client = self.pool.get().await?;
        let tx = client.transaction().await?;
        let result = isolation::transaction(run(&tx, batch, &self.rules, &self.schedule)).await?;
        tx.commit().await?;
        Ok(result.dispositions)
    }
}

/// The result of a batch, not yet committed.
pub(crate) struct BatchResult {
    pub(crate) dispositions: Vec<Disposition>,
    /// The messages that the new state calls for.
    pub(crate) messages: Vec<Message>,
    /// What was locked, as it was and as it would be.
    pub(crate) state: State,
}

/// Claim, lock and load, decide, save: everything but the commit.
pub(crate) async fn run(
    tx: &deadpool_postgres::Transaction<'_>,
    batch: &[Incoming<'_>],
    rules: &Rules,
    schedule: &Schedule,
) -> Result<BatchResult, StoreError> {
    let now = store::now(tx).await?;
    let claimed: HashMap<String, bool> =
        store::claim(tx, batch, now).await?.into_iter().map(|claim| (claim.id, claim.known_before)).collect();
    let mut keys = Keys::default();
    let mut panicked = HashMap::new();
    for one in batch.iter().filter(|one| claimed.contains_key(&one.prepared.event.id)) {
        match isolation::keys(one.prepared) {
            Ok(touched) => keys.extend(&touched),
            Err(rejection) => drop(panicked.insert(one.prepared.event.id.as_str(), rejection)),
        }
    }
    let mut state = store::load(tx, &keys).await?;
    let mut dispositions = Vec::with_capacity(batch.len());
    let mut effects: Vec<(&str, Effect)> = Vec::new();
    let mut rejected_events = Vec::new();
    let mut settled = Vec::new();
    for one in batch {
        let id = one.prepared.event.id.as_str();
        let Some(known_before) = claimed.get(id) else {
            dispositions.push(Disposition::Ack(AckReason::Duplicate));
            continue;
        };
        let (outcome, done) = match panicked.remove(id) {
            Some(rejection) => (Decision::Rejected(rejection), Vec::new()),
            None => spans::incoming(one).in_scope(|| decide(one.prepared, &mut state, rules)),
        };
        effects.extend(done.into_iter().map(|effect| (id, effect)));
        let disposition = Disposition::new(outcome, schedule, one.headers.attempt);
        match &disposition {
            Disposition::Retry { .. } | Disposition::DeadLetter(_) => {
                rejected_events.push((one, disposition.clone()))
            }
            _ if *known_before => settled.push(id),
            _ => {}
        }
        dispositions.push(disposition);
    }
    grace::end_grace(&mut state, rules, now.as_second());
    let messages = state.messages(rules);
    store::save(tx, &state, &effects, &messages, rules, now).await?;
    let rejected_events: Vec<RejectedEvent<'_>> = rejected_events
        .iter()
        .filter_map(|(one, disposition)| rejected_event(one, disposition, now))
        .collect();
    store::record(tx, &rejected_events, &settled, now).await?;
    Ok(BatchResult { dispositions, messages, state })
}

fn rejected_event<'a>(
    one: &'a Incoming<'_>,
    disposition: &Disposition,
    now: Timestamp,
) -> Option<RejectedEvent<'a>> {
    let (rejection, next_attempt) = match disposition {
        Disposition::Retry { delay, rejection, .. } => {
            let delay = SignedDuration::try_from(*delay).unwrap_or(SignedDuration::MAX);
            (rejection, Some(now.saturating_add(delay).unwrap_or(Timestamp::MAX)))
        }
        Disposition::DeadLetter(rejection) => (rejection, None),
        Disposition::Ack(_) => return None,
    };
    Some(RejectedEvent {
        id: &one.prepared.event.id,
        reason: rejection.reason().as_str(),
        error: rejection.to_string(),
        next_attempt,
        refs: references(one.body),
    })
}

impl<'a> Incoming<'a> {
    fn new(inbound: &'a InboundEvent, prepared: &'a Prepared) -> Self {
        Self { prepared, body: &inbound.body, headers: &inbound.headers }
    }
}
