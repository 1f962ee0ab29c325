//! One batch of events, one transaction: claim, lock and load, decide, save, commit.
//!
//! Owns the isolation of the one bad event: a batch that fails for an event's own reason is run again
//! event by event. It must never settle a delivery with the broker; it says what is to be done.

use std::collections::{HashMap, HashSet};

use deadpool_postgres::Pool;
use jiff::{SignedDuration, Timestamp};

use crate::isolation;
use crate::quiet::without_quiet;
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
    let batch = Batch { incoming: batch, claimed, panicked };
    let (mut state, decided) = loop {
        let mut state = store::load(tx, &keys).await?;
        let decided = batch.decide(&mut state, rules, schedule);
        let Some(missing) = state.incomplete() else { break (state, decided) };
        assert!(!keys.wants_whole(missing), "all parts of what is missing some were loaded");
        keys.extend(missing);
    };
    let Decided { dispositions, effects, rejected, settled } = decided;
    grace::end_grace(&mut state, rules, now.as_second());
    let messages = without_quiet(state.messages(rules), batch.incoming, &effects);
    let traces = store::Traces::of(batch.incoming, &effects);
    store::save(tx, &state, &effects, &messages, &traces, rules, now).await?;
    if batch.incoming.iter().any(|one| one.prepared.event.observed) {
        store::rewrite(tx, &state, rules, now).await?;
    }
    if let Some(secret) = &rules.search_secret {
        let claimed = |one: &&Incoming<'_>| batch.claimed.contains_key(&one.prepared.event.id);
        let bodies = batch.incoming.iter().filter(claimed).map(|one| one.body);
        store::save_search_keys(tx, secret, bodies).await?;
    }
    let rejected: Vec<RejectedEvent<'_>> =
        rejected.iter().filter_map(|(one, disposition)| rejected_event(one, disposition, now)).collect();
    store::record(tx, &rejected, &settled, &answered(batch.incoming, &settled), now).await?;
    if rules.can_fetch {
        let by_events = batch.incoming.iter().any(|one| !one.prepared.event.observed);
        store::request_fetches(tx, &state.doubts(), by_events, now).await?;
    }
    Ok(BatchResult { dispositions, messages, state })
}

/// The events of a batch, and what is known of them before they are decided.
struct Batch<'a> {
    incoming: &'a [Incoming<'a>],
    /// By id, whether they had been claimed before.
    claimed: HashMap<String, bool>,
    /// By id, those whose keys could not be read.
    panicked: HashMap<&'a str, Rejection>,
}

/// What the events of a batch came to.
struct Decided<'a> {
    dispositions: Vec<Disposition>,
    effects: Vec<(&'a str, Effect)>,
    rejected: Vec<(&'a Incoming<'a>, Disposition)>,
    /// Those that took effect after they had been claimed before, or because they were replayed.
    settled: Vec<&'a str>,
}

impl<'a> Batch<'a> {
    /// Decides event by event.
    fn decide(&self, state: &mut State, rules: &Rules, schedule: &Schedule) -> Decided<'a> {
        let mut decided = Decided {
            dispositions: Vec::new(),
            effects: Vec::new(),
            rejected: Vec::new(),
            settled: Vec::new(),
        };
        for one in self.incoming {
            let id = one.prepared.event.id.as_str();
            let Some(known_before) = self.claimed.get(id) else {
                decided.dispositions.push(Disposition::Ack(AckReason::Duplicate));
                continue;
            };
            let (outcome, done) = match self.panicked.get(id) {
                Some(rejection) => (Decision::Rejected(rejection.clone()), Vec::new()),
                None => spans::incoming(one).in_scope(|| decide(one.prepared, state, rules)),
            };
            decided.effects.extend(done.into_iter().map(|effect| (id, effect)));
            let disposition = Disposition::new(outcome, schedule, one.headers.attempt);
            match &disposition {
                Disposition::Retry { .. } | Disposition::DeadLetter(_) => {
                    decided.rejected.push((one, disposition.clone()));
                }
                // A replayed dead letter may be the first that the table hears of its event.
                _ if *known_before || one.headers.replay_of.is_some() => decided.settled.push(id),
                _ => {}
            }
            decided.dispositions.push(disposition);
        }
        decided
    }
}

/// The numbers of the dead letters that those of the settled events replay.
fn answered(incoming: &[Incoming<'_>], settled: &[&str]) -> Vec<i64> {
    let settled = incoming.iter().filter(|one| settled.contains(&one.prepared.event.id.as_str()));
    settled.filter_map(|one| one.headers.replay_of.as_deref()?.parse().ok()).collect()
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
