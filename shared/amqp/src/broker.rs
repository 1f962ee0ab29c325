//! One connection to RabbitMQ, kept open in the background.
//!
//! Connects, declares the topology, watches, and starts again when it is lost. Nobody waits here
//! for a broker that is unavailable unless they ask to ([`Broker::until_usable`]): [`Broker::usable`]
//! answers at once. RabbitMQ blocks a whole connection that publishes during an alarm, the
//! acknowledgements on it included, so a process that consumes and publishes uses two brokers.

use crate::topology::{Topology, TopologyError};
use futures_util::StreamExt;
use lapin::uri::AMQPUri;
use lapin::{Channel, Connection, ConnectionProperties, Event};
use secrecy::{ExposeSecret, SecretString};
use service::backoff::Backoff;
use service::error::chain;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);
const CHANNEL_TIMEOUT: Duration = Duration::from_secs(10);
/// A lost connection is noticed by its events; this is the net under them.
const CHECK: Duration = Duration::from_secs(1);
/// Seconds; detects a peer that vanished silently. The URL's `heartbeat` overrides it.
const HEARTBEAT: u16 = 10;

/// Where the broker is and what must exist there.
#[derive(Debug, Clone)]
pub struct BrokerSettings {
    /// `amqp://…` or `amqps://…`.
    pub amqp_url: SecretString,
    /// Declared on every connection.
    pub topology: Topology,
    /// How the connection is called in RabbitMQ's management.
    pub name: String,
}

/// Why the broker cannot be used now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// There is no connection.
    #[error("the broker is unavailable")]
    Down,
    /// The broker accepts no messages: a memory or disk alarm.
    #[error("the broker blocks publishers (memory or disk alarm)")]
    Blocked,
}

