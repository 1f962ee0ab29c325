//! The console over HTTP. Owns the server; must never do what the command line could not do too.

use std::net::{SocketAddr, TcpListener};

use actix_web::{App, HttpServer};
use shared::health::{self, Readiness};
use tokio_util::sync::CancellationToken;

const SHUTDOWN_SECONDS: u64 = 5;

/// Serves in the background until shutdown; returns where.
pub fn start(bind: SocketAddr, ready: Readiness, shutdown: CancellationToken) -> std::io::Result<SocketAddr> {
    let listener = TcpListener::bind(bind)?;
    let address = listener.local_addr()?;
    let server = HttpServer::new(move || App::new().configure(|app| health::routes(app, &ready)))
        .workers(2)
        .disable_signals()
        .shutdown_timeout(SHUTDOWN_SECONDS)
        .listen(listener)?
        .run();
    let handle = server.handle();
    tokio::spawn(async move {
        shutdown.cancelled().await;
        handle.stop(true).await;
    });
    tokio::spawn(async move {
        if let Err(error) = server.await {
            tracing::error!(%error, "the console's server ended");
        }
    });
    Ok(address)
}
