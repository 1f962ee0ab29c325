//! The flags that say which histories: of `simulator send` and of `simulator verify`.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::histories::{self, History, Kind, Options, Version};

#[derive(Debug, Clone, clap::Args)]
pub struct HistoryArgs {
    /// How many histories are made, of all kinds together.
    #[arg(long, default_value_t = 100, value_name = "N")]
    pub histories: u64,
    /// The seed; the same seed gives the same events [default: a new one, which is printed].
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Kinds of history, such as card or expired, or groups of them: purchases, all.
    #[arg(long, value_delimiter = ',', value_parser = kinds, default_value = "all", value_name = "WORDS")]
    pub kinds: Vec<Kinds>,
    /// One Stripe API version for all of them [default: any since 2022-11-15].
    #[arg(long, value_parser = version, value_name = "VERSION")]
    pub api_version: Option<Version>,
    /// How many events of a history fall within one second.
    #[arg(long = "same-second", value_name = "N")]
    pub burst: Option<usize>,
}

/// The kinds that a name stands for.
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

fn kinds(name: &str) -> Result<Kinds, String> {
    Kind::named(name).map(Kinds).ok_or_else(|| {
        let names: Vec<_> = Kind::ALL.iter().map(|kind| kind.name()).collect();
        format!("takes {} or {}", Kind::GROUPS.join(", "), names.join(", "))
    })
}

fn version(name: &str) -> Result<Version, String> {
    Version::ALL.iter().find(|version| version.0 == name).copied().ok_or_else(|| {
        let names: Vec<_> = Version::ALL.iter().map(|version| version.0).collect();
        format!("takes {}", names.join(", "))
    })
}
