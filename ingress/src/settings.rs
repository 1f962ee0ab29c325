//! The settings of the ingress. `--help` and the table in the documentation are these comments.

mod endpoints;

use crate::guard::{GuardSettings, allowed};
use crate::tls::TlsFiles;
use amqp::args::AmqpArgs;
use amqp::broker::BrokerSettings;
use endpoints::{SECRET, SECRET_TAKES};
use ipnet::IpNet;
use jiff::Timestamp;
use secrecy::SecretString;
use service::error::chain;
use service::settings::setting::{Parser, address, address_or_off, duration, integer, networks, value};
use service::settings::{LogArgs, Problems, Program, Setting};
use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

const DAY: u64 = 86_400;
const MIB: usize = 1024 * 1024;
const SHORTEST: Duration = Duration::from_millis(10);
/// RabbitMQ 4 takes no larger message.
const LARGEST_BODY: usize = 16 * MIB;

/// Receives Stripe's webhooks and answers 200 only when RabbitMQ has confirmed the event.
///
/// Every setting is an environment variable or the flag of the same name. A secret may also stand
/// in a file: NAME_FILE holds the path. Secrets given as flags show in the list of processes.
#[derive(Debug, Clone, clap::Parser)]
#[command(name = "ingress", version)]
pub struct Args {
    /// The signing secret of the webhook endpoint /webhooks/stripe; several, comma separated, while
    /// a secret is being rolled. Required. Create further endpoints `/webhooks/stripe/<name>` by setting
    /// `STRIPE_WEBHOOK_SECRET_<NAME>` (or `STRIPE_WEBHOOK_SECRET_<NAME>_FILE`) in the environment.
    #[arg(long, env = "STRIPE_WEBHOOK_SECRET", hide_env_values = true, value_name = "SECRETS")]
    stripe_webhook_secret: Option<String>,
    /// A file that holds STRIPE_WEBHOOK_SECRET.
    #[arg(long, env = "STRIPE_WEBHOOK_SECRET_FILE", value_name = "PATH")]
    stripe_webhook_secret_file: Option<String>,
    /// How old a signature may be, in seconds.
    #[arg(long, env = "STRIPE_SIGNATURE_TOLERANCE", value_name = "SECONDS", default_value = "300",
        value_parser = integer(1..=DAY))]
    stripe_signature_tolerance: Setting<u64>,
    /// Where webhooks are taken in.
    #[arg(long, env = "INGRESS_BIND", value_name = "ADDRESS", default_value = "0.0.0.0:8080",
        value_parser = address())]
    ingress_bind: Setting<SocketAddr>,
    /// The largest body, in bytes; more is answered 413.
    #[arg(long, env = "INGRESS_MAX_BODY", value_name = "BYTES", default_value = "1048576",
        value_parser = integer(1..=LARGEST_BODY))]
    ingress_max_body: Setting<usize>,
    /// How long a body may take to arrive; longer is answered 408.
    #[arg(long, env = "INGRESS_BODY_TIMEOUT", value_name = "TIME", default_value = "10s",
        value_parser = duration(SHORTEST..=Duration::from_secs(300)))]
    ingress_body_timeout: Setting<Duration>,
    /// How many bytes of bodies may be in memory at once; more is answered 503.
    #[arg(long, env = "INGRESS_MAX_IN_FLIGHT", value_name = "BYTES", default_value = "67108864",
        value_parser = integer(1..=16 * 1024 * MIB))]
    ingress_max_in_flight: Setting<usize>,
    /// How many connections are open at once; for one more, the one that has gone longest without a
    /// valid signature is closed. A busy one takes up to
    /// 256 KiB besides its body.
    #[arg(long, env = "INGRESS_MAX_CONNECTIONS", value_name = "NUMBER", default_value = "1024",
        value_parser = integer(1..=1_000_000usize))]
    ingress_max_connections: Setting<usize>,
    /// How many of them may come from one address, unless it is one of INGRESS_TRUSTED_PROXIES.
    #[arg(long, env = "INGRESS_MAX_CONNECTIONS_PER_ADDRESS", value_name = "NUMBER", default_value = "256",
        value_parser = integer(1..=1_000_000usize))]
    ingress_max_connections_per_address: Setting<usize>,
    /// Who may deliver webhooks: stripe (the addresses that Stripe publishes), addresses and CIDRs, comma separated;
    /// others are answered 403. Default: everybody.
    #[arg(long, env = "INGRESS_ALLOW", value_name = "ADDRESSES",
        value_parser = value("stripe, addresses or CIDRs, comma separated", allowed))]
    ingress_allow: Option<Setting<Vec<IpNet>>>,
    /// Addresses of proxies whose X-Forwarded-For is believed, comma separated, such as 10.0.0.0/8. Default: none.
    #[arg(long, env = "INGRESS_TRUSTED_PROXIES", value_name = "CIDRS", value_parser = networks())]
    ingress_trusted_proxies: Option<Setting<Vec<IpNet>>>,
    /// Requests per second that one client address may make; more are answered 429. Default: no limit.
    #[arg(long, env = "INGRESS_RATE_LIMIT", value_name = "NUMBER", value_parser = rate())]
    ingress_rate_limit: Option<Setting<NonZeroU32>>,
    /// A PEM file with the certificate, then those of its issuers: the ingress speaks TLS itself. Read again when it
    /// changes. Default: none.
    #[arg(long, env = "INGRESS_TLS_CERT", value_name = "PATH")]
    ingress_tls_cert: Option<String>,
    /// A PEM file with the certificate's private key.
    #[arg(long, env = "INGRESS_TLS_KEY", value_name = "PATH")]
    ingress_tls_key: Option<String>,
    /// How long the broker may take to confirm an event; longer is answered 503.
    #[arg(long, env = "INGRESS_PUBLISH_TIMEOUT", value_name = "TIME", default_value = "5s",
        value_parser = duration(SHORTEST..=Duration::from_secs(60)))]
    ingress_publish_timeout: Setting<Duration>,
    #[command(flatten)]
    amqp: AmqpArgs,
    /// Where /metrics, /health/live and /health/ready are served: an address and port, or off.
    #[arg(long, env = "METRICS_BIND", value_name = "ADDRESS", default_value = "127.0.0.1:9090",
        value_parser = address_or_off())]
    metrics_bind: Setting<Option<SocketAddr>>,
    #[command(flatten)]
    pub log: LogArgs,
}

