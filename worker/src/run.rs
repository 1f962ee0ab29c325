//! Puts a worker together and keeps it running until shutdown is requested.

use std::sync::Arc;
use std::time::Duration;

use amqp::broker::{Broker, BrokerSettings};
use amqp::publisher::Publisher;
use amqp::topology::Queue;
use deadpool_postgres::Pool;
use postgres::pool::{self, PoolError};
use service::health::{self, Readiness};
use service::telemetry;
use thiserror::Error;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::consumer::ConsumerTask;
use crate::process::Engine;
use crate::settings::Settings;
use crate::settle::Settler;
use crate::{grace, heartbeat};
use domain::retry::Schedule;

/// How long a confirm of a retry or dead letter may take before it is published again.
const CONFIRM: Duration = Duration::from_secs(10);

/// Why a worker could not start.
#[derive(Debug, Error)]
pub enum StartError {
    /// The pool could not be made.
    #[error(transparent)]
    Pool(#[from] PoolError),
    /// `METRICS_BIND` cannot be bound.
    #[error("METRICS_BIND: the address cannot be bound")]
    Metrics(#[source] std::io::Error),
}

/// Runs a worker over `queue` until `shutdown` is cancelled: then it finishes the batch in hand, gives the
/// rest back to the queue and returns.
///
/// # Errors
/// [`StartError`] when it cannot start. Servers that are unavailable are waited for.
pub async fn run(settings: Settings, queue: Queue, shutdown: CancellationToken) -> Result<(), StartError> {
    domain::handlers::check();
    let pool = pool::pool(
        &settings.database_url,
        settings.concurrency + 1,
        &format!("sluicegate {}", queue.name()),
    )?;
    let ended = CancellationToken::new();
    let connect = |purpose: &str| {
        let settings = BrokerSettings {
            amqp_url: settings.amqp_url.clone(),
            topology: settings.topology.clone(),
            name: format!("{}-worker {purpose}", queue.name()),
        };
        Broker::start(settings, ended.clone())
    };
    let (consuming, publishing) = (connect("consumer"), connect("publisher"));
    let ready = readiness(consuming.clone(), pool.clone());
    health::start(settings.metrics, telemetry::metrics(), ready, shutdown.clone())
        .map_err(StartError::Metrics)?;
    let engine = Engine { pool, rules: settings.rules, schedule: Schedule::new(settings.schedule) };
    let publisher = Publisher::new(publishing.clone(), 1, CONFIRM);
    let settler = Settler { publisher, topology: settings.topology.clone() };
    tracing::info!(
        queue = queue.name(),
        concurrency = settings.concurrency,
        batch = settings.batch,
        "consuming"
    );
    let mut tasks = JoinSet::new();
    let progress = heartbeat::Progress::default();
    tasks.spawn(heartbeat::run(engine.pool.clone(), queue.name(), progress.clone(), shutdown.clone()));
    if queue == Queue::Subscription {
        tasks.spawn(grace::run(engine.pool.clone(), shutdown.clone()));
    }
    for _ in 0..settings.concurrency {
        let consumer = ConsumerTask {
            broker: consuming.clone(),
            queue: settings.topology.queue(queue),
            batch: settings.batch,
            engine: engine.clone(),
            settler: settler.clone(),
            progress: progress.clone(),
        };
        let shutdown = shutdown.clone();
        tasks.spawn(async move { consumer.run(&shutdown).await });
    }
    while let Some(ended) = tasks.join_next().await {
        if let Err(error) = ended {
            tracing::error!(%error, "worker task panicked");
        }
    }
    publishing.close().await;
    consuming.close().await;
    tracing::info!(queue = queue.name(), "ended");
    Ok(())
}

fn readiness(broker: Broker, pool: Pool) -> Readiness {
    Arc::new(move || {
        let (broker, pool) = (broker.clone(), pool.clone());
        Box::pin(async move {
            broker.explain()?;
            let client = pool.get().await.map_err(|error| error.to_string())?;
            client.simple_query("SELECT 1").await.map(drop).map_err(|error| error.to_string())
        })
    })
}
