//! `/metrics`, `/health/live` and `/health/ready` of a process, on an address of their own.

use actix_web::dev::ServerHandle;
use actix_web::http::header;
use actix_web::{App, HttpResponse, HttpServer, guard, web};
use futures_util::future::BoxFuture;
use metrics_exporter_prometheus::PrometheusHandle;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Asks whether the process can do its work; says why not.
pub type Readiness = Arc<dyn Fn() -> BoxFuture<'static, Result<(), String>> + Send + Sync>;

const METRICS_TYPE: &str = "text/plain; version=0.0.4";
const UPKEEP: Duration = Duration::from_secs(5);

/// Serves in the background until `shutdown` is cancelled, and returns where; nothing when `bind`
/// is off. Fails when the address cannot be bound.
pub fn start(
    bind: Option<SocketAddr>,
    metrics: PrometheusHandle,
    ready: Readiness,
    shutdown: CancellationToken,
) -> std::io::Result<Option<SocketAddr>> {
    let Some(bind) = bind else { return Ok(None) };
    let listener = TcpListener::bind(bind)?;
    let address = listener.local_addr()?;
    let recorded = metrics.clone();
    let server = HttpServer::new(move || {
        let (ready, metrics) = (Arc::clone(&ready), metrics.clone());
        App::new().configure(|app| routes(app, &ready)).route(
                "/metrics",
                web::get().to(move || {
                    let page = metrics.render();
                    async move {
                        HttpResponse::Ok().insert_header((header::CONTENT_TYPE, METRICS_TYPE)).body(page)
                    }
                }),
            )
    })
    .workers(1)
    .disable_signals()
    .shutdown_timeout(1)
    .listen(listener)?
    .run();
    tokio::spawn(stop_when(server.handle(), shutdown.clone()));
    tokio::spawn(upkeep(recorded, shutdown));
    tokio::spawn(async move {
        if let Err(error) = server.await {
            tracing::error!(%error, "the metrics server ended");
        }
    });
    Ok(Some(address))
}

/// The two health pages, for a server that has other pages too.
pub fn routes(app: &mut web::ServiceConfig, ready: &Readiness) {
    let ready = Arc::clone(ready);
    let live = page().to(|| async { text(HttpResponse::Ok(), "live\n") });
    let ready = page().to(move || {
        let ready = ready();
        async move {
            match ready.await {
                Ok(()) => text(HttpResponse::Ok(), "ready\n"),
                Err(reason) => text(HttpResponse::ServiceUnavailable(), &format!("not ready: {reason}\n")),
            }
        }
    });
    app.service(web::resource("/health/live").route(live).default_service(web::to(only_reading)));
    app.service(web::resource("/health/ready").route(ready).default_service(web::to(only_reading)));
}

fn page() -> actix_web::Route {
    web::route().guard(guard::Any(guard::Get()).or(guard::Head()))
}

async fn only_reading() -> HttpResponse {
    HttpResponse::MethodNotAllowed()
        .insert_header((header::ALLOW, "GET, HEAD"))
        .content_type("application/json")
        .body(r#"{"error":{"code":"method_not_allowed","message":"only GET, HEAD is allowed here"}}"#)
}

fn text(mut response: actix_web::HttpResponseBuilder, body: &str) -> HttpResponse {
    response
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .content_type("text/plain; charset=utf-8")
        .body(body.to_owned())
}

async fn stop_when(server: ServerHandle, shutdown: CancellationToken) {
    shutdown.cancelled().await;
    server.stop(true).await;
}

/// Histograms keep what they were given until somebody asks; nobody may ever ask.
async fn upkeep(metrics: PrometheusHandle, shutdown: CancellationToken) {
    while shutdown.run_until_cancelled(tokio::time::sleep(UPKEEP)).await.is_some() {
        metrics.run_upkeep();
    }
}
