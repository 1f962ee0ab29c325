//! The settings of the ingress. `--help` and the table in the documentation are these comments.

use amqp::args::AmqpArgs;
use amqp::broker::BrokerSettings;
use clap::Parser;
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use service::settings::{LogArgs, MetricsArgs, Problems};
use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

const SECRET: &str = "STRIPE_WEBHOOK_SECRET";
const SECRET_TAKES: &str = "the signing secret of the webhook endpoint, whsec_…; several, comma separated";
const METRICS_PORT: u16 = 9090;
const DAY: u64 = 86_400;
const MIB: u64 = 1024 * 1024;
/// RabbitMQ 4 accepts no larger message.
const LARGEST_BODY: u64 = 16 * MIB;

/// Receives Stripe's webhooks and answers 200 only when RabbitMQ has confirmed the event.
///
/// Every setting is an environment variable or the flag of the same name. A secret may also be in a
/// file: NAME_FILE holds the path. Secrets given as flags are visible in the list of processes.
#[derive(Debug, Clone, Default, Parser)]
#[command(name = "ingress", version)]
pub struct Args {
    /// The signing secret of the webhook endpoint /webhooks/stripe; several, comma separated, while
    /// a secret is being rolled. Required. Create further endpoints `/webhooks/stripe/<name>` by setting
    /// `STRIPE_WEBHOOK_SECRET_<NAME>` (or `STRIPE_WEBHOOK_SECRET_<NAME>_FILE`) in the environment.
    #[arg(long, env = "STRIPE_WEBHOOK_SECRET", hide_env_values = true, value_name = "SECRETS")]
    pub stripe_webhook_secret: Option<String>,
    /// A file that holds STRIPE_WEBHOOK_SECRET.
    #[arg(long, env = "STRIPE_WEBHOOK_SECRET_FILE", value_name = "PATH")]
    pub stripe_webhook_secret_file: Option<String>,
    /// The maximum age of a signature, in seconds. Default: 300.
    #[arg(long, env = "STRIPE_SIGNATURE_TOLERANCE", value_name = "SECONDS")]
    pub stripe_signature_tolerance: Option<String>,
    /// The address to listen on for webhooks. Default: 0.0.0.0:8080.
    #[arg(long, env = "INGRESS_BIND", value_name = "ADDRESS")]
    pub ingress_bind: Option<String>,
    /// The maximum size of a body, in bytes; a larger one is answered 413. Default: 1048576.
    #[arg(long, env = "INGRESS_MAX_BODY", value_name = "BYTES")]
    pub ingress_max_body: Option<String>,
    /// How long a body may take to arrive; a slower one is answered 408. Default: 10s.
    #[arg(long, env = "INGRESS_BODY_TIMEOUT", value_name = "TIME")]
    pub ingress_body_timeout: Option<String>,
    /// The memory budget for bodies, in bytes; above it the answer is 503. Default: 67108864.
    #[arg(long, env = "INGRESS_MAX_IN_FLIGHT", value_name = "BYTES")]
    pub ingress_max_in_flight: Option<String>,
    /// The maximum number of connections; further ones wait to be accepted. A busy one uses up to
    /// 256 KiB besides its body. Default: 1024.
    #[arg(long, env = "INGRESS_MAX_CONNECTIONS", value_name = "NUMBER")]
    pub ingress_max_connections: Option<String>,
    /// How long the broker may take to confirm an event; above it the answer is 503. Default: 5s.
    #[arg(long, env = "INGRESS_PUBLISH_TIMEOUT", value_name = "TIME")]
    pub ingress_publish_timeout: Option<String>,
    /// RabbitMQ.
    #[command(flatten)]
    pub amqp: AmqpArgs,
    /// Metrics and health.
    #[command(flatten)]
    pub metrics: MetricsArgs,
    /// Logging.
    #[command(flatten)]
    pub log: LogArgs,
}

/// The clock. A parameter because signatures age.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The settings, checked.
#[derive(Clone)]
pub struct Settings {
    /// Where `main` listens.
    pub bind: SocketAddr,
    /// The secrets of `/webhooks/stripe`.
    pub secrets: Vec<SecretString>,
    /// The secrets of `/webhooks/stripe/<name>`.
    pub endpoints: BTreeMap<String, Vec<SecretString>>,
    /// Seconds.
    pub tolerance: u64,
    /// Bytes.
    pub max_body: usize,
    /// How long a body may take.
    pub body_timeout: Duration,
    /// Bytes of all bodies that are being read or published.
    pub max_in_flight: usize,
    /// Connections served at once.
    pub max_connections: usize,
    /// How long a confirm may take.
    pub publish_timeout: Duration,
    /// RabbitMQ.
    pub broker: BrokerSettings,
    /// Where metrics and health are served.
    pub metrics_bind: Option<SocketAddr>,
    /// The clock that signatures are checked against.
    pub clock: Clock,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("bind", &self.bind)
            .field("endpoints", &self.endpoints.keys())
            .finish_non_exhaustive()
    }
}

