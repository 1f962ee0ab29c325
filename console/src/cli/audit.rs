//! `sluicegate audit list|verify`.

use clap::Subcommand;

use super::Context;
use super::listing::Listing;
use super::output::{self, Printed};
use crate::audit::chain;
use crate::audit::store;
use crate::common::failure::Failure;
use crate::common::paging::{self, Page};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Who did what, newest first
    List {
        /// Only what this one did, such as user:anna
        #[arg(long)]
        actor: Option<String>,
        /// Only this, such as dead.replay
        #[arg(long)]
        action: Option<String>,
        /// Only what was done to this, such as dead_letter:12
        #[arg(long)]
        subject: Option<String>,
        #[command(flatten)]
        page: Listing,
    },
    /// Check that no line was changed, removed or slipped in
    Verify {
        /// JSON for scripts
        #[arg(long)]
        json: bool,
    },
}

pub(super) async fn run(context: &Context, command: Command) -> Printed {
    match command {
        Command::Verify { json } => verify(context, json).await,
        Command::List { actor, action, subject, page: Listing { before, limit, json } } => {
            let limit = paging::limit(Some(limit))?;
            let before = paging::number_cursor(before.as_deref())?;
            let client = context.servers.database().await?;
            let filter = store::Filter { actor, action, subject };
            let entries = store::list(&client, &filter, before, limit + 1).await?;
            let page = Page::cut(entries, limit, |entry| entry.id.to_string());
            if json {
                return output::json(&page);
            }
            let row = |e: &store::Entry| {
                vec![
                    e.id.to_string(),
                    output::time(e.at),
                    e.actor.clone(),
                    e.action.clone(),
                    e.subject.clone(),
                    e.reason.clone(),
                ]
            };
            let rows: Vec<Vec<String>> = page.items.iter().map(row).collect();
            output::table(&["LINE", "WHEN", "WHO", "WHAT", "TO WHICH", "WHY"], &rows)?;
            output::more(page.next.as_deref())
        }
    }
}

async fn verify(context: &Context, json: bool) -> Printed {
    context.servers.reachable().await?;
    let verdict = chain::verify(&context.servers.pool).await?;
    if json {
        output::json(&verdict)?;
    }
    match verdict.broken {
        Some(broken) => {
            Err(Failure::conflict("audit_broken", format!("the audit's chain is broken: {broken}")).into())
        }
        None => {
            if !json {
                let (checked, hash) = (verdict.checked, verdict.hash);
                let whole =
                    format!("the audit's chain is whole: {checked} lines, the last with the hash {hash}");
                output::line(&whole)?;
            }
            Ok(())
        }
    }
}
