//! `sluicegate jobs list|show|pause|resume|cancel`.

use clap::Subcommand;

use super::Context;
use super::bulk::print;
use super::output::{self, Printed};
use crate::bulk::{self, Change};
use crate::paging::{self, Page};
use crate::store::jobs::{self as store, Job};

/// Bulk jobs.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Bulk jobs, newest first
    List {
        /// Continue a list: the `next` of the page before
        #[arg(long)]
        before: Option<String>,
        /// How many
        #[arg(long, default_value_t = 50, allow_negative_numbers = true)]
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

pub(super) async fn run(context: &Context, command: Command) -> Printed {
    let pool = &context.servers.pool;
    context.servers.reachable().await?;
    let (id, change) = match command {
        Command::List { before, limit, json } => {
            return list(context, before.as_deref(), limit, json).await;
        }
        Command::Show { id, json } => {
            let view = bulk::show(pool, id).await?;
            if json {
                return output::json(&view);
            }
            return print(&view);
        }
        Command::Pause { id } => (id, Change::Pause),
        Command::Resume { id } => (id, Change::Resume),
        Command::Cancel { id } => (id, Change::Cancel),
    };
    bulk::change(pool, &context.actor, id, change).await?;
    print(&bulk::show(pool, id).await?)
}

async fn list(context: &Context, before: Option<&str>, limit: i64, json: bool) -> Printed {
    let limit = paging::limit(Some(limit))?;
    let client = context.servers.database().await?;
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
    output::table(&["JOB", "BEGUN", "WHAT", "LETTERS", "STATE", "BY", "WHY"], &rows)?;
    output::more(page.next.as_deref())
}
