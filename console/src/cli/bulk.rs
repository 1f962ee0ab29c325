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
use crate::jobs::carry_out;
use crate::jobs::runner::Runner;
use crate::jobs::service::{self, JobRequest, JobView};
use crate::jobs::state::{JobAction, JobState};

/// Which dead letters, and how.
#[derive(Debug, Args)]
pub(super) struct BulkArguments {
    /// Take every open dead letter that the filters below match, instead of one
    #[arg(long)]
    all: bool,
    /// Only events of this type
    #[arg(long = "type", requires = "all")]
    kind: Option<String>,
    /// Only dead letters with this reason
    #[arg(long, requires = "all")]
    died_of: Option<String>,
    /// Only dead letters of this group
    #[arg(long, requires = "all")]
    fingerprint: Option<String>,
    /// Only dead letters that name this id, or have this text in their error
    #[arg(short, long, requires = "all")]
    q: Option<String>,
    #[command(flatten)]
    origin: OriginArguments,
    /// Only show what would be done
    #[arg(long, requires = "all")]
    dry_run: bool,
    /// The number that the dry run showed; nothing is done when it has changed
    #[arg(long, requires = "all", allow_negative_numbers = true)]
    count: Option<i64>,
    /// Dead letters per second
    #[arg(long, requires = "all", default_value_t = service::DEFAULT_RATE, allow_negative_numbers = true)]
    rate: i32,
    /// How many of a replay are sent first; the others follow when these have taken effect
    #[arg(long, requires = "all", default_value_t = 0, allow_negative_numbers = true)]
    canary: i32,
    /// When all are sent, wait this many seconds for their results
    #[arg(long, requires = "all", default_value_t = 10)]
    wait: u64,
}

impl BulkArguments {
    /// Whether many are meant, checked against the number that is there for one.
    pub(super) fn meant(&self, id: Option<i64>) -> Result<Option<i64>, ServiceError> {
        match (id, self.all) {
            (Some(id), false) => Ok(Some(id)),
            (None, true) => Ok(None),
            _ => Err(ServiceError::invalid("usage", "give a dead letter's number, or --all with filters")),
        }
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
    let request =
        JobRequest { action, filter, reason, rate: many.rate, canary: many.canary, count: Some(count) };
    let id = service::create(pool, &context.actor, request).await?;
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
