//! Arguments of the programs that speak to RabbitMQ, to be flattened into their own.

use crate::topology::Topology;
use clap::Args;
use lapin::uri::AMQPUri;
use secrecy::{ExposeSecret, SecretString};
use service::settings::setting::{durations, value};
use service::settings::{Problems, Setting};
use std::time::Duration;

/// `AMQP_URL` and what goes with it.
#[derive(Debug, Clone, Args)]
pub struct AmqpArgs {
    /// RabbitMQ: amqp://user:password@host:5672/vhost, or amqps:// for TLS. Required.
    #[arg(long, env = "AMQP_URL", hide_env_values = true, value_name = "URL")]
    amqp_url: Option<String>,
    /// A file that holds AMQP_URL.
    #[arg(long, env = "AMQP_URL_FILE", value_name = "PATH")]
    amqp_url_file: Option<String>,
    /// Put before the name of every exchange and queue; for several systems on one broker.
    /// Default: nothing.
    #[arg(long, env = "AMQP_PREFIX", value_name = "TEXT",
        value_parser = value("at most 100 letters, digits, dots, dashes and underscores", prefix))]
    amqp_prefix: Option<Setting<String>>,
}

/// RabbitMQ's names have at most 255 bytes, ours need some of them.
const LONGEST_PREFIX: usize = 100;

fn prefix(raw: &str) -> Option<String> {
    let fits =
        raw.len() <= LONGEST_PREFIX && raw.chars().all(|c| c.is_ascii_alphanumeric() || ".-_".contains(c));
    fits.then(|| raw.to_owned())
}

impl AmqpArgs {
    /// The broker's URL, checked; what is wrong with it is noted in `problems`.
    pub fn url(&self, problems: &mut Problems) -> SecretString {
        let takes = "amqp://user:password@host:5672/vhost";
        let (raw, file) = (self.amqp_url.as_deref(), self.amqp_url_file.as_deref());
        let url = problems.required_secret("AMQP_URL", raw, file, takes);
        let text = url.expose_secret();
        if !text.is_empty() && text.parse::<AMQPUri>().is_err() {
            problems.add("AMQP_URL", format_args!("takes {takes} (or amqps://); what it holds is not one"));
        }
        url
    }

    /// The names under the prefix, with these retry queues.
    pub fn topology(&self, problems: &mut Problems, retry: Vec<Duration>) -> Topology {
        let prefix = problems.take_optional(self.amqp_prefix.as_ref()).unwrap_or_default();
        Topology { prefix, retry }
    }
}

/// The setting `RETRY_SCHEDULE`, which all workers and the console share.
#[derive(Debug, Clone, Args)]
pub struct RetryArgs {
    /// How long an event waits before each further attempt, comma separated. All processes must be
    /// given the same.
    #[arg(long, env = "RETRY_SCHEDULE", value_name = "TIMES", default_value = "10s,1m,10m,1h,6h",
        value_parser = durations())]
    retry_schedule: Setting<Vec<Duration>>,
}

impl RetryArgs {
    /// The delays, one further attempt for each.
    pub fn schedule(&self, problems: &mut Problems) -> Vec<Duration> {
        problems.take(&self.retry_schedule)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use service::settings::setting::from_pairs;

    #[test]
    fn a_wrong_url_is_refused_without_quoting_its_password() {
        let mut problems = Problems::default();
        let amqp: AmqpArgs = from_pairs(&[("AMQP_URL", "http://u:hunter2@h")]);
        amqp.url(&mut problems);
        let text = problems.finish().unwrap_err().to_string();
        assert_eq!(text.lines().count(), 1, "{text}");
        assert!(text.contains("AMQP_URL takes"), "{text}");
        assert!(!text.contains("hunter2"), "{text}");
    }

    #[test]
    fn defaults_are_those_of_the_documentation() {
        let mut problems = Problems::default();
        let labels: Vec<String> = from_pairs::<RetryArgs>(&[])
            .schedule(&mut problems)
            .iter()
            .copied()
            .map(crate::topology::label)
            .collect();
        assert_eq!(labels.join(","), "10s,1m,10m,1h,6h");
        assert_eq!(from_pairs::<AmqpArgs>(&[]).topology(&mut problems, vec![]), Topology::default());
        assert_eq!(problems.finish(), Ok(()));
    }
}
