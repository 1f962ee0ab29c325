//! One batch of events, one transaction: claim, lock and load, decide, save, commit.
//!
//! Owns the isolation of the one bad event: a batch that fails for an event's own reason is run again
//! event by event. It must never settle a delivery with the broker; it says what is to be done.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use amqp::message::EventHeaders;
use deadpool_postgres::Pool;
use jiff::{SignedDuration, Timestamp};

use crate::store::{self, Fate, Incoming, StoreError, Trouble, trouble};
use domain::decide::{Effect, Outcome, Prepared, decide};
use domain::event::Event;
use domain::handlers::Intent;
use domain::message::Message;
use domain::references::references;
use domain::rejection::{Reason, Rejection};
use domain::retry::{Next, Schedule};
use domain::rules::Rules;
use domain::state::{Keys, Touched};

/// A delivery as the broker handed it over, its event read as far as it can be.
pub struct Job {
    /// How it came.
    pub headers: EventHeaders,
    /// The bytes as they were received.
    pub body: Vec<u8>,
    /// The event, or why the body is none.
    pub event: Result<Prepared, Rejection>,
}

/// What is to be done with a delivery once its transaction has committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Acknowledge: it took effect.
    Processed,
    /// Acknowledge: it is nobody's business.
    Ignored,
    /// Acknowledge: it took effect before, or another copy of it is being handled.
    Duplicate,
    /// Publish to the retry exchange, then acknowledge.
    Retry {
        /// How long it waits.
        delay: Duration,
        /// The number of the next try.
        attempt: u32,
        /// Why.
        rejection: Rejection,
    },
    /// Publish to the dead exchange, then acknowledge.
    Dead(Rejection),
}

impl Job {
    /// Reads a delivery.
    #[must_use]
    pub fn new(headers: EventHeaders, body: Vec<u8>, rules: &Rules) -> Self {
        let event = Event::parse(&body).map(|event| Prepared::under(rules, event));
        Self { headers, body, event }
    }

    /// The event's type, where the body has one.
    #[must_use]
    pub fn kind(&self) -> Option<&str> {
        self.event.as_ref().ok().map(|prepared| prepared.event.kind.as_str())
    }

    /// The event's id, where the body has one.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.event.as_ref().ok().map(|prepared| prepared.event.id.as_str())
    }
}

/// What a batch needs to be processed.
#[derive(Clone)]
pub struct Engine {
    /// PostgreSQL.
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
    /// [`StoreError`] when the database is in trouble: nothing was decided, the batch must be tried again.
    pub async fn process(&self, jobs: &[Job]) -> Result<Vec<Verdict>, StoreError> {
        let mut verdicts = vec![Verdict::Duplicate; jobs.len()];
        let mut seen = HashSet::new();
        let mut batch = Vec::with_capacity(jobs.len());
        for (index, job) in jobs.iter().enumerate() {
            match &job.event {
                Err(rejection) => verdicts[index] = Verdict::Dead(rejection.clone()),
                Ok(prepared) if seen.insert(prepared.event.id.as_str()) => batch.push((index, job, prepared)),
                Ok(_) => {}
            }
        }
        for (index, verdict) in self.batch(&batch).await? {
            verdicts[index] = verdict;
        }
        Ok(verdicts)
    }

    async fn batch(&self, batch: &[(usize, &Job, &Prepared)]) -> Result<Vec<(usize, Verdict)>, StoreError> {
        if batch.is_empty() {
            return Ok(Vec::new());
        }
        let incoming: Vec<Incoming<'_>> =
            batch.iter().map(|(_, job, prepared)| Incoming::new(job, prepared)).collect();
        match self.transaction(&incoming).await {
            Ok(verdicts) => return Ok(batch.iter().map(|(index, ..)| *index).zip(verdicts).collect()),
            Err(error) if trouble(&error) == Trouble::Database => return Err(error),
            Err(error) => tracing::debug!(%error, events = batch.len(), "isolating the bad event of a batch"),
        }
        let mut verdicts = Vec::with_capacity(batch.len());
        for ((index, ..), one) in batch.iter().zip(&incoming) {
            verdicts.push((*index, self.alone(one).await?));
        }
        Ok(verdicts)
    }

