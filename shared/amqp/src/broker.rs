//! One connection to RabbitMQ, kept open in the background.
//!
//! Connects, declares the topology, watches, and starts again when it is lost. Nobody waits here
//! for a broker that is unavailable unless they ask to ([`Broker::until_usable`]): [`Broker::usable`]
//! answers at once. RabbitMQ blocks a whole connection that publishes during an alarm, the
//! acknowledgements on it included, so a process that consumes and publishes uses two brokers.

mod supervise;

use crate::topology::Topology;
use lapin::{Channel, Connection};
use secrecy::SecretString;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

const CHANNEL_TIMEOUT: Duration = Duration::from_secs(10);

/// Where the broker is and what must exist there.
#[derive(Debug, Clone)]
pub struct BrokerSettings {
    /// The broker's URL, `amqp://…` or `amqps://…`.
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
    #[error("cannot open a channel")]
    Channel(#[from] lapin::Error),
    /// The broker did not answer in time.
    #[error("cannot open a channel: no answer within {} s", CHANNEL_TIMEOUT.as_secs())]
    TimedOut,
}

/// What is known of the connection. Every change is seen by who waits.
#[derive(Clone)]
pub(crate) struct ConnectionState {
    connection: Option<Arc<Connection>>,
    /// Why there is none.
    reason: String,
    /// What exists on the broker differs from what must.
    mismatch: bool,
}

impl ConnectionState {
    fn down(reason: impl Into<String>) -> Self {
        Self { connection: None, reason: reason.into(), mismatch: false }
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
        tokio::spawn(supervise::supervise(settings, state, closing.clone()));
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

    /// The queue or exchange that exists with other arguments than must, in words; none where no such was met.
    pub fn topology_mismatch(&self) -> Option<String> {
        let connection_state = self.connection_state.borrow();
        connection_state.mismatch.then(|| connection_state.reason.clone())
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
