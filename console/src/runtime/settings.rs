//! The console's settings, typed. Only [`RawSettings`] knows the environment.

use std::net::SocketAddr;
use std::path::PathBuf;

use amqp::args::{AmqpArgs, RetryArgs};
use amqp::topology::Topology;
use clap::Args;
use domain::rules::Rules;
use ipnet::IpNet;
use postgres::args::DatabaseArgs;
use secrecy::{ExposeSecret, SecretString};
use service::settings::setting::{address, address_or_off, networks, value, word};
use service::settings::{LogArgs, Problems, Program, Setting};
use service::telemetry::LogFormat;
use stripe_api::{ApiSettings, StripeApiArgs};
use worker::settings::{RulesArgs, TemplateArgs};

use super::sweep_settings::{SweepArgs, SweepSettings};
use crate::common::role::Role;
use crate::http::sign_in::{SignInSettings, origin};
use crate::system::management::Management;

const ROLES: [(&str, Option<Role>); 4] = [
    ("none", None),
    ("viewer", Some(Role::Viewer)),
    ("operator", Some(Role::Operator)),
    ("admin", Some(Role::Admin)),
];
const POOL_SIZE: usize = 10;

/// Settings as they were given, unchecked.
#[derive(Debug, Clone, Args)]
pub(crate) struct RawSettings {
    #[command(flatten)]
    database: DatabaseArgs,
    #[command(flatten)]
    amqp: AmqpArgs,
    #[command(flatten)]
    retry: RetryArgs,
    #[command(flatten)]
    log: LogArgs,
    /// Where /metrics, /health/live and /health/ready are served: an address and port, or off.
    #[arg(long, env = "METRICS_BIND", value_name = "ADDRESS", default_value = "127.0.0.1:9092",
        value_parser = address_or_off())]
    metrics_bind: Setting<Option<SocketAddr>>,
    #[command(flatten)]
    rules: RulesArgs,
    #[command(flatten)]
    stripe_api: StripeApiArgs,
    #[command(flatten)]
    pub(crate) templates: TemplateArgs,
    #[command(flatten)]
    sweep: SweepArgs,
    /// Where `serve` serves the console.
    #[arg(long, env = "CONSOLE_BIND", value_name = "ADDRESS", default_value = "127.0.0.1:8081",
        value_parser = address())]
    console_bind: Setting<SocketAddr>,
    /// The address at which browsers reach the console, such as `https://console.example.com`: with https the
    /// session's cookie is for HTTPS only. Forms are taken from its pages whatever `Host` says. Default: http on
    /// loopback.
    #[arg(long, env = "CONSOLE_PUBLIC_URL", value_name = "URL",
        value_parser = value("http://host or https://host", origin))]
    console_public_url: Option<Setting<String>>,
    /// The header in which a reverse proxy names the signed-in user, such as X-Forwarded-User. Default: none.
    #[arg(long, env = "CONSOLE_PROXY_HEADER", value_name = "NAME", value_parser = value("a header's name", header))]
    console_proxy_header: Option<Setting<String>>,
    /// Addresses of reverse proxies whose headers are trusted, comma separated, such as 10.0.0.0/8. Default: none.
    #[arg(long, env = "CONSOLE_TRUSTED_PROXIES", value_name = "CIDRS",
        value_parser = networks())]
    console_trusted_proxies: Option<Setting<Vec<IpNet>>>,
    /// The role of users whom only the reverse proxy knows: viewer, operator, admin or none.
    #[arg(long, env = "CONSOLE_PROXY_ROLE", value_name = "ROLE", default_value = "none", value_parser = word(&ROLES))]
    console_proxy_role: Setting<Option<Role>>,
    /// Which bulk replays wait until a second person approves them: `above:100` for those of more than 100 dead letters,
    /// `above:0` for all, off for none.
    #[arg(long, env = "REPLAY_APPROVAL", value_name = "WHICH", default_value = "off",
        value_parser = value("off, or above: with a number, such as above:100", approval))]
    replay_approval: Setting<Option<i64>>,
    /// A file outside the database to which `serve` appends the end of the audit's chain, as it moves: a copy that
    /// nobody with the database's password can change. Default: none.
    #[arg(long, env = "AUDIT_ANCHOR_FILE", value_name = "PATH")]
    audit_anchor_file: Option<String>,
    /// RabbitMQ's management, for unacknowledged messages: http://user:password@host:15672/vhost.
    #[arg(long, env = "RABBITMQ_MANAGEMENT_URL", hide_env_values = true, value_name = "URL")]
    rabbitmq_management_url: Option<String>,
    /// A file that holds RABBITMQ_MANAGEMENT_URL.
    #[arg(long, env = "RABBITMQ_MANAGEMENT_URL_FILE", value_name = "PATH")]
    rabbitmq_management_url_file: Option<String>,
}

