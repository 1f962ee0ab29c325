//! The settings of a run: what the environment gives, and what is chosen where it gives nothing.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use crate::servers::{free_port, is_free_port};

/// The settings that `make run` itself looks at. All others reach the processes through the environment.
#[derive(Debug, Clone, clap::Args)]
pub struct RunArgs {
    /// Use this PostgreSQL instead of starting one.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    pub(crate) database_url: Option<String>,
    /// Use this RabbitMQ instead of starting one.
    #[arg(long, env = "AMQP_URL", hide_env_values = true)]
    pub(crate) amqp_url: Option<String>,
    /// The endpoint's signing secret [default: a new random one].
    #[arg(long, env = "STRIPE_WEBHOOK_SECRET", hide_env_values = true)]
    stripe_webhook_secret: Option<String>,
    /// A file that holds the endpoint's signing secret.
    #[arg(long, env = "STRIPE_WEBHOOK_SECRET_FILE")]
    stripe_webhook_secret_file: Option<std::path::PathBuf>,
    /// Which events are processed: live, test or any [default: any].
    #[arg(long, env = "STRIPE_LIVEMODE")]
    stripe_livemode: Option<String>,
    /// Where the ingress listens [default: 127.0.0.1:8080, or a free port where that is taken].
    #[arg(long, env = "INGRESS_BIND")]
    ingress_bind: Option<String>,
    /// Where the console listens [default: 127.0.0.1:8081, or a free port where that is taken].
    #[arg(long, env = "CONSOLE_BIND")]
    console_bind: Option<String>,
    /// Where the processes show their metrics, each on the next port; `off` for none [default: free ports].
    #[arg(long, env = "METRICS_BIND")]
    metrics_bind: Option<String>,
    /// Where outgoing messages are posted to; with any of the next three set, a demo opens no receivers of its own.
    #[arg(long, env = "OUT_WEBHOOK_URL", hide_env_values = true)]
    out_webhook_url: Option<String>,
    /// The mail server.
    #[arg(long, env = "SMTP_URL", hide_env_values = true)]
    smtp_url: Option<String>,
    /// Where alerts are posted to.
    #[arg(long, env = "ALERT_URL", hide_env_values = true)]
    alert_url: Option<String>,
    /// How many sample histories to send; 0 for none.
    #[arg(long, env = "SAMPLES", default_value_t = 60)]
    pub(crate) samples: u64,
    /// When `make` began, in unix seconds: the total time counts from there.
    #[arg(long, env = "SLUICEGATE_STARTED", hide = true)]
    pub(crate) started: Option<u64>,
}

/// An empty variable counts as not set, as it does for the programs.
fn set<T: AsRef<std::ffi::OsStr>>(value: Option<T>) -> Option<T> {
    value.filter(|value| !value.as_ref().is_empty())
}

impl RunArgs {
    /// Without what is empty.
    pub(crate) fn tidy(self) -> RunArgs {
        RunArgs {
            database_url: set(self.database_url),
            amqp_url: set(self.amqp_url),
            stripe_webhook_secret: set(self.stripe_webhook_secret),
            stripe_webhook_secret_file: set(self.stripe_webhook_secret_file),
            stripe_livemode: set(self.stripe_livemode),
            ingress_bind: set(self.ingress_bind),
            console_bind: set(self.console_bind),
            metrics_bind: set(self.metrics_bind),
            out_webhook_url: set(self.out_webhook_url),
            smtp_url: set(self.smtp_url),
            alert_url: set(self.alert_url),
            ..self
        }
    }

    /// Whether messages go nowhere but to the exchange.
    pub(crate) fn sends_nowhere(&self) -> bool {
        self.out_webhook_url.is_none() && self.smtp_url.is_none() && self.alert_url.is_none()
    }
}

/// Addresses and secrets of a run.
#[derive(Debug, Clone, Default)]
pub(crate) struct Settings {
    pub(crate) secret: String,
    pub(crate) livemode: String,
    pub(crate) ingress: String,
    pub(crate) console: String,
    /// The metrics address of each process, in the order of [`super::PROCESSES`]; empty when off.
    pub(crate) metrics: Vec<String>,
    /// What was chosen because the default was in use.
    pub(crate) remarks: Vec<String>,
}

