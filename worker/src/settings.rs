//! The settings of a worker, read from flags and the environment in `main` and nowhere else.

mod out_webhooks;
mod outgoing_mail;

use std::net::SocketAddr;
use std::time::Duration;

use amqp::args::{AmqpArgs, RetryArgs};
use amqp::topology::Topology;
use clap::Parser;
use postgres::args::DatabaseArgs;
use secrecy::SecretString;
use service::settings::setting::{address_or_off, integer};
use service::settings::{LogArgs, Problems, Program, Setting};
use service::telemetry::LogFormat;

use domain::rules::Rules;
use stripe_api::{ApiSettings, StripeApiArgs};

mod rules;
mod shared;
mod templates;

use crate::relay::{OutWebhooks, OutgoingMail};
use out_webhooks::OutWebhookArgs;
use outgoing_mail::OutgoingMailArgs;
pub use rules::RulesArgs;
pub use shared::shared_settings;
pub use templates::TemplateArgs;

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
    /// Where /metrics, /health/live and /health/ready are served: an address and port, or off.
    #[arg(long, env = "METRICS_BIND", value_name = "ADDRESS", default_value = "127.0.0.1:9091",
        value_parser = address_or_off())]
    metrics_bind: Setting<Option<SocketAddr>>,
    #[command(flatten)]
    retry: RetryArgs,
    #[command(flatten)]
    out_webhooks: OutWebhookArgs,
    #[command(flatten)]
    outgoing_mail: OutgoingMailArgs,
    /// Events in one transaction, at most: 1 to 1000.
    #[arg(long, env = "WORKER_BATCH", value_name = "NUMBER", default_value = "256", value_parser = integer(1..=1000u16))]
    worker_batch: Setting<u16>,
    /// Transactions at once: 1 to 64.
    #[arg(long, env = "WORKER_CONCURRENCY", value_name = "NUMBER", default_value = "2", value_parser = integer(1..=64usize))]
    worker_concurrency: Setting<usize>,
    #[command(flatten)]
    rules: RulesArgs,
    #[command(flatten)]
    stripe_api: StripeApiArgs,
}

/// The settings of a worker.
pub struct Settings {
    pub amqp_url: SecretString,
    /// The names of queues and exchanges.
    pub topology: Topology,
    pub database_url: SecretString,
    /// How log lines look, and which there are.
    pub log: (LogFormat, String),
    /// Where metrics and health are served.
    pub metrics: Option<SocketAddr>,
    /// The delays between the attempts of one event.
    pub schedule: Vec<Duration>,
    /// Events in one transaction.
    pub batch: u16,
    /// How many transactions run at once.
    pub concurrency: usize,
    /// What decisions depend on.
    pub rules: Rules,
    /// Where objects are fetched anew.
    pub stripe_api: Option<ApiSettings>,
    /// Where outgoing messages are posted to.
    pub out_webhooks: OutWebhooks,
    /// Where e-mails and alerts go.
    pub outgoing_mail: Option<OutgoingMail>,
}

impl Args {
    /// Reads every setting. `environment` is searched for variables that no program knows.
    ///
    /// # Errors
    /// All problems at once.
    pub fn read(&self, environment: &[(String, String)]) -> Result<Settings, Problems> {
        let mut problems = Problems::default();
        let problem = &mut problems;
        problem.unknown_variables(Program::Worker, environment);
        let schedule = self.retry.schedule(problem);
        let out_webhooks = self.out_webhooks.read(problem, environment);
        let outgoing_mail = self.outgoing_mail.read(out_webhooks.allow_private, problem);
        let rules = self.rules.read(true, problem);
        let stripe_api = self.stripe_api.read(rules.livemode, problem);
        let settings = Settings {
            amqp_url: self.amqp.url(problem),
            topology: self.amqp.topology(problem, schedule.clone()),
            database_url: self.database.url(problem),
            log: self.log.read(problem),
            metrics: problem.take(&self.metrics_bind),
            schedule,
            out_webhooks,
            outgoing_mail,
            batch: problem.take(&self.worker_batch),
            concurrency: problem.take(&self.worker_concurrency),
            rules,
            stripe_api,
        };
        problems.finish().map(|()| settings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use service::settings::setting::from_pairs;

    #[test]
    fn defaults_are_those_of_the_documentation() {
        let args: Args = from_pairs(&[
            ("AMQP_URL", "amqp://localhost"),
            ("DATABASE_URL", "postgres://localhost/x"),
            ("STRIPE_LIVEMODE", "any"),
        ]);
        let Ok(settings) = args.read(&[]) else { panic!("the defaults are wrong") };
        assert_eq!((settings.batch, settings.concurrency, settings.schedule.len()), (256, 2, 5));
    }
}
