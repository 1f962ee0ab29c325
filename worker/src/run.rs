//! Puts a worker together and keeps it running until shutdown is requested.

use std::sync::Arc;
use std::time::{Duration, Instant};

use amqp::broker::{Broker, BrokerSettings};
use amqp::publisher::Publisher;
use amqp::topology::Queue;
use deadpool_postgres::Pool;
use postgres::pool::{self, PoolError};
use service::health::{self, Readiness};
use service::telemetry;
use stripe_api::{ClientError, StripeApi};
use thiserror::Error;
use tokio_util::sync::CancellationToken;

use crate::consumer::ConsumerTask;
use crate::fetch::{DoubtFetcher, ThinEvents};
use crate::pause::Pause;
use crate::process::Engine;
use crate::progress::Progress;
use crate::relay::{DestinationError, Relay};
use crate::settings::{Settings, shared_settings};
use crate::settle::Settler;
use crate::tasks::{TaskFailed, Tasks};
use crate::{grace, heartbeat};
use domain::retry::Schedule;
use domain::rules::Rules;

/// How long a confirm of a retry or dead letter may take before it is published again.
const CONFIRM: Duration = Duration::from_secs(10);

/// Why a worker could not start, or stopped by itself.
#[derive(Debug, Error)]
pub enum RunError {
    /// The operating system gave the process no threads.
    #[error("the runtime cannot start")]
    Runtime(#[source] std::io::Error),
    /// The pool could not be made.
    #[error(transparent)]
    Pool(#[from] PoolError),
    /// `METRICS_BIND` cannot be bound.
    #[error("METRICS_BIND: the address cannot be bound")]
    Metrics(#[source] std::io::Error),
    /// Nothing can be sent by HTTP or e-mail.
    #[error(transparent)]
    Destination(#[from] DestinationError),
    /// There is no client of Stripe's API.
    #[error(transparent)]
    StripeApi(#[from] ClientError),
    /// One of its tasks ended or panicked.
    #[error(transparent)]
    Task(#[from] TaskFailed),
}

/// Runs a worker over `queue` until `shutdown` is cancelled: then it finishes the batch in hand, gives the
/// rest back to the queue and returns.
///
/// # Errors
/// [`RunError`] when it cannot start, or when one of its tasks ended or panicked: after the others have finished. Servers that are unavailable are waited for.
pub async fn run(settings: Settings, queue: Queue, shutdown: CancellationToken) -> Result<(), RunError> {
    domain::handlers::check();
    // A task that fails stops this worker, not whoever else holds the caller's token.
    let shutdown = shutdown.child_token();
    let name = format!("sluicegate {}", queue.name());
    let pool = pool::pool(&settings.database_url, settings.concurrency + 1, &name)?;
    let ended = CancellationToken::new();
    let connect = |purpose: &str| connect(&settings, format!("{}-worker {purpose}", queue.name()), &ended);
    let (consuming, publishing) = (connect("consumer"), connect("publisher"));
    let relay =
        Relay::new(settings.database_url, publishing.clone(), settings.out_webhooks, settings.outgoing_mail)?;
    let progress = Progress::default();
    let ready = readiness(consuming.clone(), pool.clone(), progress.clone());
    health::start(settings.metrics, telemetry::metrics(), ready, shutdown.clone())
        .map_err(RunError::Metrics)?;
    let api = settings.stripe_api.as_ref().map(StripeApi::new).transpose()?;
    let rules = Rules { can_fetch: api.is_some(), ..settings.rules };
    let engine = Engine { pool, rules, schedule: Schedule::new(settings.schedule) };
    let thin_events = api.as_ref().map(|api| ThinEvents::new(api, engine.pool.clone(), engine.rules.clone()));
    let publisher = Publisher::new(publishing.clone(), 1, CONFIRM);
    let settler = Settler { publisher, topology: settings.topology.clone() };
    tracing::info!(queue = queue.name(), settings.concurrency, settings.batch, "consuming");
    let mut tasks = Tasks::new(shutdown.clone());
    let (pause, watching) = Pause::watch(engine.pool.clone(), queue, shutdown.clone());
    tasks.spawn("pause", watching);
    let shared = shared_settings(&engine.rules, &settings.topology.retry, api.is_some());
    let watched = (progress.clone(), pause.clone());
    tasks.spawn(
        "heartbeat",
        heartbeat::run(engine.pool.clone(), queue.name(), shared, watched, shutdown.clone()),
    );
    tasks.spawn("relay", relay.run(shutdown.clone()));
    if queue == Queue::Subscription {
        tasks.spawn("grace", grace::run(engine.pool.clone(), engine.rules.clone(), shutdown.clone()));
    }
    if let Some(doubts) = api.map(|api| doubts(api, &engine, &settler)) {
        tasks.spawn("fetch", doubts.run(shutdown.clone()));
    }
    let consumer = ConsumerTask {
        broker: consuming.clone(),
        queue: settings.topology.queue(queue),
        batch: settings.batch,
        engine,
        settler,
        thin_events,
        progress,
        pause,
    };
    for _ in 0..settings.concurrency {
        let (consumer, shutdown) = (consumer.clone(), shutdown.clone());
        tasks.spawn("consumer", async move { consumer.run(&shutdown).await });
    }
    let result = tasks.finish().await;
    publishing.close().await;
    consuming.close().await;
    tracing::info!(queue = queue.name(), "ended");
    Ok(result?)
}

fn connect(settings: &Settings, name: String, ended: &CancellationToken) -> Broker {
    let (amqp_url, topology) = (settings.amqp_url.clone(), settings.topology.clone());
    Broker::start(BrokerSettings { amqp_url, topology, name }, ended.clone())
}

fn doubts(api: StripeApi, engine: &Engine, settler: &Settler) -> DoubtFetcher {
    let (pool, publisher) = (engine.pool.clone(), settler.publisher.clone());
    DoubtFetcher { api, pool, publisher, topology: settler.topology.clone() }
}

fn readiness(broker: Broker, pool: Pool, progress: Progress) -> Readiness {
    Arc::new(move || {
        let (broker, pool, progress) = (broker.clone(), pool.clone(), progress.clone());
        Box::pin(async move {
            broker.explain()?;
            progress.check(Instant::now())?;
            let client = pool.get().await.map_err(|error| error.to_string())?;
            client.simple_query("SELECT 1").await.map(drop).map_err(|error| error.to_string())
        })
    })
}
