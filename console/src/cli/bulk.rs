//! Replaying or discarding many from the command line, with a progress bar.

use std::time::Duration;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::CommandContext;
use super::origin::OriginArguments;
use super::output::{self, CommandResult};
use crate::audit::reason::AuditReason;
use crate::common::error::ServiceError;
use crate::dead_letters::filter::DeadLetterFilter;
use crate::dead_letters::service as dead_letters;
use crate::jobs::carry_out;
use crate::jobs::runner::Runner;
use crate::jobs::service::{self, JobRequest, JobView};
use crate::jobs::state::{JobAction, JobState};

/// Which dead letters, and how.
#[derive(Debug, Args)]
pub(super) struct BulkArguments {
    /// Every open dead letter, whatever its cause: needed where no filter below says which
    #[arg(long)]
    all: bool,
    /// Only events of this type
    #[arg(long = "type")]
    kind: Option<String>,
    /// Only dead letters with this reason
    #[arg(long)]
    died_of: Option<String>,
    /// Only dead letters of this group
    #[arg(long)]
    fingerprint: Option<String>,
    /// Only dead letters that name this id, or have this text in their error
    #[arg(short, long)]
    q: Option<String>,
    #[command(flatten)]
    origin: OriginArguments,
    /// Only show what would be done
    #[arg(long)]
    dry_run: bool,
    /// The number that the dry run showed; nothing is done when it has changed
    #[arg(long, allow_negative_numbers = true)]
    count: Option<i64>,
    /// Dead letters per second
    #[arg(long, default_value_t = service::DEFAULT_RATE, allow_negative_numbers = true)]
    rate: i32,
    /// How many of a replay are sent first; the others follow when these have taken effect
    #[arg(long, default_value_t = 0, allow_negative_numbers = true)]
    canary: i32,
    /// When all are sent, wait this many seconds for their results
    #[arg(long, default_value_t = 10)]
    wait: u64,
}

impl BulkArguments {
    /// Whether many are meant, checked against the number that is there for one.
    pub(super) fn meant(&self, id: Option<i64>) -> Result<Option<i64>, ServiceError> {
        let filtered = self.is_filtered();
        let of_many = self.all || filtered || self.dry_run || self.count.is_some();
        let message = match (id, of_many) {
            (Some(id), false) => return Ok(Some(id)),
            (None, _) if self.all || filtered => return Ok(None),
            (Some(_), true) => "give a dead letter's number, or say which with filters, not both",
            (None, _) => "give a dead letter's number, or filters, or --all for every open dead letter",
        };
        Err(ServiceError::invalid("usage", message))
    }

    fn is_filtered(&self) -> bool {
        let texts = [&self.kind, &self.died_of, &self.fingerprint, &self.q, &self.origin.account];
        self.origin.mode.is_some()
            || texts.iter().any(|text| text.as_deref().is_some_and(|t| !t.trim().is_empty()))
    }
}

/// Says what would be done, or makes a job and carries it out.
pub(super) async fn run(
    context: &CommandContext,
    action: JobAction,
    many: BulkArguments,
    reason: &str,
) -> CommandResult {
    let pool = &context.connections.pool;
    let filter = DeadLetterFilter {
        kind: many.kind,
        reason: many.died_of,
        fingerprint: many.fingerprint,
        q: many.q,
        account: many.origin.account,
        mode: many.origin.mode,
        ..DeadLetterFilter::default()
    };
    let filter = filter.checked()?;
    context.connections.reachable().await?;
    dead_letters::known_reason(pool, filter.reason.as_deref()).await?;
    if many.dry_run {
        let preview = service::preview(pool, action, filter).await?;
        let count = preview.count;
        return output::line(&format!("{action} of {count} dead letters; go on with --count {count}"));
    }
    let count = many.count.ok_or_else(|| {
        ServiceError::invalid(
            "not_confirmed",
            "look with --dry-run first, then confirm with --count how many they are",
        )
    })?;
    let reason = AuditReason::new(reason)?;
    let request = JobRequest {
        action,
        filter,
        reason,
        rate: many.rate,
        canary: many.canary,
        count: Some(count),
        selected: None,
        approval_above: context.settings.replay_approval,
    };
    let id = service::create(pool, &context.actor, request).await?;
    if service::show(pool, id).await?.job.state == JobState::Proposed {
        let next = format!("somebody else approves it with `sluicegate jobs approve {id}`, or on its page");
        return output::line(&format!("job {id} waits for a second person (REPLAY_APPROVAL): {next}"));
    }
    let advice = "Ctrl-C leaves it to the console that serves";
    let announced = output::line(&format!("job {id}; {advice}, `sluicegate jobs cancel {id}` ends it"));
    // Whoever stopped reading still wants it done.
    carry_out(context, id, Duration::from_secs(many.wait)).await.and(announced)
}

/// Carries the job out, shows how far it is, and says how it ended.
async fn carry_out(context: &CommandContext, id: i64, wait: Duration) -> CommandResult {
    context.connections.connected().await?;
    let runner =
        Runner { pool: context.connections.pool.clone(), replayer: context.connections.replayer()?.clone() };
    let bar = ProgressBar::new(0);
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} {msg}");
    bar.set_style(style.map_err(|e| ServiceError::Internal(e.to_string()))?);
    let view = carry_out::carry_out(runner, id, wait, |view| show_progress(&bar, view)).await?;
    bar.finish();
    let printed = print(&view);
    match (view.job.state, view.progress.dead_again) {
        (JobState::Done, 0) => printed,
        (JobState::Done, again) => {
            let message = format!("{again} dead letters of job {id} failed again");
            Err(ServiceError::conflict("died_again", message).into())
        }
        (state, _) => Err(ServiceError::conflict("not_done", format!("job {id} is {state}")).into()),
    }
}

fn show_progress(bar: &ProgressBar, view: &JobView) {
    let total = u64::try_from(view.job.total).unwrap_or(0);
    bar.set_length(total);
    bar.set_position(total - u64::try_from(view.progress.waiting).unwrap_or(0).min(total));
    bar.set_message(format!("{}, {} took effect", view.job.state, view.progress.resolved));
}

pub(super) fn print(view: &JobView) -> CommandResult {
    let p = &view.progress;
    let done = match view.job.action {
        JobAction::Discard => format!("{} discarded", p.sent),
        JobAction::Replay => {
            let on_their_way = p.sent - p.resolved - p.dead_again;
            format!(
                "{} sent ({} took effect, {} failed again, {on_their_way} on their way)",
                p.sent, p.resolved, p.dead_again
            )
        }
    };
    output::line(&format!(
        "job {} is {}: {done}, {} skipped, {} refused by the broker, {} unknown, {} waiting",
        view.job.id, view.job.state, p.skipped, p.failed, p.unknown, p.waiting
    ))?;
    view.job.note.as_deref().map_or(Ok(()), output::line)
}
