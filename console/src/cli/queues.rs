//! `sluicegate queues`.

use clap::Args;

use super::{Context, output};
use crate::failure::Failure;
use crate::queues;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// JSON for scripts
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(context: &Context, arguments: Arguments) -> Result<(), Failure> {
    context.servers.connected().await?;
    let broker = context.servers.broker()?;
    let items =
        queues::list(broker, &context.settings.topology, context.settings.management.as_ref()).await?;
    if arguments.json {
        return output::json(&serde_json::json!({ "items": items }));
    }
    let rows: Vec<Vec<String>> = items
        .iter()
        .map(|q| {
            let held = q.unacknowledged.map_or_else(|| "?".to_owned(), |n| n.to_string());
            vec![q.name.clone(), q.ready.to_string(), held, q.consumers.to_string()]
        })
        .collect();
    output::table(&["QUEUE", "READY", "UNACKED", "CONSUMERS"], &rows);
    Ok(())
}
