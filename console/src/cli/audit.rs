//! `sluicegate audit list|verify|export`.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::listing::PageArguments;
use super::output::{self, CommandResult};
use super::{CommandContext, CommandError};
use crate::audit::anchor::{self, Anchor};
use crate::audit::chain::{self, ChainCheck};
use crate::audit::export;
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
    Verify(VerifyArguments),
    /// Write all lines, one JSON object each, to a file that `audit verify --file` checks without the database
    Export {
        /// The file to write; standard output by default
        #[arg(long, value_name = "PATH")]
        file: Option<PathBuf>,
    },
}

#[derive(Debug, Args)]
pub(super) struct VerifyArguments {
    /// Check an exported file instead of the database
    #[arg(long, value_name = "PATH")]
    file: Option<PathBuf>,
    /// Hold the chain against the anchors in this file, as AUDIT_ANCHOR_FILE keeps them
    #[arg(long, value_name = "PATH")]
    anchors: Option<PathBuf>,
    /// Print JSON, for scripts
    #[arg(long)]
    json: bool,
}

impl VerifyArguments {
    fn anchors(&self) -> Result<Vec<Anchor>, ServiceError> {
        self.anchors.as_deref().map_or(Ok(Vec::new()), anchor::read)
    }
}

impl AuditCommand {
    /// Carries out what needs neither database nor settings: checking a file. None: it is something else.
    pub(super) fn run_offline(&self) -> Option<CommandResult> {
        let AuditCommand::Verify(arguments @ VerifyArguments { file: Some(path), .. }) = self else {
            return None;
        };
        let check = || {
            let unreadable = |e: std::io::Error| {
                ServiceError::invalid("invalid_export", format!("{} cannot be read: {e}", path.display()))
            };
            let file = std::fs::File::open(path).map_err(unreadable)?;
            export::verify(std::io::BufReader::new(file), &arguments.anchors()?)
        };
        Some(check().map_err(CommandError::from).and_then(|check| print(check, arguments.json)))
    }
}

pub(super) async fn run(context: &CommandContext, command: AuditCommand) -> CommandResult {
    match command {
        AuditCommand::Verify(arguments) => verify(context, &arguments).await,
        AuditCommand::Export { file } => write(context, file.as_deref()).await,
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

async fn verify(context: &CommandContext, arguments: &VerifyArguments) -> CommandResult {
    context.connections.reachable().await?;
    let mut anchors = arguments.anchors()?;
    if let Some(kept) = context.settings.audit_anchor.as_deref().filter(|path| path.exists()) {
        anchors.extend(anchor::read(kept)?);
        anchors.sort_by_key(|anchor| anchor.id);
    }
    print(chain::verify(&context.connections.pool, &anchors).await?, arguments.json)
}

async fn write(context: &CommandContext, path: Option<&Path>) -> CommandResult {
    context.connections.reachable().await?;
    let pool = &context.connections.pool;
    let Some(path) = path else {
        export::export(pool, &mut std::io::stdout().lock()).await?;
        return Ok(());
    };
    let file = std::fs::File::create(path).map_err(CommandError::Output)?;
    let written = export::export(pool, &mut std::io::BufWriter::new(file)).await?;
    output::line(&format!("{written} lines are in {}", path.display()))
}

fn print(check: ChainCheck, json: bool) -> CommandResult {
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
                let anchored = match check.anchors {
                    0 => String::new(),
                    n => format!("; {n} anchors agree"),
                };
                output::line(&format!(
                    "the audit's chain is intact: {checked} lines, the last with the hash {hash}{anchored}"
                ))?;
            }
            Ok(())
        }
    }
}