    /// Processes one event by itself; what still fails is its own fault.
    async fn alone(&self, one: &Incoming<'_>) -> Result<Verdict, StoreError> {
        let error = match self.transaction(std::slice::from_ref(one)).await {
            Ok(mut verdicts) => return Ok(verdicts.pop().unwrap_or(Verdict::Duplicate)),
            Err(error) => error,
        };
        let rejection = match trouble(&error) {
            Trouble::Database => return Err(error),
            Trouble::Data => Rejection::permanent(Reason::InvalidData, error.to_string()),
            Trouble::Unknown => Rejection::retry(Reason::DatabaseError, error.to_string()),
        };
        let rejected =
            Prepared { event: one.prepared.event.clone(), intent: Intent::Reject(rejection.clone()) };
        match self.transaction(&[Incoming { prepared: &rejected, ..*one }]).await {
            Ok(mut verdicts) => Ok(verdicts.pop().unwrap_or(Verdict::Duplicate)),
            Err(error) if trouble(&error) == Trouble::Database => Err(error),
            // Not even its row can be written (a NUL byte in its id, say): the dead letter alone tells of it.
            Err(_) => Ok(Verdict::Dead(rejection)),
        }
    }

    /// The five steps.
    async fn transaction(&self, batch: &[Incoming<'_>]) -> Result<Vec<Verdict>, StoreError> {
        let now = Timestamp::now();
        let mut client = self.pool.get().await?;
        let tx = client.transaction().await?;
        let run = run(&tx, batch, &self.rules, &self.schedule, now).await?;
        tx.commit().await?;
        Ok(run.verdicts)
    }
}

/// What a batch came to, not yet committed.
pub(crate) struct Run {
    pub(crate) verdicts: Vec<Verdict>,
    /// The messages that the new state calls for.
    pub(crate) messages: Vec<Message>,
    /// What was locked.
    pub(crate) touched: Touched,
}

/// Claim, lock and load, decide, save: everything but the commit.
pub(crate) async fn run(
    tx: &deadpool_postgres::Transaction<'_>,
    batch: &[Incoming<'_>],
    rules: &Rules,
    schedule: &Schedule,
    now: Timestamp,
) -> Result<Run, StoreError> {
    let claimed: HashMap<String, bool> =
        store::claim(tx, batch, now).await?.into_iter().map(|claim| (claim.id, claim.known_before)).collect();
    let mut keys = Keys::default();
    for one in batch.iter().filter(|one| claimed.contains_key(&one.prepared.event.id)) {
        keys.extend(&one.prepared.keys());
    }
    let mut state = store::load(tx, &keys).await?;
    let mut verdicts = Vec::with_capacity(batch.len());
    let mut effects: Vec<(&str, Effect)> = Vec::new();
    let mut fates = Vec::new();
    let mut settled = Vec::new();
    for one in batch {
        let id = one.prepared.event.id.as_str();
        let Some(known_before) = claimed.get(id) else {
            verdicts.push(Verdict::Duplicate);
            continue;
        };
        let (outcome, done) = decide(one.prepared, &mut state, rules);
        effects.extend(done.into_iter().map(|effect| (id, effect)));
        let verdict = verdict(outcome, schedule, one.headers.attempt);
        match &verdict {
            Verdict::Retry { .. } | Verdict::Dead(_) => fates.push((one, verdict.clone())),
            _ if *known_before => settled.push(id),
            _ => {}
        }
        verdicts.push(verdict);
    }
    let messages = state.messages(rules);
    store::save(tx, &state, &effects, &messages, rules, now).await?;
    let fates: Vec<Fate<'_>> = fates.iter().filter_map(|(one, verdict)| fate(one, verdict, now)).collect();
    store::record(tx, &fates, &settled, now).await?;
    Ok(Run { verdicts, messages, touched: state.touched() })
}

fn verdict(outcome: Outcome, schedule: &Schedule, attempt: u32) -> Verdict {
    match outcome {
        Outcome::Processed => Verdict::Processed,
        Outcome::Ignored(_) => Verdict::Ignored,
        Outcome::Rejected(rejection) => match schedule.next(&rejection, attempt) {
            Next::Retry { delay, attempt } => Verdict::Retry { delay, attempt, rejection },
            Next::Dead => Verdict::Dead(rejection),
        },
    }
}

fn fate<'a>(one: &'a Incoming<'_>, verdict: &Verdict, now: Timestamp) -> Option<Fate<'a>> {
    let (rejection, next_attempt) = match verdict {
        Verdict::Retry { delay, rejection, .. } => {
            let delay = SignedDuration::try_from(*delay).unwrap_or(SignedDuration::MAX);
            (rejection, Some(now.saturating_add(delay).unwrap_or(Timestamp::MAX)))
        }
        Verdict::Dead(rejection) => (rejection, None),
        Verdict::Processed | Verdict::Ignored | Verdict::Duplicate => return None,
    };
    Some(Fate {
        id: &one.prepared.event.id,
        reason: rejection.reason().word(),
        error: rejection.to_string(),
        next_attempt,
        refs: references(one.body),
    })
}

impl<'a> Incoming<'a> {
    fn new(job: &'a Job, prepared: &'a Prepared) -> Self {
        Self { prepared, body: &job.body, headers: &job.headers }
    }
}
