//! Replaying or discarding many dead letters: looking first, then a job with a confirmed count.
//! The runner carries jobs out; this makes, pauses, resumes and cancels them.

use deadpool_postgres::{GenericClient, Pool};
use serde::Serialize;
use utoipa::ToSchema;

use crate::audit::reason::AuditReason;
use crate::audit::store as audit;
use crate::common::actor::Actor;
use crate::common::failure::Failure;
use crate::dead_letters::filter::Filter;
use crate::dead_letters::store::{self as letters, DeadLetter};
use crate::jobs::items::{self as items, Exception};
use crate::jobs::store::{self as store, Job, NewJob, Progress};
use crate::masking::masked_members;

/// Letters per second where nothing is said.
pub const USUAL_RATE: i32 = 10;
/// Letters per second at most.
pub const HIGHEST_RATE: i32 = 1000;
const SAMPLE: i64 = 5;

/// What to do with the letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Send them through the workers once more.
    Replay,
    /// Mark them as not to be replayed.
    Discard,
}

impl Action {
    /// Its name in the database.
    pub fn name(self) -> &'static str {
        match self {
            Action::Replay => "replay",
            Action::Discard => "discard",
        }
    }
}

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Request {
    /// What to do.
    pub action: Action,
    /// With which letters; open ones where no state is said.
    pub filter: Filter,
    /// Why.
    pub why: AuditReason,
    /// Letters per second.
    pub rate: i32,
    /// How many go first; the rest follows when they took effect.
    pub canary: i32,
    /// How many letters they must be: what was seen in the dry run.
    pub count: Option<i64>,
}

/// What a job would take in.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DryRun {
    /// How many letters.
    pub count: i64,
    /// The newest of them.
    pub sample: Vec<DeadLetter>,
}

/// A job and how far it is.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct JobView {
    /// The job.
    #[serde(flatten)]
    pub job: Job,
    /// How far it is.
    pub progress: Progress,
    /// Letters that were not simply sent, the first of them.
    pub exceptions: Vec<Exception>,
}

/// The filter as a job takes it: open letters only, unless it says replayed ones.
fn scope(action: Action, mut filter: Filter) -> Result<Filter, Failure> {
    let state = filter.state.get_or_insert_with(|| "open".to_owned());
    if state == "replayed" && action == Action::Discard {
        return Err(Failure::conflict(
            "not_open",
            "a replayed letter is on its way: only open ones are discarded",
        ));
    }
    let fits = state == "open" || state == "replayed";
    if fits {
        return Ok(filter);
    }
    Err(Failure::invalid("invalid_filter", "a job takes open letters; a replay also those that are replayed"))
}

/// What a job would take in. Nothing is written, nothing is sent.
pub async fn dry_run(pool: &Pool, action: Action, filter: Filter) -> Result<DryRun, Failure> {
    let filter = scope(action, filter)?;
    let client = pool.get().await?;
    let count = letters::count(&client, &filter).await?;
    let sample = letters::list(&client, &filter, None, SAMPLE).await?;
    Ok(DryRun { count, sample })
}

/// Makes a job. Refused when the letters are not as many as were seen.
pub async fn create(pool: &Pool, actor: &Actor, request: Request) -> Result<i64, Failure> {
    if !(1..=HIGHEST_RATE).contains(&request.rate) {
        return Err(Failure::invalid(
            "invalid_rate",
            format!("rate takes 1 to {HIGHEST_RATE} letters per second"),
        ));
    }
    if request.canary < 0 {
        return Err(Failure::invalid("invalid_canary", "canary takes 0 or more letters"));
    }
    // A discard cannot fail later, so it needs no canary.
    let canary = if request.action == Action::Replay { request.canary } else { 0 };
    let filter = scope(request.action, request.filter)?;
    let mut client = pool.get().await?;
    let tx = client.transaction().await?;
    let job = NewJob {
        action: request.action.name(),
        filter: &filter,
        reason: request.why.as_str(),
        rate: request.rate,
        canary,
    };
    let (id, total) = store::insert(&tx, actor, &job).await?;
    match request.count {
        Some(expected) if expected != total => {
            let message = format!("these are {total} letters now, not {expected}: look again");
            return Err(Failure::conflict("count_changed", message));
        }
        _ if total == 0 => {
            return Err(Failure::conflict("nothing_to_do", "no open dead letter fits the filter"));
        }
        _ => {}
    }
    let what =
        format!("{total} letters, {} per second, canary {}: {}", request.rate, canary, request.why.as_str());
    audit::append(&tx, actor, &format!("job.{}", request.action.name()), &subject(id), &what).await?;
    tx.commit().await?;
    Ok(id)
}

/// One job and how far it is.
pub async fn show(pool: &Pool, id: i64) -> Result<JobView, Failure> {
    let client = pool.get().await?;
    let job = store::show(&client, id).await?.ok_or_else(|| Failure::NotFound(format!("job {id}")))?;
    let progress = store::progress(&client, id).await?;
    let exceptions = items::exceptions(&client, id).await?;
    Ok(JobView { job, progress, exceptions })
}

/// A change that somebody asks of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Stop for now.
    Pause,
    /// Go on. A canary that was interrupted is waited for anew; one that paused the job itself, because it took too
    /// long, is passed over: whoever resumes has looked at it.
    Resume,
    /// Stop for good.
    Cancel,
}

/// Pauses, resumes or cancels a job.
pub async fn change(pool: &Pool, actor: &Actor, id: i64, change: Change) -> Result<(), Failure> {
    let mut client = pool.get().await?;
    let tx = client.transaction().await?;
    let (word, from, to): (_, &[&str], _) = match change {
        Change::Pause => ("pause", &["canary", "running"], "paused"),
        Change::Resume => ("resume", &["paused"], goes_on_with(&tx, id).await?),
        Change::Cancel => ("cancel", &["canary", "running", "paused"], "canceled"),
    };
    if !store::move_to(&tx, id, from, to, None).await? {
        let job = store::show(&tx, id).await?.ok_or_else(|| Failure::NotFound(format!("job {id}")))?;
        let message =
            format!("job {id} is {}: it cannot be {word}d", job.state).replace("canceld", "canceled");
        return Err(Failure::conflict("wrong_state", message));
    }
    audit::append(&tx, actor, &format!("job.{word}"), &subject(id), "").await?;
    tx.commit().await?;
    Ok(())
}

/// The state that a paused job goes back to.
async fn goes_on_with(client: &impl GenericClient, id: i64) -> Result<&'static str, Failure> {
    let Some(job) = store::show(client, id).await? else { return Ok("running") };
    let progress = store::progress(client, id).await?;
    let failed = progress.dead_again + progress.failed + progress.unknown > 0;
    // It says why where it paused itself.
    let paused_itself = job.note.is_some();
    let canary = job.paused_from.as_deref() == Some("canary") && (failed || !paused_itself);
    Ok(if canary { "canary" } else { "running" })
}

fn subject(id: i64) -> String {
    format!("job:{id}")
}

masked_members! {
    JobView: job, exceptions;
}