/// Why no channel could be opened.
#[derive(Debug, thiserror::Error)]
pub enum BrokerError {
    /// The broker is known to be unusable.
    #[error(transparent)]
    Unusable(#[from] Unusable),
    /// The broker refused or was lost.
    #[error("cannot open a channel: {0}")]
    Channel(#[from] lapin::Error),
    /// No answer.
    #[error("cannot open a channel: no answer within {} s", CHANNEL_TIMEOUT.as_secs())]
    TimedOut,
}

#[derive(Debug, thiserror::Error)]
enum OpenError {
    #[error("{0}")]
    Uri(String),
    #[error("{0}")]
    Connect(#[from] lapin::Error),
    #[error("no answer within {} s", CONNECT_TIMEOUT.as_secs())]
    TimedOut,
    #[error(transparent)]
    Topology(#[from] TopologyError),
}

/// What is known of the connection. Every change is seen by who waits.
#[derive(Clone)]
pub(crate) struct ConnectionState {
    connection: Option<Arc<Connection>>,
    /// Why there is none.
    reason: String,
}

impl ConnectionState {
    fn down(reason: impl Into<String>) -> Self {
        Self { connection: None, reason: reason.into() }
    }

    fn usable(&self) -> Result<&Arc<Connection>, Unusable> {
        // Asked of the connection itself: it knows earlier than its events arrive.
        match &self.connection {
            Some(connection) if !connection.status().connected() => Err(Unusable::Down),
            Some(connection) if connection.status().blocked() => Err(Unusable::Blocked),
            Some(connection) => Ok(connection),
            None => Err(Unusable::Down),
        }
    }
}

/// A handle to the connection; clones share it.
#[derive(Clone)]
pub struct Broker {
    connection_state: watch::Receiver<ConnectionState>,
    topology: Arc<Topology>,
    closing: CancellationToken,
}

impl Broker {
    /// Starts connecting in the background and returns at once. When `shutdown` is cancelled the
    /// connection is closed: cancel it last, after everything that still publishes.
    pub fn start(settings: BrokerSettings, shutdown: CancellationToken) -> Self {
        let (state, connection_state) = watch::channel(ConnectionState::down("not connected yet"));
        let topology = Arc::new(settings.topology.clone());
        let closing = shutdown.child_token();
        tokio::spawn(supervise(settings, state, closing.clone()));
        Self { connection_state, topology, closing }
    }

    /// Whether a message could be published now.
    pub fn usable(&self) -> Result<(), Unusable> {
        self.connection_state.borrow().usable().map(drop)
    }

    /// Like [`Self::usable`], with a readable reason.
    pub fn explain(&self) -> Result<(), String> {
        let connection_state = self.connection_state.borrow();
        match connection_state.usable() {
            Ok(_) => Ok(()),
            Err(Unusable::Down) => Err(format!("the broker is unavailable: {}", connection_state.reason)),
            Err(blocked) => Err(blocked.to_string()),
        }
    }

    /// What must exist on this broker.
    pub fn topology(&self) -> &Topology {
        &self.topology
    }

    /// Opens a channel; an error at once when there is no connection.
    pub async fn channel(&self) -> Result<Channel, BrokerError> {
        let connection = self.connection_state.borrow().usable().map(Arc::clone)?;
        match tokio::time::timeout(CHANNEL_TIMEOUT, connection.create_channel()).await {
            Ok(channel) => Ok(channel?),
            Err(_) => Err(BrokerError::TimedOut),
        }
    }

    /// Waits until a message could be published. Never returns after shutdown was requested.
    pub async fn until_usable(&self) {
        let mut connection_state = self.connection_state.clone();
        if connection_state.wait_for(|connection_state| connection_state.usable().is_ok()).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// Closes the connection and waits until it is closed.
    pub async fn close(&self) {
        self.closing.cancel();
        let mut connection_state = self.connection_state.clone();
        // The supervisor drops its end when it is done.
        while connection_state.changed().await.is_ok() {}
    }

    pub(crate) fn watch(&self) -> watch::Receiver<ConnectionState> {
        self.connection_state.clone()
    }
}

async fn supervise(
    settings: BrokerSettings,
    state: watch::Sender<ConnectionState>,
    closing: CancellationToken,
) {
    let mut backoff = Backoff::default();
    loop {
        metrics::gauge!("broker_connected").set(0.0);
        let opened = tokio::select! {
            () = closing.cancelled() => return,
            opened = open(&settings) => opened,
        };
        match opened {
            Ok((connection, events)) => {
                tracing::info!(name = settings.name, "connected to the broker");
                backoff = Backoff::default();
                metrics::gauge!("broker_connected").set(1.0);
                let connection = Arc::new(connection);
                state.send_replace(ConnectionState {
                    connection: Some(Arc::clone(&connection)),
                    reason: String::new(),
                });
                let Some(reason) = watch_connection(&connection, events, &state, &closing).await else {
                    state.send_replace(ConnectionState::down("shutting down"));
                    close(&connection).await;
                    return;
                };
                tracing::warn!(reason, "broker connection lost");
                state.send_replace(ConnectionState::down(reason));
            }
            Err(error) => {
                let error = chain(&error);
                // Once for each new reason: while the broker is unavailable the same line would repeat.
                if state.borrow().reason == error {
                    tracing::debug!(error, "still cannot use the broker");
                } else {
                    tracing::error!(error, "cannot use the broker");
                }
                state.send_replace(ConnectionState::down(error));
            }
        }
        if backoff.wait(&closing).await.is_break() {
            return;
        }
    }
}

type Events = Pin<Box<dyn futures_util::Stream<Item = Event> + Send>>;

async fn open(settings: &BrokerSettings) -> Result<(Connection, Events), OpenError> {
    let mut uri: AMQPUri = settings.amqp_url.expose_secret().parse().map_err(OpenError::Uri)?;
    uri.query.heartbeat.get_or_insert(HEARTBEAT);
    let limit = u64::try_from(CONNECT_TIMEOUT.as_millis()).unwrap_or(u64::MAX);
    uri.query.connection_timeout.get_or_insert(limit);
    let properties = ConnectionProperties::default().with_connection_name(settings.name.as_str().into());
    let opening = async {
        let connection = Connection::connect_uri(uri, properties).await?;
        let events = Box::pin(connection.events_listener());
        let channel = connection.create_channel().await?;
        settings.topology.declare(&channel).await?;
        channel.close(200, "declared".into()).await?;
        Ok((connection, events as Events))
    };
    tokio::time::timeout(CONNECT_TIMEOUT, opening).await.unwrap_or(Err(OpenError::TimedOut))
}

/// Returns why the connection was lost, or nothing when shutdown was requested.
async fn watch_connection(
    connection: &Connection,
    mut events: Events,
    state: &watch::Sender<ConnectionState>,
    closing: &CancellationToken,
) -> Option<String> {
    let mut check = tokio::time::interval(CHECK);
    let mut last_error = None;
    loop {
        tokio::select! {
            () = closing.cancelled() => return None,
            _ = check.tick() => {}
            event = events.next() => match event {
                Some(Event::ConnectionBlocked(reason)) => {
                    tracing::warn!(reason, "the broker blocks publishers");
                    state.send_modify(|_| {});
                }
                Some(Event::ConnectionUnblocked) => {
                    tracing::info!("the broker is unblocked");
                    state.send_modify(|_| {});
                }
                Some(Event::Error(error)) => last_error = Some(error.to_string()),
                Some(_) => {}
                None => return Some(last_error.unwrap_or_else(|| "the connection ended".to_owned())),
            },
        }
        if !connection.status().connected() {
            return Some(last_error.unwrap_or_else(|| "the connection was closed".to_owned()));
        }
    }
}

async fn close(connection: &Connection) {
    match tokio::time::timeout(CLOSE_TIMEOUT, connection.close(200, "OK".into())).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::debug!(%error, "the connection did not close cleanly"),
        Err(_) => tracing::debug!("the broker did not answer the close"),
    }
}
