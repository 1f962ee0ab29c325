//! `sluicegate queues`.

use std::time::Duration;

use clap::Args;

use super::CommandContext;
use super::output::{self, CommandResult};
use crate::common::elapsed;
use crate::system::queues::{self, Sources};

#[derive(Debug, Args)]
pub(super) struct QueuesArguments {
    /// Print JSON, for scripts
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(context: &CommandContext, arguments: QueuesArguments) -> CommandResult {
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
            vec![q.name.clone(), q.ready.to_string(), unacked, q.consumers.to_string(), oldest]
        })
        .collect();
    output::table(&["QUEUE", "READY", "UNACKED", "CONSUMERS", "OLDEST AT MOST"], &rows)
}
