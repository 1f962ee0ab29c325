//! The HTTP server over guarded connections.

use crate::answer;
use crate::body::{Limits, MemoryBudget};
use crate::connections::{ConnectionLimits, Connections, Guarded};
use crate::guard::Guard;
use crate::receive::{Gate, receive};
use crate::rejections::Rejections;
use crate::settings::Settings;
use crate::tls::{Acceptor, Stream};
use actix_http::error::DispatchError;
use actix_http::{HttpService, Protocol};
use actix_server::Server;
use actix_service::{IntoServiceFactory, ServiceFactoryExt, fn_service, map_config};
use actix_web::body::MessageBody;
use actix_web::dev::{AppConfig, Service, ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::http::{ConnectionType, StatusCode};
use actix_web::rt::net::TcpStream;
use actix_web::{App, Error, web};
use amqp::broker::Broker;
use amqp::publisher::Publisher;
use service::health::{self, Readiness};
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

/// Confirm channels of each thread. One makes the broker do more for each event, more than a few
/// gain nothing: they share one connection.
const CHANNELS: usize = 2;
/// Seconds that requests in flight are given on the way out; the whole end takes at most 10 s.
const SHUTDOWN: u64 = 8;
/// How long the head of a request may take.
const HEAD_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a connection may wait for its next event. Only one that delivered an event waits at all, and less when
/// others need its slot.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// How long the last bytes may take when a connection is closed.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

/// What all threads of the server share.
#[derive(Clone)]
struct Shared {
    settings: Settings,
    limits: Limits,
    guard: Arc<Guard>,
    rejections: Arc<Rejections>,
    broker: Broker,
    ready: Readiness,
}

/// Serves webhooks and health pages on `listener`.
pub(crate) fn serve(
    settings: Settings,
    listener: TcpListener,
    (guard, rejections, tls): (Arc<Guard>, Arc<Rejections>, Option<Acceptor>),
    broker: &Broker,
    ready: Readiness,
) -> io::Result<Server> {
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let connections = Connections::new(ConnectionLimits {
        total: settings.max_connections,
        per_address: settings.max_connections_per_address,
        proxies: settings.guard.proxies.clone(),
    });
    let limits = Limits {
        size: settings.max_body,
        time: settings.body_timeout,
        budget: MemoryBudget::new(settings.max_in_flight),
    };
    // Connections are counted by us. The server's own limit, which makes new ones wait, is never reached: beyond ours
    // there are only those that are just being closed.
    let ceiling = settings.max_connections.saturating_mul(2).saturating_add(1024);
    let shared = Shared { settings, limits, guard, rejections, broker: broker.clone(), ready };
    let builder = Server::build()
        .workers(workers)
        .max_concurrent_connections(ceiling)
        .shutdown_timeout(SHUTDOWN)
        .disable_signals();
    let stopping = builder.graceful_shutdown_signal();
    let server = builder.listen("ingress", listener, move || {
        let connections = Arc::clone(&connections);
        let tls = tls.clone();
        let admit = fn_service(move |stream: TcpStream| admit(stream, Arc::clone(&connections), tls.clone()));
        let stopping = stopping.clone();
        let app = app(shared.clone()).into_factory().map_err(|error: Error| error.error_response());
        let http = HttpService::build()
            .graceful_shutdown_signal(move || {
                let stopping = stopping.clone();
                async move { stopping.notified().await }
            })
            .keep_alive(KEEP_ALIVE)
            .client_request_timeout(HEAD_TIMEOUT)
            .client_disconnect_timeout(CLOSE_TIMEOUT)
            .on_connect_ext(|stream: &Stream, data| {
                data.insert(stream.connection().clone());
            })
            .finish(map_config(app, |()| AppConfig::default()));
        admit.and_then(http)
    })?;
    Ok(server.run())
}

/// Gives a connection its slot, or closes it where there is none; then TLS, where it is switched on.
async fn admit(
    stream: TcpStream,
    connections: Arc<Connections>,
    tls: Option<Acceptor>,
) -> Result<(Stream, Protocol, Option<SocketAddr>), DispatchError> {
    let peer = stream.peer_addr().map_err(DispatchError::Io)?;
    stream.set_nodelay(true).map_err(DispatchError::Io)?;
    let full = || DispatchError::Io(io::ErrorKind::ConnectionRefused.into());
    let guarded = Guarded::new(stream, connections.admit(peer).ok_or_else(full)?);
    let stream = match tls {
        None => Stream::Plain(guarded),
        Some(tls) => tls.accept(guarded, HEAD_TIMEOUT).await.map_err(DispatchError::Io)?,
    };
    Ok((stream, Protocol::Http1, Some(peer)))
}

/// The pages. Made in each of the server's threads: a request, its publish and the confirm stay on one thread, which
/// saves a tenth of the processor time of handing them to another and back.
fn app(
    shared: Shared,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody>,
        Error = Error,
        InitError = (),
    >,
> {
    let Shared { settings, limits, guard, rejections, broker, ready } = shared;
    let exchange = broker.topology().events_exchange();
    let gate = Gate {
        secrets: settings.secrets,
        endpoints: settings.endpoints,
        tolerance: settings.tolerance,
        limits,
        guard,
        rejections,
        publisher: Publisher::new(broker, CHANNELS, settings.publish_timeout),
        exchange,
        clock: settings.clock,
    };
    App::new()
        .app_data(web::Data::new(gate))
        .configure(|app| health::routes(app, &ready))
        .route("/webhooks/stripe", web::to(receive))
        .route("/webhooks/stripe/{endpoint}", web::to(receive))
        .default_service(web::to(answer::unknown_path))
        .wrap_fn(|request, service| {
            let answer = service.call(request);
            async move { answer.await.map(close_unless_received) }
        })
}

/// Whoever has not delivered an event has no reason to keep a slot.
fn close_unless_received<B>(mut answer: ServiceResponse<B>) -> ServiceResponse<B> {
    let received = answer.response().extensions().contains::<answer::Received>();
    if !(received && answer.status() == StatusCode::OK) {
        answer.response_mut().head_mut().set_connection_type(ConnectionType::Close);
    }
    answer
}
