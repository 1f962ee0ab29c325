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
    let items = queues::list(broker, &context.settings.topology).await?;
    if arguments.json {
        return output::json(&serde_json::json!({ "items": items }));
    }
    let rows: Vec<Vec<String>> =
        items.iter().map(|q| vec![q.name.clone(), q.ready.to_string(), q.consumers.to_string()]).collect();
    output::table(&["QUEUE", "READY", "CONSUMERS"], &rows);
    Ok(())
}
