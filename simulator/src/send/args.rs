//! The flags of `simulator send`.

use std::path::PathBuf;
use std::time::Duration;

use crate::history_args::HistoryArgs;

/// Sends signed Stripe events to an ingress, and optionally checks their results.
#[derive(Debug, clap::Args)]
pub struct SendArgs {
    /// The address of the ingress; /webhooks/stripe is added where it has no path.
    #[arg(long, env = "INGRESS_URL", default_value = "http://127.0.0.1:8080")]
    pub url: String,
    /// The endpoint's signing secret.
    #[arg(long, env = "STRIPE_WEBHOOK_SECRET", hide_env_values = true)]
    pub secret: String,
    /// Which histories are sent.
    #[command(flatten)]
    pub of: HistoryArgs,
    /// Send the event bodies in these files instead (a folder: every .json in it).
    #[arg(long, value_name = "PATH", num_args = 1..)]
    pub file: Vec<PathBuf>,
    /// Give each event from a file a new id, so that it is not a duplicate of an earlier run's.
    #[arg(long, requires = "file")]
    pub fresh_ids: bool,
    /// Send this share of the events twice.
    #[arg(long, value_parser = percent, default_value = "0%", value_name = "PERCENT")]
    pub duplicates: u8,
    /// Send the events of all histories in random order.
    #[arg(long)]
    pub shuffle: bool,
    /// Send in bursts of 1 to N events with pauses between.
    #[arg(long, value_name = "N", num_args = 0..=1, default_missing_value = "50")]
    pub bursts: Option<usize>,
    /// The pause between bursts.
    #[arg(long, value_parser = humantime::parse_duration, default_value = "200ms")]
    pub pause: Duration,
    /// The maximum number of events per second.
    #[arg(long, value_name = "N")]
    pub rate: Option<u32>,
    /// The number of connections.
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=4096))]
    pub concurrency: u16,
    /// The maximum number of attempts for one event.
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..))]
    pub attempts: u32,
    /// Then wait until every event is settled in this database and compare it with the expected state.
    #[arg(long = "database", value_name = "URL")]
    pub database: Option<String>,
    /// How long to wait for that.
    #[arg(long, value_parser = humantime::parse_duration, default_value = "60s")]
    pub deadline: Duration,
}

fn percent(text: &str) -> Result<u8, String> {
    let number = text.strip_suffix('%').unwrap_or(text).parse::<u8>().ok();
    number.filter(|number| *number <= 100).ok_or_else(|| "takes 0% to 100%".to_owned())
}
