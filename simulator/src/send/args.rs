//! The flags of `simulator send` and `simulator verify`.

use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::histories::{self, History, Kind, Options, Version};

/// Which histories.
#[derive(Debug, Clone, clap::Args)]
pub struct HistoryArgs {
    /// How many histories.
    #[arg(long, default_value_t = 100, value_name = "N")]
    pub histories: u64,
    /// The seed that they come from; the same seed gives the same events [default: a new one, printed].
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Kinds of history: words such as card, expired, or purchases, all.
    #[arg(long, value_delimiter = ',', value_parser = kinds, default_value = "all", value_name = "WORDS")]
    pub kinds: Vec<Kinds>,
    /// One Stripe API version for all of them [default: any since 2022-11-15].
    #[arg(long, value_parser = version, value_name = "VERSION")]
    pub api_version: Option<Version>,
    /// Give this many events of a history the same second.
    #[arg(long, value_name = "N")]
    pub burst: Option<usize>,
}

/// The kinds that one word stands for.
#[derive(Debug, Clone)]
pub struct Kinds(Vec<Kind>);

impl HistoryArgs {
    /// The seed to use: the one given, or one from the clock.
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.seed.unwrap_or_else(|| {
            let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            // Short enough to type again.
            u64::try_from(now.as_millis()).unwrap_or_default() % 100_000_000_000
        })
    }

    /// Writes the histories of this seed, one after the other.
    pub fn write(&self, seed: u64) -> impl Iterator<Item = History> + '_ {
        let kinds: Vec<Kind> = self.kinds.iter().flat_map(|kinds| kinds.0.iter().copied()).collect();
        (0..self.histories).map(move |index| {
            let usual = histories::usual(seed, index);
            let options = Options {
                version: self.api_version.or(usual.version),
                burst: self.burst.or(usual.burst),
                ..usual
            };
            histories::write_with(seed, index, &kinds, options)
        })
    }
}

/// Sends signed Stripe events to an ingress, and optionally checks what became of them.
#[derive(Debug, clap::Args)]
pub struct SendArgs {
    /// Where the ingress is; without a path, /webhooks/stripe.
    #[arg(long, env = "INGRESS_URL", default_value = "http://127.0.0.1:8080")]
    pub url: String,
    /// The endpoint's signing secret.
    #[arg(long, env = "STRIPE_WEBHOOK_SECRET", hide_env_values = true)]
    pub secret: String,
    /// The histories.
    #[command(flatten)]
    pub of: HistoryArgs,
    /// Send the event bodies in these files instead (a folder: every .json in it).
    #[arg(long, value_name = "PATH", num_args = 1..)]
    pub file: Vec<PathBuf>,
    /// Give each event from a file a new id, so that it is no repeat of an earlier run.
    #[arg(long, requires = "file")]
    pub fresh_ids: bool,
    /// Send this share of the events twice.
    #[arg(long, value_parser = percent, default_value = "0%", value_name = "PERCENT")]
    pub duplicates: u8,
    /// Send the events of all histories in any order.
    #[arg(long)]
    pub shuffle: bool,
    /// Send in bursts of 1 to N events with pauses between.
    #[arg(long, value_name = "N", num_args = 0..=1, default_missing_value = "50")]
    pub bursts: Option<usize>,
    /// The pause between bursts.
    #[arg(long, value_parser = humantime::parse_duration, default_value = "200ms")]
    pub pause: Duration,
    /// At most this many events in a second.
    #[arg(long, value_name = "N")]
    pub rate: Option<u32>,
    /// Connections to send over at once.
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=4096))]
    pub concurrency: u16,
    /// How often one event is tried before it is given up.
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..))]
    pub tries: u32,
    /// Then wait until every event is settled in this database and compare it with the expected state.
    #[arg(long = "database", value_name = "URL")]
    pub database: Option<String>,
    /// How long to wait for that.
    #[arg(long, value_parser = humantime::parse_duration, default_value = "60s")]
    pub deadline: Duration,
}

/// Compares the database with what the histories of a seed must have come to.
#[derive(Debug, clap::Args)]
pub struct VerifyArgs {
    /// The histories that were sent.
    #[command(flatten)]
    pub of: HistoryArgs,
    /// The database.
    #[arg(long = "database", env = "DATABASE_URL", hide_env_values = true, value_name = "URL")]
    pub database: String,
    /// How long to wait until every event is settled.
    #[arg(long, value_parser = humantime::parse_duration, default_value = "60s")]
    pub deadline: Duration,
}

fn kinds(word: &str) -> Result<Kinds, String> {
    Kind::named(word).map(Kinds).ok_or_else(|| {
        let words: Vec<_> = Kind::ALL.iter().map(|kind| kind.name()).collect();
        format!("takes {} or {}", Kind::GROUPS.join(", "), words.join(", "))
    })
}

fn version(word: &str) -> Result<Version, String> {
    Version::ALL.iter().find(|version| version.0 == word).copied().ok_or_else(|| {
        let words: Vec<_> = Version::ALL.iter().map(|version| version.0).collect();
        format!("takes {}", words.join(", "))
    })
}

fn percent(word: &str) -> Result<u8, String> {
    let number = word.strip_suffix('%').unwrap_or(word).parse::<u8>().ok();
    number.filter(|number| *number <= 100).ok_or_else(|| "takes 0% to 100%".to_owned())
}
