//! Replaying or discarding many dead letters: looking first, then a job with a confirmed count.
//! The runner carries jobs out; this makes, pauses, resumes and cancels them.

use deadpool_postgres::{GenericClient, Pool};
use serde::Serialize;
use utoipa::ToSchema;

use super::state::{JobAction, JobCommand, JobState};
use crate::audit::action::{AuditAction, Subject};
use crate::audit::reason::AuditReason;
use crate::audit::store as audit;
use crate::common::actor::Actor;
use crate::common::error::ServiceError;
use crate::common::paging::{Direction, Page, PageRequest};
use crate::common::role::Role;
use crate::dead_letters::filter::DeadLetterFilter;
use crate::dead_letters::state::DeadLetterState;
use crate::dead_letters::store::{self as dead_letters, DeadLetter};
use crate::jobs::items::{self as items, JobException};
use crate::jobs::store::{self as store, Job, JobProgress, NewJob};
use crate::masking;
use crate::masking::masked_members;

/// Dead letters per second by default.
pub(crate) const DEFAULT_RATE: i32 = 10;
/// Dead letters per second at most.
pub(crate) const MAX_RATE: i32 = 1000;
const SAMPLE: i64 = 5;

/// What is asked for.
#[derive(Debug, Clone)]
pub(crate) struct JobRequest {
    pub(crate) action: JobAction,
    /// With which dead letters; open ones where no state is named.
    pub(crate) filter: DeadLetterFilter,
    pub(crate) reason: AuditReason,
    /// Dead letters per second.
    pub(crate) rate: i32,
    /// How many go first; the rest follows when they took effect.
    pub(crate) canary: i32,
    /// How many dead letters they must be: what the preview showed.
    pub(crate) count: Option<i64>,
    /// These dead letters instead of those that the filter matches.
    pub(crate) selected: Option<Vec<i64>>,
    /// A replay of more than so many waits for a second person; none: no replay does.
    pub(crate) approval_above: Option<i64>,
}

/// What a job would take in.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct BulkPreview {
    /// How many dead letters.
    pub(crate) count: i64,
    /// The newest of them.
    pub(crate) sample: Vec<DeadLetter>,
}

/// A job and how far it is.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct JobView {
    #[serde(flatten)]
    pub(crate) job: Job,
    /// How far it is.
    pub(crate) progress: JobProgress,
    /// Dead letters that were not simply sent, the first of them.
    pub(crate) exceptions: Vec<JobException>,
}

/// The filter as a job takes it: open dead letters only, unless it names replayed ones.
fn scope(action: JobAction, mut filter: DeadLetterFilter) -> Result<DeadLetterFilter, ServiceError> {
    match (*filter.state.get_or_insert(DeadLetterState::Open), action) {
        (DeadLetterState::Open, _) | (DeadLetterState::Replayed, JobAction::Replay) => Ok(filter),
        (DeadLetterState::Replayed, JobAction::Discard) => Err(ServiceError::conflict(
            "not_open",
            "a replayed dead letter is on its way: only open ones are discarded",
        )),
        (DeadLetterState::Resolved | DeadLetterState::Discarded, _) => Err(ServiceError::invalid(
            "invalid_filter",
            "a job takes open dead letters; a replay also those that are replayed",
        )),
    }
}

/// What a job would take in. Nothing is written, nothing is sent.
pub(crate) async fn preview(
    pool: &Pool,
    action: JobAction,
    filter: DeadLetterFilter,
) -> Result<BulkPreview, ServiceError> {
    let filter = scope(action, filter)?;
    let client = pool.get().await?;
    let count = dead_letters::count(&client, &filter).await?;
    let sample = dead_letters::list(&client, &filter, &Direction::Older(None), SAMPLE).await?;
    Ok(BulkPreview { count, sample })
}

/// Creates a job. Refused when the dead letters are not as many as were seen.
pub(crate) async fn create(pool: &Pool, actor: &Actor, request: JobRequest) -> Result<i64, ServiceError> {
    if !(1..=MAX_RATE).contains(&request.rate) {
        return Err(ServiceError::invalid(
            "invalid_rate",
            format!("rate takes 1 to {MAX_RATE} dead letters per second"),
        ));
    }
    if request.canary < 0 {
        return Err(ServiceError::invalid("invalid_canary", "canary takes 0 or more dead letters"));
    }
    // A discard cannot fail later, so it needs no canary.
    let canary = if request.action == JobAction::Replay { request.canary } else { 0 };
    let filter = scope(request.action, request.filter)?;
    let mut client = pool.get().await?;
    let tx = client.transaction().await?;
    let job = NewJob {
        action: request.action,
        filter: &filter,
        reason: request.reason.as_str(),
        rate: request.rate,
        canary,
        selected: request.selected.as_deref(),
    };
    let (id, total) = store::insert(&tx, actor, &job).await?;
    match request.count {
        Some(expected) if expected != total => {
            let message = format!("there are {total} dead letters now, not {expected}: preview again");
            return Err(ServiceError::conflict("count_changed", message));
        }
        _ if total == 0 => {
            return Err(ServiceError::conflict("nothing_to_do", "no open dead letter matches the filter"));
        }
        _ => {}
    }
    let summary = format!(
        "{total} dead letters, {} per second, canary {}: {}",
        request.rate,
        canary,
        request.reason.as_str()
    );
    let action = match request.action {
        JobAction::Replay => AuditAction::JobReplay,
        JobAction::Discard => AuditAction::JobDiscard,
    };
    audit::append(&tx, actor, action, &Subject::Job(id), &summary).await?;
    if request.action == JobAction::Replay && request.approval_above.is_some_and(|most| total > most) {
        store::propose(&tx, id).await?;
    }
    tx.commit().await?;
    Ok(id)
}