/// The clock. A parameter because signatures age.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

#[derive(Clone)]
pub struct Settings {
    pub bind: SocketAddr,
    /// The secrets of `/webhooks/stripe`.
    pub secrets: Vec<SecretString>,
    /// The secrets of `/webhooks/stripe/<name>`.
    pub endpoints: BTreeMap<String, Vec<SecretString>>,
    /// The oldest signature that is accepted, in seconds.
    pub tolerance: u64,
    /// The largest body, in bytes.
    pub max_body: usize,
    /// How long a body may take.
    pub body_timeout: Duration,
    /// Bytes of all bodies that are being read or published.
    pub max_in_flight: usize,
    /// Connections served at once.
    pub max_connections: usize,
    /// Connections of one address, unless it is a trusted proxy.
    pub max_connections_per_address: usize,
    /// Who may deliver, and how often.
    pub guard: GuardSettings,
    /// TLS, where the ingress speaks it itself.
    pub tls: Option<TlsFiles>,
    /// How long a confirm may take.
    pub publish_timeout: Duration,
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
    /// `problems`; what is returned then is good for nothing.
    pub fn read(args: &Args, environment: &[(String, String)], problems: &mut Problems) -> Self {
        problems.unknown_variables(Program::Ingress, environment);
        let secret = args.stripe_webhook_secret.as_deref();
        let secret_file = args.stripe_webhook_secret_file.as_deref();
        let secrets = problems.required_secret(SECRET, secret, secret_file, SECRET_TAKES);
        let max_body = problems.take(&args.ingress_max_body);
        let max_in_flight = problems.take(&args.ingress_max_in_flight);
        if max_in_flight < max_body {
            problems.add("INGRESS_MAX_IN_FLIGHT", "takes no less than INGRESS_MAX_BODY: one body must fit");
        }
        Self {
            secrets: endpoints::split(SECRET, &secrets, problems),
            endpoints: endpoints::named(environment, problems),
            tolerance: problems.take(&args.stripe_signature_tolerance),
            bind: problems.take(&args.ingress_bind),
            max_body,
            body_timeout: problems.take(&args.ingress_body_timeout),
            max_in_flight,
            max_connections: problems.take(&args.ingress_max_connections),
            max_connections_per_address: problems.take(&args.ingress_max_connections_per_address),
            guard: GuardSettings {
                allow: problems.take_optional(args.ingress_allow.as_ref()),
                proxies: problems.take_optional(args.ingress_trusted_proxies.as_ref()).unwrap_or_default(),
                rate: problems.take_optional(args.ingress_rate_limit.as_ref()),
            },
            tls: tls(args, problems),
            publish_timeout: problems.take(&args.ingress_publish_timeout),
            broker: BrokerSettings {
                amqp_url: args.amqp.url(problems),
                // The ingress never delays an event, so it needs no retry queues.
                topology: args.amqp.topology(problems, Vec::new()),
                name: "sluicegate ingress".to_owned(),
            },
            metrics_bind: problems.take(&args.metrics_bind),
            clock: Arc::new(Timestamp::now),
        }
    }
}

fn tls(args: &Args, problems: &mut Problems) -> Option<TlsFiles> {
    let path =
        |raw: &Option<String>| raw.as_deref().map(str::trim).filter(|raw| !raw.is_empty()).map(PathBuf::from);
    let files = match (path(&args.ingress_tls_cert), path(&args.ingress_tls_key)) {
        (None, None) => return None,
        (Some(certificate), Some(key)) => TlsFiles::new(certificate, key),
        (Some(_), None) => {
            problems.add("INGRESS_TLS_KEY", "is required where INGRESS_TLS_CERT is set");
            return None;
        }
        (None, Some(_)) => {
            problems.add("INGRESS_TLS_CERT", "is required where INGRESS_TLS_KEY is set");
            return None;
        }
    };
    if let Err(error) = files.check() {
        problems.add("INGRESS_TLS_CERT", format_args!("and INGRESS_TLS_KEY: {}", chain(&error)));
    }
    Some(files)
}

fn rate() -> Parser<NonZeroU32> {
    value("a whole number from 1 to 1000000", |raw| {
        raw.parse().ok().filter(|rate: &NonZeroU32| rate.get() <= 1_000_000)
    })
}

#[cfg(test)]
#[path = "settings_tests.rs"]
mod tests;