impl RawSettings {
    fn management(&self, p: &mut Problems) -> Option<Management> {
        let (url, file) =
            (self.rabbitmq_management_url.as_deref(), self.rabbitmq_management_url_file.as_deref());
        let url = p.secret("RABBITMQ_MANAGEMENT_URL", url, file)?;
        if !url.expose_secret().starts_with("http://") {
            p.add(
                "RABBITMQ_MANAGEMENT_URL",
                "takes http://user:password@host:15672, with the virtual host as its path",
            );
        }
        Some(Management(url))
    }

    fn sign_in(&self, p: &mut Problems) -> SignInSettings {
        let entry = SignInSettings {
            origin: p.take_optional(self.console_public_url.as_ref()),
            user_header: p.take_optional(self.console_proxy_header.as_ref()),
            proxies: p.take_optional(self.console_trusted_proxies.as_ref()).unwrap_or_default(),
            proxy_role: p.take(&self.console_proxy_role),
        };
        if entry.user_header.is_some() && entry.proxies.is_empty() {
            p.add(
                "CONSOLE_TRUSTED_PROXIES",
                "must name the proxies that CONSOLE_PROXY_HEADER is trusted from",
            );
        }
        entry
    }
}

/// The most dead letters of a replay that needs no second person; none: no replay needs one.
fn approval(raw: &str) -> Option<Option<i64>> {
    if raw == "off" {
        return Some(None);
    }
    let most: i64 = raw.strip_prefix("above:")?.parse().ok()?;
    (most >= 0).then_some(Some(most))
}

fn header(raw: &str) -> Option<String> {
    raw.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-').then(|| raw.to_ascii_lowercase())
}

/// What a command needs beyond the database.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Needs {
    pub(crate) broker: bool,
    /// The rules that the workers decide by, `STRIPE_LIVEMODE` with them.
    pub(crate) rules: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct ConsoleSettings {
    pub(crate) database_url: SecretString,
    /// Connections to it at most.
    pub(crate) pool_size: usize,
    /// The broker, where the command needs it.
    pub(crate) amqp_url: Option<SecretString>,
    /// Names of queues and exchanges.
    pub(crate) topology: Topology,
    /// What decisions depend on: for previews and reference codes.
    pub(crate) rules: Rules,
    /// RabbitMQ's management, where there is one.
    pub(crate) management: Option<Management>,
    /// Stripe's API, where there is a key.
    pub(crate) stripe_api: Option<ApiSettings>,
    /// When Stripe's list of events is read.
    pub(crate) sweep: SweepSettings,
    /// How users sign in.
    pub(crate) sign_in: SignInSettings,
    /// A bulk replay of more than so many waits for a second person; none: no replay does.
    pub(crate) replay_approval: Option<i64>,
    /// Where the end of the audit's chain is written to.
    pub(crate) audit_anchor: Option<PathBuf>,
    /// Where the console serves.
    pub(crate) console_bind: SocketAddr,
    /// Where metrics and health are served.
    pub(crate) metrics_bind: Option<SocketAddr>,
    log: (LogFormat, String),
}

impl ConsoleSettings {
    /// Reads all settings, or says everything that is wrong with them.
    pub(crate) fn read(
        raw: &RawSettings,
        needs: Needs,
        environment: &[(String, String)],
    ) -> Result<ConsoleSettings, Problems> {
        let mut problems = Problems::default();
        let p = &mut problems;
        p.unknown_variables(Program::Console, environment);
        let retry = raw.retry.schedule(p);
        let log = raw.log.read(p);
        let rules = raw.rules.read(needs.rules, p);
        let stripe_api = raw.stripe_api.read(rules.livemode, p);
        let sweep = raw.sweep.read(stripe_api.is_some(), p);
        let settings = ConsoleSettings {
            database_url: raw.database.url(p),
            pool_size: POOL_SIZE,
            amqp_url: needs.broker.then(|| raw.amqp.url(p)),
            topology: raw.amqp.topology(p, retry),
            rules,
            stripe_api,
            sweep,
            management: raw.management(p),
            sign_in: raw.sign_in(p),
            replay_approval: p.take(&raw.replay_approval),
            audit_anchor: raw.audit_anchor_file.clone().filter(|path| !path.is_empty()).map(PathBuf::from),
            console_bind: p.take(&raw.console_bind),
            metrics_bind: p.take(&raw.metrics_bind),
            log,
        };
        problems.finish()?;
        Ok(settings)
    }

    /// Starts logging, to standard error. Commands that run once only warn, unless RUST_LOG is set.
    pub(crate) fn init_logs(&self, serving: bool) {
        // What keeps a command that runs once from the broker is its own message, not a line of the log as well.
        let once = "warn,amqp::broker=off";
        let filter = if serving || self.log.1 != "info" { self.log.1.as_str() } else { once };
        service::telemetry::init(self.log.0, filter);
    }
}