impl Settings {
    /// Reads the arguments and, for named endpoints, the environment. Problems are noted in
    /// `problems`; the returned value must not be used then.
    pub fn read(
        args: &Args,
        environment: impl IntoIterator<Item = (String, String)>,
        problems: &mut Problems,
    ) -> Self {
        let secret = args.stripe_webhook_secret.as_deref();
        let secret_file = args.stripe_webhook_secret_file.as_deref();
        let secrets = problems.required_secret(SECRET, secret, secret_file, SECRET_TAKES);
        let any = |port| SocketAddr::from(([0, 0, 0, 0], port));
        let within = |seconds| Duration::from_millis(10)..=Duration::from_secs(seconds);
        let size = |problems: &mut Problems, name, raw: &Option<String>, default, range| {
            usize::try_from(problems.integer(name, raw.as_deref(), default, range)).unwrap_or(usize::MAX)
        };
        let max_body = size(problems, "INGRESS_MAX_BODY", &args.ingress_max_body, MIB, 1..=LARGEST_BODY);
        Self {
            secrets: split(SECRET, &secrets, problems),
            endpoints: endpoints(environment, problems),
            tolerance: problems.integer(
                "STRIPE_SIGNATURE_TOLERANCE",
                args.stripe_signature_tolerance.as_deref(),
                300,
                1..=DAY,
            ),
            bind: problems.address("INGRESS_BIND", args.ingress_bind.as_deref(), any(8080)),
            max_body,
            body_timeout: problems.duration(
                "INGRESS_BODY_TIMEOUT",
                args.ingress_body_timeout.as_deref(),
                Duration::from_secs(10),
                within(300),
            ),
            // Less than one body could never be served.
            max_in_flight: size(
                problems,
                "INGRESS_MAX_IN_FLIGHT",
                &args.ingress_max_in_flight,
                64 * MIB,
                max_body as u64..=16 * 1024 * MIB,
            ),
            max_connections: size(
                problems,
                "INGRESS_MAX_CONNECTIONS",
                &args.ingress_max_connections,
                1024,
                1..=1_000_000,
            ),
            publish_timeout: problems.duration(
                "INGRESS_PUBLISH_TIMEOUT",
                args.ingress_publish_timeout.as_deref(),
                Duration::from_secs(5),
                within(60),
            ),
            broker: BrokerSettings {
                amqp_url: args.amqp.url(problems),
                // The ingress never delays an event, so it needs no retry queues.
                topology: args.amqp.topology(problems, Vec::new()),
                name: "sluicegate ingress".to_owned(),
            },
            metrics_bind: args.metrics.bind(problems, METRICS_PORT),
            clock: Arc::new(Timestamp::now),
        }
    }
}

/// The endpoints of `STRIPE_WEBHOOK_SECRET_<NAME>` and `STRIPE_WEBHOOK_SECRET_<NAME>_FILE`.
fn endpoints(
    environment: impl IntoIterator<Item = (String, String)>,
    problems: &mut Problems,
) -> BTreeMap<String, Vec<SecretString>> {
    let mut found: BTreeMap<String, (Option<String>, Option<String>)> = BTreeMap::new();
    for (variable, value) in environment {
        let Some(name) = variable.strip_prefix(SECRET).and_then(|rest| rest.strip_prefix('_')) else {
            continue;
        };
        match name.strip_suffix("_FILE") {
            // `STRIPE_WEBHOOK_SECRET_FILE` is the file of the endpoint without a name.
            None if name == "FILE" => {}
            None => found.entry(name.to_owned()).or_default().0 = Some(value),
            Some(name) => found.entry(name.to_owned()).or_default().1 = Some(value),
        }
    }
    let mut endpoints = BTreeMap::new();
    for (name, (secret, file)) in found {
        let variable = format!("{SECRET}_{name}");
        if !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-') || name.is_empty() {
            problems.add(&variable, "must end in a name of letters, digits, dashes and underscores");
            continue;
        }
        let secrets = problems.required_secret(&variable, secret.as_deref(), file.as_deref(), SECRET_TAKES);
        let secrets = split(&variable, &secrets, problems);
        if endpoints.insert(name.to_ascii_lowercase(), secrets).is_some() {
            problems.add(&variable, "is set twice, in upper and in lower case");
        }
    }
    endpoints
}

fn split(name: &str, secrets: &SecretString, problems: &mut Problems) -> Vec<SecretString> {
    let text = secrets.expose_secret();
    let each: Vec<_> =
        text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(SecretString::from).collect();
    if each.is_empty() && !text.is_empty() {
        problems.add(name, format_args!("holds no secret; it takes {SECRET_TAKES}"));
    }
    each
}

#[cfg(test)]
#[path = "settings_tests.rs"]
mod tests;
