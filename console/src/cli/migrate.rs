//! `sluicegate migrate`.

use clap::Args;
use service::error::chain;

use super::CommandContext;
use super::output::{self, CommandResult};
use crate::common::error::ServiceError;

#[derive(Debug, Args)]
pub(super) struct MigrateArguments {
    /// The database role that the programs connect as: it may read and write the tables, and change neither the schema
    /// nor the audit. It must exist
    #[arg(long, value_name = "ROLE")]
    grant_to: Option<String>,
}

pub(super) async fn run(context: &CommandContext, arguments: MigrateArguments) -> CommandResult {
    context.connections.reachable().await?;
    let pool = &context.connections.pool;
    let failed = |e: postgres::migrate::MigrateError| ServiceError::Internal(chain(&e));
    let applied = postgres::migrate::run(pool).await.map_err(failed)?;
    if let Some(role) = &arguments.grant_to {
        postgres::migrate::grant(pool, role).await.map_err(failed)?;
    }
    match applied.len() {
        0 => output::line("the database has the newest schema already"),
        n => output::line(&format!("{n} migrations applied: {}", applied.join(", "))),
    }
}
