//! `sluicegate serve`: the console and the consumer of the dead queue, until a signal.

mod server;

use std::sync::Arc;
use std::time::Duration;

use amqp::broker::{Broker, BrokerSettings};
use service::error::chain;
use stripe_api::StripeApi;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::audit::anchor;
use crate::common::error::ServiceError;
use crate::dead_letters::answered;
use crate::dead_letters::consumer::DeadLetterConsumer;
use crate::http::Console;
use crate::jobs::runner::Runner;
use crate::order_status::watch::OrderWatch;
use crate::rejections::intake::RejectionIntake;
use crate::runtime::Connections;
use crate::runtime::settings::ConsoleSettings;
use crate::runtime::sweep_settings::SweepSettings;
use crate::sweeps::{poll, schedule};
use crate::system::gauges::{self, GaugeSources};
use crate::system::health;
use crate::system::history;
use crate::system::pauses::Pauses;
use crate::system::queues;

const DRAIN: Duration = Duration::from_secs(5);

/// The client of Stripe's API, where a key is set.
fn stripe_api(settings: &ConsoleSettings) -> Result<Option<StripeApi>, ServiceError> {
    let api = settings.stripe_api.as_ref().map(StripeApi::new).transpose();
    api.map_err(|e| ServiceError::Internal(chain(&e)))
}

/// Serves until a signal.
pub(crate) async fn run(settings: &ConsoleSettings, connections: &Connections) -> Result<(), ServiceError> {
    let shutdown = service::shutdown::on_signal();
    let url = settings
        .amqp_url
        .clone()
        .ok_or_else(|| ServiceError::Unavailable("AMQP_URL is not set".to_owned()))?;
    // A broker in an alarm blocks a connection that publishes, its acknowledgements included: two connections.
    let consuming = BrokerSettings {
        amqp_url: url,
        topology: settings.topology.clone(),
        name: "sluicegate console consumer".to_owned(),
    };
    let broker = Broker::start(consuming, CancellationToken::new());
    let ready = health::readiness(connections.pool.clone(), broker.clone());
    let metrics = service::telemetry::metrics();
    let served = service::health::start(settings.metrics_bind, metrics, Arc::clone(&ready), shutdown.clone());
    let bound =
        |name: &'static str| move |e| ServiceError::Unavailable(format!("{name} cannot be bound: {e}"));
    let metrics_address = served.map_err(bound("METRICS_BIND"))?;
    let background = Background { order_watch: OrderWatch::new(), pauses: Pauses::default() };
    let console = Console {
        pool: connections.pool.clone(),
        broker: connections.broker()?.clone(),
        replayer: connections.replayer()?.clone(),
        management: settings.management.clone(),
        rules: settings.rules.clone(),
        order_watch: background.order_watch.clone(),
        stripe_api: stripe_api(settings)?,
        stripe_events: connections.stripe_events().ok(),
        sign_in: settings.sign_in.clone(),
        replay_approval: settings.replay_approval,
        pauses: background.pauses.clone(),
    };
    let (address, serving) = server::start(settings.console_bind, console, ready, shutdown.clone())
        .map_err(bound("CONSOLE_BIND"))?;
    tracing::info!(%address, metrics = ?metrics_address, "console listening");
    let tasks = background.start(settings, connections, &broker, &shutdown)?;
    shutdown.cancelled().await;
    tasks.close();
    if tokio::time::timeout(DRAIN, tasks.wait()).await.is_err() {
        tracing::warn!("not everything stopped in time; unfinished work resumes at the next start");
    }
    // Requests that were let in are answered before the process ends; the server bounds how long that takes.
    serving.await.map_err(|e| ServiceError::Internal(format!("the console's server panicked: {e}")))?;
    broker.close().await;
    Ok(())
}

/// What runs beside the server, and what requests see of it.
struct Background {
    order_watch: OrderWatch,
    pauses: Pauses,
}

impl Background {
    /// Starts everything; it ends with `shutdown`.
    fn start(
        self,
        settings: &ConsoleSettings,
        connections: &Connections,
        consuming: &Broker,
        shutdown: &CancellationToken,
    ) -> Result<TaskTracker, ServiceError> {
        let pool = || connections.pool.clone();
        let stop = || shutdown.clone();
        let tasks = TaskTracker::new();
        let topology = settings.topology.clone();
        let consumer = DeadLetterConsumer { broker: consuming.clone(), topology, pool: pool() };
        tasks.spawn(consumer.run(stop()));
        let intake = RejectionIntake { broker: consuming.clone(), pool: pool() };
        tasks.spawn(intake.run(stop()));
        tasks.spawn(answered::watch(pool(), stop()));
        let runner = Runner { pool: pool(), replayer: connections.replayer()?.clone() };
        tasks.spawn(runner.run(stop()));
        tasks.spawn(queues::watch(consuming.clone(), pool(), stop()));
        tasks.spawn(self.pauses.watch(pool(), stop()));
        let broker = connections.broker()?.clone();
        let sources = GaugeSources { broker, management: settings.management.clone(), pool: pool() };
        tasks.spawn(gauges::watch(sources, stop()));
        tasks.spawn(history::watch(pool(), stop()));
        tasks.spawn(anchor::watch(pool(), settings.audit_anchor.clone(), stop()));
        tasks.spawn(self.order_watch.run(settings.database_url.clone(), stop()));
        tasks.spawn(read_stripe_events(settings.clone(), connections.clone(), stop()));
        Ok(tasks)
    }
}

/// Sweeps or polls Stripe's list of events, as the settings say; nothing without a key.
async fn read_stripe_events(
    settings: ConsoleSettings,
    connections: Connections,
    shutdown: CancellationToken,
) {
    let Ok(reader) = connections.stripe_events() else { return };
    match settings.sweep {
        SweepSettings { poll: Some(interval), .. } => poll::run(reader, interval, shutdown).await,
        SweepSettings { sweep: Some(interval), .. } => schedule::run(reader, interval, shutdown).await,
        SweepSettings { .. } => {}
    }
}
