//! The flags of `simulator verify`.

use std::time::Duration;

use crate::history_args::HistoryArgs;

/// Compares the database with the expected state of the histories of a seed.
#[derive(Debug, clap::Args)]
pub struct VerifyArgs {
    /// The histories that were sent.
    #[command(flatten)]
    pub of: HistoryArgs,
    /// URL of the database that the events went into.
    #[arg(long = "database", env = "DATABASE_URL", hide_env_values = true, value_name = "URL")]
    pub database: String,
    /// How long to wait until every event is settled.
    #[arg(long, value_parser = humantime::parse_duration, default_value = "60s")]
    pub deadline: Duration,
}