/// A page of jobs, newest first, as the role may see them.
pub(crate) async fn list(pool: &Pool, page: &PageRequest, role: Role) -> Result<Page<Job>, ServiceError> {
    let (before, limit) = (page.number_cursor()?, page.limit()?);
    let found = store::list(&pool.get().await?, before, limit + 1).await?;
    Ok(masking::for_role(Page::cut(found, limit, |job| job.id.to_string()), role))
}

/// One job and how far it is.
pub(crate) async fn show(pool: &Pool, id: i64) -> Result<JobView, ServiceError> {
    let client = pool.get().await?;
    let job = store::show(&client, id).await?.ok_or_else(|| ServiceError::NotFound(format!("job {id}")))?;
    let progress = store::progress(&client, id).await?;
    let exceptions = items::exceptions(&client, id).await?;
    Ok(JobView { job, progress, exceptions })
}

/// Pauses, resumes or cancels a job.
pub(crate) async fn command(
    pool: &Pool,
    actor: &Actor,
    id: i64,
    command: JobCommand,
) -> Result<(), ServiceError> {
    let mut client = pool.get().await?;
    let tx = client.transaction().await?;
    let (participle, action, from, to): (_, _, &[JobState], _) = match command {
        JobCommand::Approve => {
            approve(&tx, actor, id).await?;
            return Ok(tx.commit().await?);
        }
        JobCommand::Pause => {
            ("paused", AuditAction::JobPause, &[JobState::Canary, JobState::Running], JobState::Paused)
        }
        JobCommand::Resume => {
            ("resumed", AuditAction::JobResume, &[JobState::Paused], resumed_state(&tx, id).await?)
        }
        JobCommand::Cancel => (
            "canceled",
            AuditAction::JobCancel,
            &[JobState::Proposed, JobState::Canary, JobState::Running, JobState::Paused],
            JobState::Canceled,
        ),
    };
    if !store::move_to(&tx, id, from, to, None).await? {
        let job = store::show(&tx, id).await?.ok_or_else(|| ServiceError::NotFound(format!("job {id}")))?;
        let message = format!("job {id} is {}: it cannot be {participle}", job.state);
        return Err(ServiceError::conflict("wrong_state", message));
    }
    audit::append(&tx, actor, action, &Subject::Job(id), "").await?;
    tx.commit().await?;
    Ok(())
}

/// Lets a proposed job begin. Four eyes: never by who proposed it, under whatever kind of name, and never by a token,
/// which is no person.
async fn approve(client: &impl GenericClient, actor: &Actor, id: i64) -> Result<(), ServiceError> {
    let job = store::show(client, id).await?.ok_or_else(|| ServiceError::NotFound(format!("job {id}")))?;
    let person = |named: &str| named.split_once(':').map_or(named, |(_, name)| name).to_lowercase();
    if matches!(actor, Actor::Token(_)) {
        let message = "a token cannot approve a replay: a person must have looked at it";
        return Err(ServiceError::Forbidden(message.to_owned()));
    }
    if person(&job.actor) == person(&actor.to_string()) {
        return Err(ServiceError::conflict("own_job", "somebody else must approve what you proposed"));
    }
    if !store::approve(client, id, actor).await? {
        let message = format!("job {id} is {}: it does not wait for approval", job.state);
        return Err(ServiceError::conflict("wrong_state", message));
    }
    audit::append(client, actor, AuditAction::JobApprove, &Subject::Job(id), "").await
}

/// The state that a paused job goes back to.
async fn resumed_state(client: &impl GenericClient, id: i64) -> Result<JobState, ServiceError> {
    let Some(job) = store::show(client, id).await? else { return Ok(JobState::Running) };
    let progress = store::progress(client, id).await?;
    let failed = progress.dead_again + progress.failed + progress.unknown > 0;
    // It says why where it paused itself.
    let paused_itself = job.note.is_some();
    let canary = job.paused_from == Some(JobState::Canary) && (failed || !paused_itself);
    Ok(if canary { JobState::Canary } else { JobState::Running })
}

masked_members! {
    JobView: job, exceptions;
}
