//! The private servers of a run: started, and started again when they end.

use std::sync::Arc;
use std::time::Duration;

use super::progress::step;
use super::settings::RunArgs;
use crate::servers::{PostgresServer, RabbitServer, ServerError};

const LOOK_EVERY: Duration = Duration::from_millis(100);
const BACK_OFF: Duration = Duration::from_secs(1);
/// A server that is being started answers nothing; its process id comes with a later look.
const SOON: Duration = Duration::from_millis(20);

#[derive(Debug, Clone)]
pub(crate) enum Server {
    Postgres(Arc<PostgresServer>),
    Rabbit(Arc<RabbitServer>),
}

impl Server {
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Server::Postgres(_) => "PostgreSQL",
            Server::Rabbit(_) => "RabbitMQ",
        }
    }

    pub(crate) fn url(&self) -> String {
        match self {
            Server::Postgres(server) => server.url(),
            Server::Rabbit(server) => server.url(),
        }
    }

    /// Where its management answers, if it has one.
    pub(crate) fn management_url(&self) -> Option<String> {
        match self {
            Server::Postgres(_) => None,
            Server::Rabbit(server) => server.management_url(),
        }
    }

    /// Its process id, and the name of that in the `env` file.
    pub(crate) async fn line(&self) -> Option<(String, String)> {
        let name = match self {
            Server::Postgres(_) => "POSTGRES_PID",
            Server::Rabbit(_) => "RABBITMQ_PID",
        };
        let pid = tokio::time::timeout(SOON, self.pid()).await.ok()??;
        Some((name.to_owned(), pid.to_string()))
    }

    async fn pid(&self) -> Option<u32> {
        match self {
            Server::Postgres(server) => server.pid().await,
            Server::Rabbit(server) => server.pid().await,
        }
    }

    async fn start_again(&self) -> Result<(), ServerError> {
        match self {
            Server::Postgres(server) => server.start_again().await,
            Server::Rabbit(server) => server.start_again().await,
        }
    }

    /// Starts it again whenever it has ended, for ever.
    pub(crate) async fn keep_up(self) {
        let name = self.name();
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            if self.pid().await.is_some() {
                continue;
            }
            eprintln!("{name} ended; it starts again");
            match self.start_again().await {
                Ok(()) => eprintln!("{name} started again"),
                Err(error) => {
                    eprintln!("{name} could not be started: {:#}", anyhow::Error::from(error));
                    tokio::time::sleep(BACK_OFF).await;
                }
            }
        }
    }
}

/// Starts what the settings do not name: PostgreSQL first in the pair, RabbitMQ second.
pub(crate) async fn start(args: &RunArgs) -> Result<(Option<Server>, Option<Server>), ServerError> {
    let postgres = async {
        if args.database_url.is_some() {
            return Ok(None);
        }
        let server = step("PostgreSQL", PostgresServer::start()).await?;
        Ok::<_, ServerError>(Some(Server::Postgres(Arc::new(server))))
    };
    let rabbit = async {
        if args.amqp_url.is_some() {
            return Ok(None);
        }
        let server = step("RabbitMQ", RabbitServer::start_with_management()).await?;
        Ok::<_, ServerError>(Some(Server::Rabbit(Arc::new(server))))
    };
    tokio::try_join!(postgres, rabbit)
}
