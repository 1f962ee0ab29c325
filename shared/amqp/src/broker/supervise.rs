//! The task behind a [`super::Broker`]: it opens the connection, declares the topology, watches, and starts again.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use lapin::uri::AMQPUri;
use lapin::{Connection, ConnectionProperties, Event};
use secrecy::ExposeSecret;
use service::backoff::Backoff;
use service::error::chain;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::{BrokerSettings, ConnectionState};
use crate::topology::{Topology, TopologyError};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);
/// A lost connection is noticed by its events; this is the net under them.
const CHECK: Duration = Duration::from_secs(1);
/// Seconds; detects a peer that vanished silently. The URL's `heartbeat` overrides it.
const HEARTBEAT: u16 = 10;

#[derive(Debug, thiserror::Error)]
enum OpenError {
    #[error("{0}")]
    Uri(String),
    #[error(transparent)]
    Connect(#[from] lapin::Error),
    #[error("no answer within {} s", CONNECT_TIMEOUT.as_secs())]
    TimedOut,
    #[error(transparent)]
    Topology(#[from] TopologyError),
}

/// Keeps the connection open until shutdown: opens it, watches it, and opens it again when it is lost.
pub(super) async fn supervise(
    settings: BrokerSettings,
    state: watch::Sender<ConnectionState>,
    closing: CancellationToken,
) {
    let mut backoff = Backoff::default();
    loop {
        metrics::gauge!("sluicegate_broker_connected").set(0.0);
        let opened = tokio::select! {
            () = closing.cancelled() => return,
            opened = open(&settings) => opened,
        };
        match opened {
            Ok((connection, events)) => {
                tracing::info!(name = settings.name, "connected to the broker");
                backoff = Backoff::default();
                metrics::gauge!("sluicegate_broker_connected").set(1.0);
                let connection = Arc::new(connection);
                state.send_replace(ConnectionState {
                    connection: Some(Arc::clone(&connection)),
                    reason: String::new(),
                    mismatch: false,
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
                let mismatch = matches!(error, OpenError::Topology(TopologyError::Mismatch { .. }));
                let error = chain(&error);
                // Once for each new reason: while the broker is unavailable the same line would repeat.
                if state.borrow().reason == error {
                    tracing::debug!(error, "still cannot use the broker");
                } else {
                    tracing::error!(error, "cannot use the broker");
                }
                state.send_replace(ConnectionState { mismatch, ..ConnectionState::down(error) });
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
        declare_or_check(&connection, &settings.topology).await?;
        Ok((connection, events as Events))
    };
    tokio::time::timeout(CONNECT_TIMEOUT, opening).await.unwrap_or(Err(OpenError::TimedOut))
}

/// Declares the topology, or looks whether it is there where this broker user may not declare.
async fn declare_or_check(connection: &Connection, topology: &Topology) -> Result<(), OpenError> {
    let channel = connection.create_channel().await?;
    let channel = match topology.declare(&channel).await {
        Err(TopologyError::Refused { .. }) => {
            // The broker closed the channel with its refusal.
            let channel = connection.create_channel().await?;
            topology.check(&channel).await?;
            channel
        }
        declared => {
            declared?;
            channel
        }
    };
    Ok(channel.close(200, "declared".into()).await?)
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
