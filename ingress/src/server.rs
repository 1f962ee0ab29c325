//! The HTTP server and the order in which things start and end.

use crate::answer;
use crate::body::{Limits, MemoryBudget};
use crate::receive::{Gate, receive};
use crate::settings::Settings;
use actix_web::dev::Server;
use actix_web::{App, HttpServer, web};
use amqp::broker::Broker;
use amqp::publisher::Publisher;
use service::health::{self, Readiness};
use service::telemetry;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Confirm channels of each thread. One makes the broker do more for each event, more than a few
/// gain nothing: they share one connection.
const CHANNELS: usize = 2;
/// Seconds that requests in flight are given on the way out; the whole end takes at most 10 s.
const SHUTDOWN: u64 = 8;
/// How long the head of a request may take.
const HEAD_TIMEOUT: Duration = Duration::from_secs(5);
/// Longer than the idle time-out of common proxies, so that they end idle connections, not we.
const KEEP_ALIVE: Duration = Duration::from_secs(75);

/// Why the ingress could not run.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The metrics address cannot be used.
    #[error("cannot listen on METRICS_BIND: {0}")]
    Metrics(#[source] std::io::Error),
    /// The server could not start or broke.
    #[error("the HTTP server failed: {0}")]
    Server(#[source] std::io::Error),
}

/// Serves webhooks on `listener` until `shutdown` is cancelled, then finishes what is in flight.
/// Starts whether the broker is there or not: until it is, events are answered 503.
pub async fn run(
    settings: Settings,
    listener: TcpListener,
    shutdown: CancellationToken,
) -> Result<(), RunError> {
    // Before anything that counts.
    let metrics = telemetry::metrics();
    // Ends last: requests in flight still publish when `shutdown` is cancelled.
    let end = CancellationToken::new();
    let _ended = end.clone().drop_guard();
    let broker = Broker::start(settings.broker.clone(), end.clone());
    let ready = readiness(broker.clone(), shutdown.clone());
    let metrics_address = health::start(settings.metrics_bind, metrics, Arc::clone(&ready), end.clone())
        .map_err(RunError::Metrics)?;
    let address = listener.local_addr().map_err(RunError::Server)?;
    let server = serve(settings, listener, &broker, ready).map_err(RunError::Server)?;
    tracing::info!(%address, metrics = ?metrics_address, "listening");
    let handle = server.handle();
    let stopping = tokio::spawn(async move {
        shutdown.cancelled().await;
        handle.stop(true).await;
    });
    let served = server.await.map_err(RunError::Server);
    stopping.abort();
    broker.close().await;
    tracing::info!("ended");
    served
}

fn serve(
    settings: Settings,
    listener: TcpListener,
    broker: &Broker,
    ready: Readiness,
) -> std::io::Result<Server> {
    let limits = Limits {
        size: settings.max_body,
        time: settings.body_timeout,
        budget: MemoryBudget::new(settings.max_in_flight),
    };
    let max_connections = settings.max_connections;
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let exchange = broker.topology().events_exchange();
    let broker = broker.clone();
    let server = HttpServer::new(move || {
        // Made in each of the server's threads: a request, its publish and the confirm stay on one
        // thread, which saves a tenth of the processor time of handing them to another and back.
        let gate = Gate {
            secrets: settings.secrets.clone(),
            endpoints: settings.endpoints.clone(),
            tolerance: settings.tolerance,
            limits: limits.clone(),
            publisher: Publisher::new(broker.clone(), CHANNELS, settings.publish_timeout),
            exchange: exchange.clone(),
            clock: Arc::clone(&settings.clock),
        };
        App::new()
            .app_data(web::Data::new(gate))
            .configure(|app| health::routes(app, &ready))
            .route("/webhooks/stripe", web::to(receive))
            .route("/webhooks/stripe/{endpoint}", web::to(receive))
            .default_service(web::to(answer::unknown_path))
    })
    .workers(workers)
    .max_connections(max_connections.div_ceil(workers))
    .client_request_timeout(HEAD_TIMEOUT)
    .keep_alive(KEEP_ALIVE)
    .shutdown_timeout(SHUTDOWN)
    .disable_signals()
    .listen(listener)?
    .run();
    Ok(server)
}

fn readiness(broker: Broker, shutdown: CancellationToken) -> Readiness {
    Arc::new(move || {
        let ready = if shutdown.is_cancelled() { Err("it is stopping".to_owned()) } else { broker.explain() };
        Box::pin(std::future::ready(ready))
    })
}
