//! The database and the broker as the console uses them: the broker only for commands that need it.

pub(crate) mod settings;
pub(crate) mod sweep_settings;

use std::time::Duration;

use amqp::broker::{Broker, BrokerSettings};
use amqp::publisher::Publisher;
use deadpool_postgres::Pool;
use lapin::uri::AMQPUri;
use secrecy::ExposeSecret;
use service::error::chain;
use stripe_api::StripeApi;
use tokio_util::sync::CancellationToken;

use crate::common::error::ServiceError;
use crate::dead_letters::replay::Replayer;
use crate::runtime::settings::ConsoleSettings;
use crate::sweeps::reader::Reader;

const PUBLISH_TIMEOUT: Duration = Duration::from_secs(10);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const PUBLISH_CHANNELS: usize = 2;

/// Connections to the servers.
#[derive(Clone)]
pub(crate) struct Connections {
    pub(crate) pool: Pool,
    address: String,
    broker_connection: Option<BrokerConnection>,
    stripe_api: Option<StripeApi>,
}

#[derive(Clone)]
struct BrokerConnection {
    broker: Broker,
    address: String,
    publisher: Publisher,
    replayer: Replayer,
}

impl Connections {
    /// Prepares the connections; nothing is awaited, so a server that is unavailable is no error yet.
    pub(crate) fn new(settings: &ConsoleSettings) -> Result<Connections, ServiceError> {
        let pool = postgres::pool::pool(&settings.database_url, settings.pool_size, "sluicegate console")
            .map_err(|e| ServiceError::Internal(chain(&e)))?;
        let address =
            postgres::pool::address(&settings.database_url).map_err(|e| ServiceError::Internal(chain(&e)))?;
        let broker_connection = settings.amqp_url.as_ref().map(|url| {
            let topology = settings.topology.clone();
            let address = url.expose_secret().parse::<AMQPUri>();
            let address = address.map(|uri| format!("{}:{}", uri.authority.host, uri.authority.port));
            let address = address.unwrap_or_default();
            let name = "sluicegate console publisher".to_owned();
            let broker = BrokerSettings { amqp_url: url.clone(), topology, name };
            // Closed by `close`, after everything that still publishes.
            let broker = Broker::start(broker, CancellationToken::new());
            let publisher = Publisher::new(broker.clone(), PUBLISH_CHANNELS, PUBLISH_TIMEOUT);
            let replayer = Replayer::new(pool.clone(), publisher.clone(), broker.clone());
            BrokerConnection { broker, address, publisher, replayer }
        });
        let stripe_api = settings.stripe_api.as_ref().map(StripeApi::new).transpose();
        let stripe_api = stripe_api.map_err(|e| ServiceError::Internal(chain(&e)))?;
        Ok(Connections { pool, address, broker_connection, stripe_api })
    }

    /// A connection to the database, or an error that names the server.
    pub(crate) async fn database(&self) -> Result<deadpool_postgres::Client, ServiceError> {
        self.pool.get().await.map_err(|e| match ServiceError::from(e) {
            ServiceError::Unavailable(message) => {
                ServiceError::Unavailable(format!("{message} ({})", self.address))
            }
            other => other,
        })
    }

    /// Whether the database can be used: commands that run once ask before they begin.
    pub(crate) async fn reachable(&self) -> Result<(), ServiceError> {
        self.database().await.map(drop)
    }

    fn broker_connection(&self) -> Result<&BrokerConnection, ServiceError> {
        self.broker_connection
            .as_ref()
            .ok_or_else(|| ServiceError::Unavailable("AMQP_URL is not set".to_owned()))
    }

    /// The broker's connection for publishing and asking.
    pub(crate) fn broker(&self) -> Result<&Broker, ServiceError> {
        self.broker_connection().map(|broker_connection| &broker_connection.broker)
    }

    /// What sends events once more.
    pub(crate) fn replayer(&self) -> Result<&Replayer, ServiceError> {
        self.broker_connection().map(|broker_connection| &broker_connection.replayer)
    }

    /// The client of Stripe's API.
    pub(crate) fn stripe_api(&self) -> Result<&StripeApi, ServiceError> {
        self.stripe_api.as_ref().ok_or_else(|| {
            ServiceError::Unavailable("STRIPE_API_KEY is not set: Stripe's list cannot be read".to_owned())
        })
    }

    /// What reads Stripe's list of events.
    pub(crate) fn stripe_events(&self) -> Result<Reader, ServiceError> {
        let api = self.stripe_api()?.clone();
        let BrokerConnection { broker, publisher, .. } = self.broker_connection()?.clone();
        Ok(Reader { pool: self.pool.clone(), api, publisher, broker })
    }

    /// Waits until the broker can be used, for commands that run once.
    pub(crate) async fn connected(&self) -> Result<(), ServiceError> {
        let broker = self.broker()?;
        let waited = tokio::time::timeout(CONNECT_TIMEOUT, broker.until_usable()).await;
        let message = || broker.explain().err().unwrap_or_else(|| "the broker is unavailable".to_owned());
        let address = &self.broker_connection()?.address;
        waited.map_err(|_| ServiceError::Unavailable(format!("{} ({address})", message())))
    }

    /// Closes the broker's connection.
    pub(crate) async fn close(&self) {
        if let Some(broker_connection) = &self.broker_connection {
            broker_connection.broker.close().await;
        }
    }
}
