//! The console's settings, typed. Only [`RawSettings`] knows the environment.

use std::net::SocketAddr;

use clap::Args;
use secrecy::SecretString;
use shared::settings::{AmqpArgs, DatabaseArgs, LogArgs, MetricsArgs, Problems, RetryArgs};
use shared::telemetry::LogFormat;
use shared::topology::Topology;

const METRICS_PORT: u16 = 9092;
const CONSOLE_BIND: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 8081);
const POOL_SIZE: usize = 10;

/// Settings as they were given, unchecked.
#[derive(Debug, Clone, Default, Args)]
pub struct RawSettings {
    #[command(flatten)]
    database: DatabaseArgs,
    #[command(flatten)]
    amqp: AmqpArgs,
    #[command(flatten)]
    retry: RetryArgs,
    #[command(flatten)]
    log: LogArgs,
    #[command(flatten)]
    metrics: MetricsArgs,
    /// Makes reference codes provable: workers refuse a payment whose code was not made with it.
    /// Default: none, codes are random.
    #[arg(long, env = "REFERENCE_SECRET", hide_env_values = true, value_name = "TEXT")]
    reference_secret: Option<String>,
    /// A file that holds REFERENCE_SECRET.
    #[arg(long, env = "REFERENCE_SECRET_FILE", value_name = "PATH")]
    reference_secret_file: Option<String>,
    /// Where `serve` serves the console. Default: 127.0.0.1:8081.
    #[arg(long, env = "CONSOLE_BIND", value_name = "ADDRESS")]
    console_bind: Option<String>,
}

/// Settings, checked.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The database.
    pub database_url: SecretString,
    /// Connections to it at most.
    pub pool_size: usize,
    /// The broker, where the command needs it.
    pub amqp_url: Option<SecretString>,
    /// Names of queues and exchanges.
    pub topology: Topology,
    /// What reference codes are made with.
    pub reference_secret: Option<SecretString>,
    /// Where the console serves.
    pub console_bind: SocketAddr,
    /// Where metrics and health are served.
    pub metrics_bind: Option<SocketAddr>,
    log: (LogFormat, String),
}

impl Settings {
    /// Reads all settings, or says everything that is wrong with them.
    pub fn read(raw: &RawSettings, needs_broker: bool) -> Result<Settings, Problems> {
        let mut problems = Problems::default();
        let p = &mut problems;
        let retry = raw.retry.schedule(p);
        let log = raw.log.read(p);
        let (reference, file) = (raw.reference_secret.as_deref(), raw.reference_secret_file.as_deref());
        let settings = Settings {
            database_url: raw.database.url(p),
            pool_size: POOL_SIZE,
            amqp_url: needs_broker.then(|| raw.amqp.url(p)),
            topology: raw.amqp.topology(p, retry),
            reference_secret: p.secret("REFERENCE_SECRET", reference, file),
            console_bind: p.address("CONSOLE_BIND", raw.console_bind.as_deref(), CONSOLE_BIND),
            metrics_bind: raw.metrics.bind(p, METRICS_PORT),
            log,
        };
        problems.finish()?;
        Ok(settings)
    }

    /// Starts logging, to standard error. Commands that run once only warn, unless RUST_LOG is set.
    pub fn init_logs(&self, serving: bool) {
        let filter = if serving || self.log.1 != "info" { self.log.1.as_str() } else { "warn" };
        shared::telemetry::init(self.log.0, filter);
    }
}
