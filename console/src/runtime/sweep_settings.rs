//! When Stripe's list of events is read.

use std::time::Duration;

use clap::Args;
use service::settings::setting::length_or_off;
use service::settings::{Problems, Setting};

/// `STRIPE_SWEEP` and `STRIPE_POLL`.
#[derive(Debug, Clone, Args)]
pub(crate) struct SweepArgs {
    /// How often `serve` looks in Stripe's list for events that no webhook brought, and publishes them: from 1m to 1d, or
    /// off. Needs STRIPE_API_KEY.
    #[arg(long, env = "STRIPE_SWEEP", value_name = "INTERVAL", default_value = "1h",
        value_parser = length_or_off(Duration::from_secs(60)..=Duration::from_secs(86_400)))]
    stripe_sweep: Setting<Option<Duration>>,
    /// How often `serve` reads new events from Stripe's list, where no webhook can reach the ingress: from 1s to 1h, or
    /// off. Needs STRIPE_API_KEY.
    #[arg(long, env = "STRIPE_POLL", value_name = "INTERVAL", default_value = "off",
        value_parser = length_or_off(Duration::from_secs(1)..=Duration::from_secs(3600)))]
    stripe_poll: Setting<Option<Duration>>,
}

/// Intervals; none: not at all.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SweepSettings {
    pub(crate) sweep: Option<Duration>,
    pub(crate) poll: Option<Duration>,
}

impl SweepArgs {
    /// The intervals. Polling without a key would read nothing, for ever.
    pub(crate) fn read(&self, has_key: bool, problems: &mut Problems) -> SweepSettings {
        let poll = problems.take(&self.stripe_poll);
        if poll.is_some() && !has_key {
            problems.add("STRIPE_POLL", "needs STRIPE_API_KEY, a key of Stripe that may read events");
        }
        // What polling reads is the same list: there is nothing left to sweep.
        let sweep = problems.take(&self.stripe_sweep).filter(|_| poll.is_none());
        SweepSettings { sweep, poll }
    }
}
