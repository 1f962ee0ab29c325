//! The settings of a worker, read from flags and the environment in `main` and nowhere else.

mod out_webhooks;

use std::net::SocketAddr;
use std::time::Duration;

use amqp::args::{AmqpArgs, RetryArgs};
use amqp::topology::Topology;
use clap::Parser;
use postgres::args::DatabaseArgs;
use secrecy::SecretString;
use service::settings::{LogArgs, MetricsArgs, Problems};
use service::telemetry::LogFormat;

use domain::rules::{ClientReferenceId, MODES, OrdersPolicy, Rules};

use out_webhooks::OutWebhookArgs;
pub use out_webhooks::{OutWebhook, OutWebhooks};

/// Stripe goes on trying a failed renewal for about a week or two; a shorter grace locks out customers whose
/// card is charged the next day.
const GRACE: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// Consumes Stripe events from a queue and applies them to PostgreSQL, exactly once, in any order.
#[derive(Debug, Parser)]
#[command(version)]
pub struct Args {
    #[command(flatten)]
    amqp: AmqpArgs,
    #[command(flatten)]
    database: DatabaseArgs,
    #[command(flatten)]
    log: LogArgs,
    #[command(flatten)]
    metrics: MetricsArgs,
    #[command(flatten)]
    retry: RetryArgs,
    #[command(flatten)]
    out_webhooks: OutWebhookArgs,
    /// Events in one transaction, at most: 1 to 1000. Default: 256.
    #[arg(long, env = "WORKER_BATCH", value_name = "N")]
    worker_batch: Option<String>,
    /// Transactions at once: 1 to 64. Default: 2.
    #[arg(long, env = "WORKER_CONCURRENCY", value_name = "N")]
    worker_concurrency: Option<String>,
    /// What becomes of a payment whose order nobody registered: adopt (the order is created from the
    /// payment) or require (the event is retried, then dead). Default: adopt.
    #[arg(long, env = "ORDERS_POLICY", value_name = "WORD")]
    orders_policy: Option<String>,
    /// How long a subscription keeps access after it became past due, such as 7d; 0s: not at all.
    /// Default: 7d.
    #[arg(long, env = "SUBSCRIPTION_GRACE", value_name = "TIME")]
    subscription_grace: Option<String>,
    /// Which events are processed: live, test or any. Those of the other mode are ignored. Default: any.
    #[arg(long, env = "STRIPE_LIVEMODE", value_name = "WORD")]
    stripe_livemode: Option<String>,
    /// When set, every payment that names an order must carry that order's reference code.
    #[arg(long, env = "REFERENCE_SECRET", hide_env_values = true, value_name = "SECRET")]
    reference_secret: Option<String>,
    /// A file that holds `REFERENCE_SECRET`.
    #[arg(long, env = "REFERENCE_SECRET_FILE", value_name = "PATH")]
    reference_secret_file: Option<String>,
}

/// The settings of a worker.
pub struct Settings {
    /// The broker.
    pub amqp_url: SecretString,
    /// The names of queues and exchanges.
    pub topology: Topology,
    /// PostgreSQL.
    pub database_url: SecretString,
    /// How log lines look, and which there are.
    pub log: (LogFormat, String),
    /// Where metrics and health are served.
    pub metrics: Option<SocketAddr>,
    /// Waits between tries.
    pub schedule: Vec<Duration>,
    /// Events in one transaction.
    pub batch: u16,
    /// Transactions at once.
    pub concurrency: usize,
    /// What decisions depend on.
    pub rules: Rules,
}

impl Args {
    /// Reads every setting, and where outgoing messages are posted to; named webhooks are in the environment alone.
    ///
    /// # Errors
    /// All problems at once.
    pub fn read(
        &self,
        environment: impl Iterator<Item = (String, String)>,
    ) -> Result<(Settings, OutWebhooks), Problems> {
        let mut problems = Problems::default();
        let problem = &mut problems;
        let schedule = self.retry.schedule(problem);
        let policies = [("adopt", OrdersPolicy::Adopt), ("require", OrdersPolicy::Require)];
        let secret = (self.reference_secret.as_deref(), self.reference_secret_file.as_deref());
        let batch = problem.integer("WORKER_BATCH", self.worker_batch.as_deref(), 256, 1..=1000);
        let concurrency =
            problem.integer("WORKER_CONCURRENCY", self.worker_concurrency.as_deref(), 2, 1..=64);
        let out_webhooks = self.out_webhooks.read(problem, environment);
        let settings = Settings {
            amqp_url: self.amqp.url(problem),
            topology: self.amqp.topology(problem, schedule.clone()),
            database_url: self.database.url(problem),
            log: self.log.read(problem),
            metrics: self.metrics.bind(problem, 9091),
            schedule,
            batch: u16::try_from(batch).unwrap_or(u16::MAX),
            concurrency: usize::try_from(concurrency).unwrap_or(1),
            rules: Rules {
                orders: problem.word(
                    "ORDERS_POLICY",
                    self.orders_policy.as_deref(),
                    OrdersPolicy::Adopt,
                    &policies,
                ),
                client_reference_id: ClientReferenceId::default(),
                reference_secret: problem.secret("REFERENCE_SECRET", secret.0, secret.1),
                grace: problem.duration(
                    "SUBSCRIPTION_GRACE",
                    self.subscription_grace.as_deref(),
                    GRACE,
                    Duration::ZERO..=GRACE * 52,
                ),
                livemode: problem.word("STRIPE_LIVEMODE", self.stripe_livemode.as_deref(), None, &MODES),
            },
        };
        problems.finish().map(|()| (settings, out_webhooks))
    }
}
