//! `sluicegate serve`: the console and the consumer of the dead queue, until a signal.

mod server;

use std::sync::Arc;
use std::time::Duration;

use amqp::broker::{Broker, BrokerSettings};
use service::error::chain;
use stripe_api::StripeApi;
use tokio_util::sync::CancellationToken;

use crate::common::error::ServiceError;
use crate::dead_letters::consumer::DeadLetterConsumer;
use crate::http::Console;
use crate::jobs::runner::Runner;
use crate::order_status::watch::OrderWatch;
use crate::rejections::intake::RejectionIntake;
use crate::runtime::Connections;
use crate::runtime::settings::ConsoleSettings;
use crate::runtime::sweep_settings::SweepSettings;
use crate::sweeps::{poll, schedule};
use crate::system::health;
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
    let order_watch = OrderWatch::new();
    let console = Console {
        pool: connections.pool.clone(),
        broker: connections.broker()?.clone(),
        replayer: connections.replayer()?.clone(),
        management: settings.management.clone(),
        rules: settings.rules.clone(),
        order_watch: order_watch.clone(),
        stripe_api: stripe_api(settings)?,
        stripe_events: connections.stripe_events().ok(),
        sign_in: settings.sign_in.clone(),
    };
    let (address, serving) = server::start(settings.console_bind, console, ready, shutdown.clone())
        .map_err(bound("CONSOLE_BIND"))?;
    tracing::info!(%address, metrics = ?metrics_address, "console listening");
    let dead_letters = DeadLetterConsumer {
        broker: broker.clone(),
        topology: settings.topology.clone(),
        pool: connections.pool.clone(),
    };
    let consumer = tokio::spawn(dead_letters.run(shutdown.clone()));
    let intake = RejectionIntake { broker: broker.clone(), pool: connections.pool.clone() };
    let intake = tokio::spawn(intake.run(shutdown.clone()));
    let watch = tokio::spawn(queues::watch(broker.clone(), connections.pool.clone(), shutdown.clone()));
    let runner = Runner { pool: connections.pool.clone(), replayer: connections.replayer()?.clone() };
    let runner = tokio::spawn(runner.run(shutdown.clone()));
    let orders = tokio::spawn(order_watch.run(settings.database_url.clone(), shutdown.clone()));
    let stripe_events =
        tokio::spawn(read_stripe_events(settings.clone(), connections.clone(), shutdown.clone()));
    shutdown.cancelled().await;
    let stopped = async { tokio::join!(consumer, intake, runner, watch, orders, stripe_events) };
    if tokio::time::timeout(DRAIN, stopped).await.is_err() {
        tracing::warn!("not everything stopped in time; unfinished work resumes at the next start");
    }
    // Requests that were let in are answered before the process ends; the server bounds how long that takes.
    serving.await.map_err(|e| ServiceError::Internal(format!("the console's server panicked: {e}")))?;
    broker.close().await;
    Ok(())
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
