//! The database and the broker as the console uses them: the broker only for commands that need it.

pub(crate) mod settings;

use std::time::Duration;

use amqp::broker::{Broker, BrokerSettings};
use amqp::publisher::Publisher;
use deadpool_postgres::Pool;
use lapin::uri::AMQPUri;
use secrecy::ExposeSecret;
use tokio_util::sync::CancellationToken;

use crate::common::failure::Failure;
use crate::dead_letters::replay::Replayer;
use crate::runtime::settings::Settings;

const PUBLISH_TIMEOUT: Duration = Duration::from_secs(10);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const PUBLISH_CHANNELS: usize = 2;

/// Connections to the servers.
#[derive(Clone)]
pub(crate) struct Servers {
    pub(crate) pool: Pool,
    place: String,
    link: Option<Link>,
}

#[derive(Clone)]
struct Link {
    broker: Broker,
    place: String,
    replayer: Replayer,
}

impl Servers {
    /// Prepares the connections; nothing is awaited, so a server that is away is no error yet.
    pub(crate) fn new(settings: &Settings) -> Result<Servers, Failure> {
        let pool = postgres::pool::pool(&settings.database_url, settings.pool_size, "sluicegate console")
            .map_err(|e| Failure::Internal(e.to_string()))?;
        let place =
            postgres::pool::address(&settings.database_url).map_err(|e| Failure::Internal(e.to_string()))?;
        let link = settings.amqp_url.as_ref().map(|url| {
            let topology = settings.topology.clone();
            let place = url.expose_secret().parse::<AMQPUri>();
            let place = place.map(|uri| format!("{}:{}", uri.authority.host, uri.authority.port));
            let place = place.unwrap_or_default();
            let name = "sluicegate console publisher".to_owned();
            let broker = BrokerSettings { amqp_url: url.clone(), topology, name };
            // Closed by `close`, after everything that still publishes.
            let broker = Broker::start(broker, CancellationToken::new());
            let publisher = Publisher::new(broker.clone(), PUBLISH_CHANNELS, PUBLISH_TIMEOUT);
            let replayer = Replayer::new(pool.clone(), publisher, broker.clone());
            Link { broker, place, replayer }
        });
        Ok(Servers { pool, place, link })
    }

    /// A connection to the database, or an error that names the server.
    pub(crate) async fn database(&self) -> Result<deadpool_postgres::Client, Failure> {
        self.pool.get().await.map_err(|e| match Failure::from(e) {
            Failure::Unavailable(why) => Failure::Unavailable(format!("{why} ({})", self.place)),
            other => other,
        })
    }

    /// Whether the database can be used: commands that run once ask before they begin.
    pub(crate) async fn reachable(&self) -> Result<(), Failure> {
        self.database().await.map(drop)
    }

    fn link(&self) -> Result<&Link, Failure> {
        self.link.as_ref().ok_or_else(|| Failure::Unavailable("AMQP_URL is not set".to_owned()))
    }

    /// The broker's connection for publishing and asking.
    pub(crate) fn broker(&self) -> Result<&Broker, Failure> {
        self.link().map(|link| &link.broker)
    }

    /// What sends events once more.
    pub(crate) fn replayer(&self) -> Result<&Replayer, Failure> {
        self.link().map(|link| &link.replayer)
    }

    /// Waits until the broker can be used, for commands that run once.
    pub(crate) async fn connected(&self) -> Result<(), Failure> {
        let broker = self.broker()?;
        let waited = tokio::time::timeout(CONNECT_TIMEOUT, broker.until_usable()).await;
        let why = || broker.explain().err().unwrap_or_else(|| "the broker is unavailable".to_owned());
        let place = &self.link()?.place;
        waited.map_err(|_| Failure::Unavailable(format!("{} ({place})", why())))
    }

    /// Closes the broker's connection.
    pub(crate) async fn close(&self) {
        if let Some(link) = &self.link {
            link.broker.close().await;
        }
    }
}
