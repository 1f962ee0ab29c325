//! `sluicegate jobs list|show|report|pause|resume|approve|cancel`.

use clap::Subcommand;

use super::CommandContext;
use super::bulk::print;
use super::listing::PageArguments;
use super::output::{self, CommandResult};
use crate::common::role::Role;
use crate::jobs::service;
use crate::jobs::state::JobCommand;
use crate::jobs::store::Job;
use crate::reports::service as reports;

#[derive(Debug, Subcommand)]
pub(super) enum JobsCommand {
    /// Bulk jobs, newest first
    List {
        #[command(flatten)]
        page: PageArguments,
    },
    /// One bulk job and how far it is
    Show {
        /// Number of the job
        id: i64,
        /// Print JSON, for scripts
        #[arg(long)]
        json: bool,
    },
    /// What the job was about and what was done, as an incident report in Markdown
    Report {
        /// Number of the job
        id: i64,
        /// Print JSON, for scripts
        #[arg(long)]
        json: bool,
    },
    /// Stop a job for now
    Pause {
        /// Number of the job
        id: i64,
    },
    /// Let a paused job go on
    Resume {
        /// Number of the job
        id: i64,
    },
    /// Let a job begin that somebody else proposed (REPLAY_APPROVAL)
    Approve {
        /// Number of the job
        id: i64,
    },
    /// Stop a job for good
    Cancel {
        /// Number of the job
        id: i64,
    },
}

pub(super) async fn run(context: &CommandContext, command: JobsCommand) -> CommandResult {
    let pool = &context.connections.pool;
    context.connections.reachable().await?;
    let (id, command) = match command {
        JobsCommand::List { page } => return list(context, page).await,
        JobsCommand::Show { id, json } => {
            let view = service::show(pool, id).await?;
            if json {
                return output::json(&view);
            }
            return print(&view);
        }
        JobsCommand::Report { id, json } => {
            return output::report(&reports::job(pool, id).await?, json);
        }
        JobsCommand::Pause { id } => (id, JobCommand::Pause),
        JobsCommand::Resume { id } => (id, JobCommand::Resume),
        JobsCommand::Approve { id } => (id, JobCommand::Approve),
        JobsCommand::Cancel { id } => (id, JobCommand::Cancel),
    };
    service::command(pool, &context.actor, id, command).await?;
    print(&service::show(pool, id).await?)
}

async fn list(context: &CommandContext, listing: PageArguments) -> CommandResult {
    let page = service::list(&context.connections.pool, &listing.request(), Role::Admin).await?;
    if listing.json {
        return output::json(&page);
    }
    let row = |j: &Job| {
        vec![
            j.id.to_string(),
            output::time(j.created_at),
            j.action.to_string(),
            j.total.to_string(),
            j.state.to_string(),
            j.actor.clone(),
            j.reason.clone(),
        ]
    };
    let rows: Vec<Vec<String>> = page.items.iter().map(row).collect();
    output::table(&["JOB", "CREATED", "ACTION", "DEAD LETTERS", "STATE", "ACTOR", "REASON"], &rows)?;
    output::more(page.next.as_deref())
}
