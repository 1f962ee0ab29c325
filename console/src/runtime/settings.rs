//! The console's settings, typed. Only [`RawSettings`] knows the environment.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use amqp::args::{AmqpArgs, RetryArgs};
use amqp::topology::Topology;
use clap::Args;
use domain::rules::{ClientReferenceId, MODES, OrdersPolicy, Rules};
use ipnet::IpNet;
use postgres::args::DatabaseArgs;
use secrecy::{ExposeSecret, SecretString};
use service::settings::{LogArgs, MetricsArgs, Problems};
use service::telemetry::LogFormat;

use crate::common::role::Role;
use crate::common::text_enum::TextEnum;
use crate::http::sign_in::{SignInSettings, origin};
use crate::system::management::Management;

const METRICS_PORT: u16 = 9092;
const CONSOLE_BIND: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 8081);
const POOL_SIZE: usize = 10;
/// As the workers have it.
const GRACE: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// Settings as they were given, unchecked.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct RawSettings {
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
    /// The address at which browsers reach the console, such as `https://console.example.com`: with https the
    /// session's cookie is for HTTPS only. Forms are taken from its pages whatever `Host` says. Default: http on
    /// loopback.
    #[arg(long, env = "CONSOLE_PUBLIC_URL", value_name = "URL")]
    console_public_url: Option<String>,
    /// The header in which a reverse proxy names the signed-in user, such as X-Forwarded-User. Default: none.
    #[arg(long, env = "CONSOLE_PROXY_HEADER", value_name = "NAME")]
    console_proxy_header: Option<String>,
    /// Addresses of trusted reverse proxies, comma separated, such as 10.0.0.0/8. Default: none.
    #[arg(long, env = "CONSOLE_TRUSTED_PROXIES", value_name = "CIDRS")]
    console_trusted_proxies: Option<String>,
    /// The role of users whom only the reverse proxy knows: viewer, operator, admin or none. Default: none.
    #[arg(long, env = "CONSOLE_PROXY_ROLE", value_name = "WORD")]
    console_proxy_role: Option<String>,
    /// RabbitMQ's management, for unacknowledged messages: http://user:password@host:15672/vhost.
    #[arg(long, env = "RABBITMQ_MANAGEMENT_URL", hide_env_values = true, value_name = "URL")]
    rabbitmq_management_url: Option<String>,
    /// A file that holds RABBITMQ_MANAGEMENT_URL.
    #[arg(long, env = "RABBITMQ_MANAGEMENT_URL_FILE", value_name = "PATH")]
    rabbitmq_management_url_file: Option<String>,
    /// As the workers have it, for previews: adopt or require. Default: adopt.
    #[arg(long, env = "ORDERS_POLICY", value_name = "WORD")]
    orders_policy: Option<String>,
    /// As the workers have it, for previews: live, test or any. Default: any.
    #[arg(long, env = "STRIPE_LIVEMODE", value_name = "WORD")]
    stripe_livemode: Option<String>,
    /// As the workers have it, for previews. Default: 7d.
    #[arg(long, env = "SUBSCRIPTION_GRACE", value_name = "TIME")]
    subscription_grace: Option<String>,
}

impl RawSettings {
    fn rules(&self, p: &mut Problems) -> Rules {
        let (secret, file) = (self.reference_secret.as_deref(), self.reference_secret_file.as_deref());
        let policies = [("adopt", OrdersPolicy::Adopt), ("require", OrdersPolicy::Require)];
        let grace = self.subscription_grace.as_deref();
        Rules {
            orders: p.word("ORDERS_POLICY", self.orders_policy.as_deref(), OrdersPolicy::Adopt, &policies),
            client_reference_id: ClientReferenceId::default(),
            reference_secret: p.secret("REFERENCE_SECRET", secret, file),
            grace: p.duration("SUBSCRIPTION_GRACE", grace, GRACE, Duration::ZERO..=GRACE * 52),
            livemode: p.word("STRIPE_LIVEMODE", self.stripe_livemode.as_deref(), None, &MODES),
        }
    }

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
        let takes = "addresses or CIDRs, comma separated, such as 10.0.0.0/8,192.0.2.7";
        let proxies = self.console_trusted_proxies.as_deref();
        let public = self.console_public_url.as_deref();
        let roles: Vec<(&str, Option<Role>)> = std::iter::once(("none", None))
            .chain(Role::ALL.iter().map(|role| (role.as_str(), Some(*role))))
            .collect();
        let header = |raw: &str| {
            let fits = raw.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
            fits.then(|| Some(raw.to_ascii_lowercase()))
        };
        let entry = SignInSettings {
            origin: p.value("CONSOLE_PUBLIC_URL", public, None, "http://host or https://host", |url| {
                origin(url).map(Some)
            }),
            user_header: p.value(
                "CONSOLE_PROXY_HEADER",
                self.console_proxy_header.as_deref(),
                None,
                "a header's name",
                header,
            ),
            proxies: p.value("CONSOLE_TRUSTED_PROXIES", proxies, Vec::new(), takes, networks),
            proxy_role: p.word("CONSOLE_PROXY_ROLE", self.console_proxy_role.as_deref(), None, &roles),
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

fn networks(list: &str) -> Option<Vec<IpNet>> {
    let one = |text: &str| {
        let text = text.trim();
        text.parse::<IpNet>().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))
    };
    list.split(',').map(one).collect()
}

/// Settings, checked.
#[derive(Debug, Clone)]
pub(crate) struct ConsoleSettings {
    /// The database.
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
    /// How users sign in.
    pub(crate) sign_in: SignInSettings,
    /// Where the console serves.
    pub(crate) console_bind: SocketAddr,
    /// Where metrics and health are served.
    pub(crate) metrics_bind: Option<SocketAddr>,
    log: (LogFormat, String),
}

impl ConsoleSettings {
    /// Reads all settings, or says everything that is wrong with them.
    pub(crate) fn read(raw: &RawSettings, needs_broker: bool) -> Result<ConsoleSettings, Problems> {
        let mut problems = Problems::default();
        let p = &mut problems;
        let retry = raw.retry.schedule(p);
        let log = raw.log.read(p);
        let settings = ConsoleSettings {
            database_url: raw.database.url(p),
            pool_size: POOL_SIZE,
            amqp_url: needs_broker.then(|| raw.amqp.url(p)),
            topology: raw.amqp.topology(p, retry),
            rules: raw.rules(p),
            management: raw.management(p),
            sign_in: raw.sign_in(p),
            console_bind: p.address("CONSOLE_BIND", raw.console_bind.as_deref(), CONSOLE_BIND),
            metrics_bind: raw.metrics.bind(p, METRICS_PORT),
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
