//! Arguments of the programs that speak to RabbitMQ, to be flattened into their own.

use crate::topology::Topology;
use clap::Args;
use lapin::uri::AMQPUri;
use secrecy::{ExposeSecret, SecretString};
use service::settings::Problems;
use std::time::Duration;

/// `AMQP_URL` and what goes with it.
#[derive(Debug, Clone, Default, Args)]
pub struct AmqpArgs {
    /// RabbitMQ: amqp://user:password@host:5672/vhost, or amqps:// for TLS. Required.
    #[arg(long, env = "AMQP_URL", hide_env_values = true, value_name = "URL")]
    pub amqp_url: Option<String>,
    /// A file that holds AMQP_URL.
    #[arg(long, env = "AMQP_URL_FILE", value_name = "PATH")]
    pub amqp_url_file: Option<String>,
    /// Prefix of every exchange and queue, so that several systems can share one broker.
    /// Default: none.
    #[arg(long, env = "AMQP_PREFIX", value_name = "TEXT")]
    pub amqp_prefix: Option<String>,
}

/// RabbitMQ's names have at most 255 bytes, ours need some of them.
const LONGEST_PREFIX: usize = 100;

impl AmqpArgs {
    /// The checked URL.
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
        let takes = "at most 100 letters, digits, dots, dashes and underscores";
        let prefix =
            problems.value("AMQP_PREFIX", self.amqp_prefix.as_deref(), String::new(), takes, |raw| {
                let fits = raw.len() <= LONGEST_PREFIX
                    && raw.chars().all(|c| c.is_ascii_alphanumeric() || ".-_".contains(c));
                fits.then(|| raw.to_owned())
            });
        Topology { prefix, retry }
    }
}

/// `RETRY_SCHEDULE`.
#[derive(Debug, Clone, Default, Args)]
pub struct RetryArgs {
    /// How long an event waits before each further attempt, comma separated. It must be the same for
    /// all processes. Default: 10s,1m,10m,1h,6h.
    #[arg(long, env = "RETRY_SCHEDULE", value_name = "TIMES")]
    pub retry_schedule: Option<String>,
}

const RETRY_SCHEDULE: [Duration; 5] = [
    Duration::from_secs(10),
    Duration::from_secs(60),
    Duration::from_secs(10 * 60),
    Duration::from_secs(60 * 60),
    Duration::from_secs(6 * 60 * 60),
];

impl RetryArgs {
    /// The delays.
    pub fn schedule(&self, problems: &mut Problems) -> Vec<Duration> {
        problems.durations("RETRY_SCHEDULE", self.retry_schedule.as_deref(), &RETRY_SCHEDULE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_url_is_refused_without_quoting_its_password() {
        let mut problems = Problems::default();
        let amqp = AmqpArgs { amqp_url: Some("http://u:hunter2@h".to_owned()), ..Default::default() };
        amqp.url(&mut problems);
        let text = problems.finish().unwrap_err().to_string();
        assert_eq!(text.lines().count(), 1, "{text}");
        assert!(text.contains("AMQP_URL takes"), "{text}");
        assert!(!text.contains("hunter2"), "{text}");
    }

    #[test]
    fn defaults_are_those_of_the_documentation() {
        let mut problems = Problems::default();
        let labels: Vec<String> = RetryArgs::default()
            .schedule(&mut problems)
            .iter()
            .copied()
            .map(crate::topology::label)
            .collect();
        assert_eq!(labels.join(","), "10s,1m,10m,1h,6h");
        assert_eq!(AmqpArgs::default().topology(&mut problems, vec![]), Topology::default());
        assert_eq!(problems.finish(), Ok(()));
    }
}
