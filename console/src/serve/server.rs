//! The console over HTTP: JSON API and pages. Must never do what the command line could not do too.

use std::net::{SocketAddr, TcpListener};

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::middleware::{Next, from_fn};
use actix_web::{App, HttpServer, web};
use service::health::{self, Readiness};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::http::{Console, LARGEST_BODY, error, session};
use crate::{api, pages};

const SHUTDOWN_SECONDS: u64 = 5;

/// A page asked for by HEAD is answered as by GET; the server leaves the body out. The API says what it takes.
async fn head_as_get(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    if *request.method() == Method::HEAD && !request.path().starts_with("/api/") {
        request.head_mut().method = Method::GET;
    }
    next.call(request).await
}

/// Serves in the background until shutdown; returns where, and the task that ends when the last request was answered.
pub(super) fn start(
    bind: SocketAddr,
    console: Console,
    ready: Readiness,
    shutdown: CancellationToken,
) -> std::io::Result<(SocketAddr, JoinHandle<()>)> {
    let listener = TcpListener::bind(bind)?;
    let address = listener.local_addr()?;
    let console = web::Data::new(console);
    let server = HttpServer::new(move || {
        App::new()
            .wrap(from_fn(head_as_get))
            .wrap(session::headers())
            .app_data(console.clone())
            .app_data(web::PayloadConfig::new(LARGEST_BODY))
            .configure(error::extractors)
            .configure(|app| health::routes(app, &ready))
            .configure(api::routes)
            .configure(pages::routes)
    })
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
    let serving = tokio::spawn(async move {
        if let Err(error) = server.await {
            tracing::error!(%error, "the console's server ended");
        }
    });
    Ok((address, serving))
}
