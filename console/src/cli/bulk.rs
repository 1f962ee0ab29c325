//! Replaying or discarding many from the command line, with a progress bar; and the jobs that do it.

use std::time::Duration;

use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use tokio_util::sync::CancellationToken;

use super::{Context, output};
use crate::bulk::{self, Action, Change, JobView, Request};
use crate::failure::Failure;
use crate::paging::{self, Page};
use crate::replay::Why;
use crate::runner::Runner;
use crate::store::dead_letters::Filter;
use crate::store::jobs::{self as store, Job};

const LOOK: Duration = Duration::from_millis(300);

/// Which letters, and how.
#[derive(Debug, Args)]
pub(super) struct Many {
    /// Take every open letter that fits the filters below, instead of one by its number
    #[arg(long)]
    all: bool,
    /// Only events of this type
    #[arg(long = "type", requires = "all")]
    kind: Option<String>,
    /// Only letters that died of this reason
    #[arg(long, requires = "all")]
    died_of: Option<String>,
    /// Only letters of this group
    #[arg(long, requires = "all")]
    fingerprint: Option<String>,
    /// Only letters that name this id, or have these words in their error
    #[arg(short, long, requires = "all")]
    q: Option<String>,
    /// Only say what would be done
    #[arg(long, requires = "all")]
    dry_run: bool,
    /// How many they are, as a dry run has said: refused when they are not
    #[arg(long, requires = "all")]
    count: Option<i64>,
    /// Letters per second
    #[arg(long, requires = "all", default_value_t = bulk::USUAL_RATE)]
    rate: i32,
    /// How many of a replay go first; the rest follows when they took effect
    #[arg(long, requires = "all", default_value_t = 0)]
    canary: i32,
}

impl Many {
    /// Whether many are meant, checked against the number that is there for one.
    pub(super) fn meant(&self, id: Option<i64>) -> Result<Option<i64>, Failure> {
        match (id, self.all) {
            (Some(id), false) => Ok(Some(id)),
            (None, true) => Ok(None),
            _ => Err(Failure::invalid("usage", "give a dead letter's number, or --all with filters")),
        }
    }
}

/// Says what would be done, or makes a job and carries it out.
pub(super) async fn run(context: &Context, action: Action, many: Many, reason: &str) -> Result<(), Failure> {
    let pool = &context.servers.pool;
    let filter = Filter {
        kind: many.kind,
        reason: many.died_of,
        fingerprint: many.fingerprint,
        q: many.q,
        ..Filter::default()
    };
    let filter = filter.checked()?;
    if many.dry_run {
        let run = bulk::dry_run(pool, action, filter).await?;
        println!("{} of {} dead letters; go on with --count {}", action.name(), run.count, run.count);
        return Ok(());
    }
    let count = many.count.ok_or_else(|| {
        Failure::invalid(
            "not_confirmed",
            "look with --dry-run first, then confirm with --count how many they are",
        )
    })?;
    let why = Why::new(reason)?;
    let request = Request { action, filter, why, rate: many.rate, canary: many.canary, count: Some(count) };
    let id = bulk::create(pool, &context.actor, request).await?;
    println!("job {id}; Ctrl-C leaves it to the console that serves, `sluicegate jobs cancel {id}` ends it");
    carry_out(context, id).await
}

/// Runs the job here, unless a serving console has it already, and shows how far it is.
async fn carry_out(context: &Context, id: i64) -> Result<(), Failure> {
    context.servers.connected().await?;
    let runner = Runner { pool: context.servers.pool.clone(), replayer: context.servers.replayer()?.clone() };
    let stop = CancellationToken::new();
    let working = tokio::spawn({
        let stop = stop.clone();
        async move {
            while !stop.is_cancelled() {
                runner.one(id, &stop).await;
                tokio::time::sleep(LOOK).await;
            }
        }
    });
    let bar = ProgressBar::new(0);
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} {msg}");
    bar.set_style(style.map_err(|e| Failure::Internal(e.to_string()))?);
    let view = loop {
        let view = bulk::show(&context.servers.pool, id).await?;
        let total = u64::try_from(view.job.total).unwrap_or(0);
        bar.set_length(total);
        bar.set_position(total - u64::try_from(view.progress.waiting).unwrap_or(0).min(total));
        bar.set_message(format!("{}, {} took effect", view.job.state, view.progress.resolved));
        if !matches!(view.job.state.as_str(), "canary" | "running") {
            break view;
        }
        tokio::time::sleep(LOOK).await;
    };
    bar.finish();
    stop.cancel();
    if working.await.is_err() {
        tracing::warn!("the job's runner ended badly");
    }
    print(&view);
    if view.job.state == "done" {
        Ok(())
    } else {
        Err(Failure::conflict("not_done", format!("job {id} is {}", view.job.state)))
    }
}

fn print(view: &JobView) {
    let p = &view.progress;
    println!(
        "job {} is {}: {} sent, {} left out, {} not taken, {} unknown",
        view.job.id, view.job.state, p.sent, p.skipped, p.failed, p.unknown
    );
    if let Some(note) = &view.job.note {
        println!("{note}");
    }
}

/// Bulk jobs.
#[derive(Debug, Subcommand)]
pub(super) enum JobCommand {
    /// Bulk jobs, newest first
    List {
        /// Continue a list: the `next` of the page before
        #[arg(long)]
        before: Option<String>,
        /// How many
        #[arg(long, default_value_t = 50)]
        limit: i64,
        /// JSON for scripts
        #[arg(long)]
        json: bool,
    },
    /// One bulk job and how far it is
    Show {
        /// Its number
        id: i64,
        /// JSON for scripts
        #[arg(long)]
        json: bool,
    },
    /// Stop a job for now
    Pause {
        /// Its number
        id: i64,
    },
    /// Let a paused job go on
    Resume {
        /// Its number
        id: i64,
    },
    /// Stop a job for good
    Cancel {
        /// Its number
        id: i64,
    },
}

pub(super) async fn jobs(context: &Context, command: JobCommand) -> Result<(), Failure> {
    let pool = &context.servers.pool;
    let (id, change) = match command {
        JobCommand::List { before, limit, json } => {
            return list(context, before.as_deref(), limit, json).await;
        }
        JobCommand::Show { id, json } => {
            let view = bulk::show(pool, id).await?;
            if json {
                return output::json(&view);
            }
            print(&view);
            return Ok(());
        }
        JobCommand::Pause { id } => (id, Change::Pause),
        JobCommand::Resume { id } => (id, Change::Resume),
        JobCommand::Cancel { id } => (id, Change::Cancel),
    };
    bulk::change(pool, &context.actor, id, change).await?;
    print(&bulk::show(pool, id).await?);
    Ok(())
}

async fn list(context: &Context, before: Option<&str>, limit: i64, json: bool) -> Result<(), Failure> {
    let limit = paging::limit(Some(limit))?;
    let client = context.servers.pool.get().await?;
    let jobs = store::list(&client, paging::number_cursor(before)?, limit + 1).await?;
    let page = Page::cut(jobs, limit, |job| job.id.to_string());
    if json {
        return output::json(&page);
    }
    let row = |j: &Job| {
        vec![
            j.id.to_string(),
            output::time(j.created_at),
            j.action.clone(),
            j.total.to_string(),
            j.state.clone(),
            j.actor.clone(),
            j.reason.clone(),
        ]
    };
    let rows: Vec<Vec<String>> = page.items.iter().map(row).collect();
    output::table(&["JOB", "BEGUN", "WHAT", "LETTERS", "STATE", "BY", "WHY"], &rows);
    output::more(page.next.as_deref());
    Ok(())
}
