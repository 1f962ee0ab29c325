//! `sluicegate audit list|verify`.

use clap::Subcommand;

use super::CommandContext;
use super::listing::PageArguments;
use super::output::{self, CommandResult};
use crate::audit::chain;
use crate::audit::service;
use crate::audit::store;
use crate::common::error::ServiceError;
use crate::common::role::Role;

#[derive(Debug, Subcommand)]
pub(super) enum AuditCommand {
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
        page: PageArguments,
    },
    /// Check that no line was changed, removed or inserted
    Verify {
        /// Print JSON, for scripts
        #[arg(long)]
        json: bool,
    },
}

pub(super) async fn run(context: &CommandContext, command: AuditCommand) -> CommandResult {
    match command {
        AuditCommand::Verify { json } => verify(context, json).await,
        AuditCommand::List { actor, action, subject, page: arguments } => {
            context.connections.reachable().await?;
            let filter = store::AuditFilter { actor, action, subject };
            let page =
                service::list(&context.connections.pool, &filter, &arguments.request(), Role::Admin).await?;
            if arguments.json {
                return output::json(&page);
            }
            let row = |e: &store::AuditEntry| {
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
            output::table(&["LINE", "TIME", "ACTOR", "ACTION", "SUBJECT", "REASON"], &rows)?;
            output::more(page.next.as_deref())
        }
    }
}

async fn verify(context: &CommandContext, json: bool) -> CommandResult {
    context.connections.reachable().await?;
    let check = chain::verify(&context.connections.pool).await?;
    if json {
        output::json(&check)?;
    }
    match check.broken {
        Some(broken) => {
            Err(ServiceError::conflict("audit_broken", format!("the audit's chain is broken: {broken}"))
                .into())
        }
        None => {
            if !json {
                let (checked, hash) = (check.checked, check.hash);
                let whole =
                    format!("the audit's chain is intact: {checked} lines, the last with the hash {hash}");
                output::line(&whole)?;
            }
            Ok(())
        }
    }
}
