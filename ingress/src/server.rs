//! The order in which things start and end.

use crate::guard::Guard;
use crate::http;
use crate::rejections::Rejections;
use crate::settings::Settings;
use crate::tls::Tls;
use amqp::broker::Broker;
use amqp::publisher::Publisher;
use service::health::{self, Readiness};
use service::telemetry;
use std::net::TcpListener;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Why the ingress could not run.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The metrics address cannot be used.
    #[error("cannot listen on METRICS_BIND")]
    Metrics(#[source] std::io::Error),
    /// The certificate cannot be used any more.
    #[error("cannot use INGRESS_TLS_CERT and INGRESS_TLS_KEY")]
    Tls(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The server could not start or broke.
    #[error("the HTTP server failed")]
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
    let guard = Guard::new(settings.guard.clone());
    tokio::spawn(Arc::clone(&guard).upkeep(end.clone()));
    let tls =
        settings.tls.clone().map(Tls::new).transpose().map_err(|error| RunError::Tls(Box::new(error)))?;
    let acceptor = tls.as_ref().map(Tls::acceptor);
    if let Some(tls) = tls {
        tokio::spawn(tls.keep_up(end.clone()));
    }
    let rejections = Arc::new(Rejections::default());
    let reports = Publisher::new(broker.clone(), 1, settings.publish_timeout);
    let exchange = settings.broker.topology.rejected_exchange();
    tokio::spawn(Arc::clone(&rejections).report(reports, exchange, end.clone()));
    let server = http::serve(settings, listener, (guard, rejections, acceptor), &broker, ready)
        .map_err(RunError::Server)?;
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

fn readiness(broker: Broker, shutdown: CancellationToken) -> Readiness {
    Arc::new(move || {
        let ready = if shutdown.is_cancelled() { Err("it is stopping".to_owned()) } else { broker.explain() };
        Box::pin(std::future::ready(ready))
    })
}
