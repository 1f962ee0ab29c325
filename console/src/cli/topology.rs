//! `sluicegate topology`.

use super::CommandContext;
use super::output::{self, CommandResult};

/// Every program declares the topology when it connects, and so does this command.
pub(super) async fn run(context: &CommandContext) -> CommandResult {
    context.connections.connected().await?;
    output::line("the exchanges and queues are there")
}
