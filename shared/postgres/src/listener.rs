//! A connection of its own that listens for notifications: the pool's connections drop them.

use crate::pool::{CONNECT_TIMEOUT, PoolError, SESSION, connector};
use secrecy::SecretString;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;
use tokio_postgres::{AsyncMessage, Client, Connection};

/// Why there is no listening connection.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// The URL or its certificates cannot be used.
    #[error(transparent)]
    Url(#[from] PoolError),
    /// The server refused, or was lost.
    #[error("cannot listen")]
    Postgres(#[from] tokio_postgres::Error),
    /// The server did not answer in time.
    #[error("cannot listen: no answer within {} s", (CONNECT_TIMEOUT * 2).as_secs())]
    TimedOut,
}

/// A connection that listens on one channel. Dropping it closes the session, with the advisory locks it holds.
pub struct Listener {
    client: Client,
    notified: watch::Receiver<()>,
}

impl Listener {
    /// Connects and listens on `channel`, a plain name. The server ends the session when nothing is asked of it
    /// for `idle`, so that a process that is frozen holds its locks no longer than that.
    ///
    /// # Errors
    /// [`ListenError`] when there is no such connection.
    pub async fn connect(
        url: &SecretString,
        application_name: &str,
        channel: &str,
        idle: Duration,
    ) -> Result<Self, ListenError> {
        let opening = async {
            let (config, tls) = connector(url, application_name)?;
            let (client, connection) = config.connect(tls).await?;
            let (sender, notified) = watch::channel(());
            tokio::spawn(forward(connection, sender));
            let idle = idle.as_millis();
            client
                .batch_execute(&format!("{SESSION}; SET idle_session_timeout = {idle}; LISTEN {channel}"))
                .await?;
            Ok(Self { client, notified })
        };
        tokio::time::timeout(CONNECT_TIMEOUT * 2, opening).await.unwrap_or(Err(ListenError::TimedOut))
    }

    /// The connection, for statements and advisory locks of the same session.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Changes with each notification; its sender is gone when the connection is lost.
    pub fn notified(&self) -> watch::Receiver<()> {
        self.notified.clone()
    }
}

/// Drives the connection until it ends; what it ends with is the error of the statement in hand.
async fn forward<S, T>(mut connection: Connection<S, T>, notified: watch::Sender<()>)
where
    S: AsyncRead + AsyncWrite + Unpin,
    T: AsyncRead + AsyncWrite + Unpin,
{
    while let Some(Ok(message)) = std::future::poll_fn(|context| connection.poll_message(context)).await {
        if let AsyncMessage::Notification(_) = message {
            notified.send_replace(());
        }
    }
}