impl Settings {
    /// The addresses are to be chosen when the processes are about to take them.
    pub(crate) fn new(args: &RunArgs) -> std::io::Result<Settings> {
        let secret = match (&args.stripe_webhook_secret, &args.stripe_webhook_secret_file) {
            (Some(secret), _) => secret.clone(),
            (None, Some(path)) => std::fs::read_to_string(path)?.trim().to_owned(),
            (None, None) => format!("whsec_{:032x}", rand::random::<u128>()),
        };
        let mut remarks = Vec::new();
        let livemode = args.stripe_livemode.clone().unwrap_or_else(|| {
            remarks.push(
                "STRIPE_LIVEMODE is not set, so any is used: live and test events are processed".to_owned(),
            );
            "any".to_owned()
        });
        Ok(Settings { secret, livemode, remarks, ..Settings::default() })
    }

    /// Chooses the addresses: those given, the usual ones, or free ones.
    pub(crate) fn choose_addresses(&mut self, args: &RunArgs, processes: usize) {
        self.ingress = bind(args.ingress_bind.as_deref(), 8080, "INGRESS_BIND", &mut self.remarks);
        self.console = bind(args.console_bind.as_deref(), 8081, "CONSOLE_BIND", &mut self.remarks);
        self.metrics = metrics(args.metrics_bind.as_deref(), processes);
    }

    /// What these settings set for every process.
    pub(crate) fn environment(&self, database_url: &str, amqp_url: &str) -> BTreeMap<String, String> {
        let pairs = [
            ("DATABASE_URL", database_url),
            ("AMQP_URL", amqp_url),
            ("STRIPE_WEBHOOK_SECRET", &self.secret),
            ("STRIPE_LIVEMODE", &self.livemode),
            ("INGRESS_BIND", &self.ingress),
            ("CONSOLE_BIND", &self.console),
            // A secret that is set above must not be given by a file as well.
            ("DATABASE_URL_FILE", ""),
            ("AMQP_URL_FILE", ""),
            ("STRIPE_WEBHOOK_SECRET_FILE", ""),
        ];
        pairs.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }
}

fn bind(given: Option<&str>, usual: u16, name: &str, remarks: &mut Vec<String>) -> String {
    if let Some(given) = given {
        // Port 0 means any: then it has to be known which.
        return match given.strip_suffix(":0") {
            Some(host) => format!("{host}:{}", free_port()),
            None => given.to_owned(),
        };
    }
    if is_free_port(usual) {
        return format!("127.0.0.1:{usual}");
    }
    let port = free_port();
    remarks.push(format!("port {usual} is taken, so {port} is used ({name} sets another)"));
    format!("127.0.0.1:{port}")
}

fn metrics(given: Option<&str>, processes: usize) -> Vec<String> {
    match given {
        Some(word) if word.trim().eq_ignore_ascii_case("off") => Vec::new(),
        Some(given) => match given.parse::<SocketAddr>() {
            Ok(first) => (0..processes)
                .map(|offset| {
                    let offset = u16::try_from(offset).unwrap_or(0);
                    SocketAddr::new(first.ip(), first.port().wrapping_add(offset)).to_string()
                })
                .collect(),
            // The processes say what is wrong with it.
            Err(_) => vec![given.to_owned(); processes],
        },
        None => (0..processes).map(|_| format!("127.0.0.1:{}", free_port())).collect(),
    }
}

/// Where a process that listens on `bind` is reached from this machine.
pub(crate) fn reach(bind: &str) -> String {
    let Ok(mut address) = bind.parse::<SocketAddr>() else { return bind.to_owned() };
    if address.ip().is_unspecified() {
        let loopback = match address.ip() {
            IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::LOCALHOST),
            IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::LOCALHOST),
        };
        address.set_ip(loopback);
    }
    address.to_string()
}

#[cfg(test)]
mod tests {
    use super::{bind, metrics, reach};

    #[test]
    fn what_listens_everywhere_is_reached_on_loopback() {
        assert_eq!(reach("0.0.0.0:80"), "127.0.0.1:80");
        assert_eq!(reach("[::]:80"), "[::1]:80");
        assert_eq!(reach("10.0.0.1:80"), "10.0.0.1:80");
    }

    #[test]
    fn each_process_has_a_metrics_address_of_its_own() {
        assert_eq!(metrics(Some("127.0.0.1:9000"), 2), ["127.0.0.1:9000", "127.0.0.1:9001"]);
        assert!(metrics(Some("off"), 2).is_empty());
        let free = metrics(None, 5);
        assert_eq!(free.iter().collect::<std::collections::BTreeSet<_>>().len(), 5);
    }

    #[test]
    fn port_0_becomes_a_port_that_can_be_printed() {
        let mut remarks = Vec::new();
        assert_ne!(bind(Some("127.0.0.1:0"), 8080, "X", &mut remarks), "127.0.0.1:0");
        assert_eq!(bind(Some("127.0.0.1:9000"), 8080, "X", &mut remarks), "127.0.0.1:9000");
    }
}
