//! `sluicegate queues`, `sluicegate queues pause|resume`.

use std::time::Duration;

use clap::{Args, Subcommand};

use super::CommandContext;
use super::output::{self, CommandResult};
use crate::audit::reason::AuditReason;
use crate::common::elapsed;
use crate::runtime::settings::Needs;
use crate::system::pauses::{self, QueueCommand, WorkQueue};
use crate::system::queues::{self, Sources};

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct QueuesArguments {
    #[command(subcommand)]
    command: Option<QueuesCommand>,
    /// Print JSON, for scripts
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum QueuesCommand {
    /// Let no worker take events from a queue; they obey within 5 seconds, and events wait at the broker
    Pause(QueueArguments),
    /// Let workers take events from a paused queue again
    Resume(QueueArguments),
}

#[derive(Debug, Args)]
struct QueueArguments {
    /// The queue
    queue: WorkQueue,
    /// The reason, which the audit records
    #[arg(long)]
    reason: String,
}

impl QueuesArguments {
    /// A pause is a row of the database; only the list asks the broker.
    pub(super) fn needs(&self) -> Needs {
        Needs { broker: self.command.is_none(), rules: false }
    }
}

pub(super) async fn run(context: &CommandContext, arguments: QueuesArguments) -> CommandResult {
    let asked = match &arguments.command {
        Some(QueuesCommand::Pause(asked)) => Some((asked, QueueCommand::Pause, "paused")),
        Some(QueuesCommand::Resume(asked)) => Some((asked, QueueCommand::Resume, "resumed")),
        None => None,
    };
    if let Some((QueueArguments { queue, reason }, command, done)) = asked {
        let reason = AuditReason::new(reason)?;
        context.connections.reachable().await?;
        pauses::command(&context.connections.pool, &context.actor, *queue, command, &reason).await?;
        return output::line(&format!("the queue {queue} is {done}; workers obey within 5 seconds"));
    }
    context.connections.connected().await?;
    let broker = context.connections.broker()?;
    let management = context.settings.management.as_ref();
    let items = queues::list(Sources { broker, management, pool: &context.connections.pool }).await?;
    if arguments.json {
        return output::json(&serde_json::json!({ "items": items, "next": null }));
    }
    let rows: Vec<Vec<String>> = items
        .iter()
        .map(|q| {
            let unacked = q.unacknowledged.map_or_else(|| "?".to_owned(), |n| n.to_string());
            let oldest = match q.oldest_seconds {
                Some(seconds) => elapsed::format_seconds(Duration::from_secs(seconds).as_secs_f64()),
                None if q.ready > 0 => "?".to_owned(),
                None => "-".to_owned(),
            };
            let paused = q.paused.as_ref().map(|p| format!("paused by {}: {}", p.paused_by, p.reason));
            let (ready, consumers) = (q.ready.to_string(), q.consumers.to_string());
            vec![q.name.clone(), ready, unacked, consumers, oldest, paused.unwrap_or_default()]
        })
        .collect();
    let headings = ["QUEUE", "READY", "UNACKED", "CONSUMERS", "OLDEST AT MOST", "PAUSED"];
    output::table_with_optional("PAUSED", &headings, rows)
}
