//! What only RabbitMQ's management knows: messages that consumers hold unacknowledged. It need not be there.

use std::collections::HashMap;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde::de::DeserializeOwned;

const ANSWER: Duration = Duration::from_secs(2);

/// What it says of the broker itself.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct ServerState {
    pub(crate) rabbitmq_version: String,
}

/// Where RabbitMQ's management is: `http://user:password@host:15672`, with the virtual host as the path.
#[derive(Debug, Clone)]
pub struct Management(pub(crate) SecretString);

#[derive(Debug, Deserialize)]
struct Queue {
    name: String,
    #[serde(default)]
    messages_unacknowledged: u64,
}

impl Management {
    /// Unacknowledged messages by queue; nothing where it does not answer.
    pub(crate) async fn unacknowledged(&self) -> HashMap<String, u64> {
        let url = self.0.clone();
        let answer = tokio::task::spawn_blocking(move || fetch(url.expose_secret())).await;
        match answer {
            Ok(Ok(queues)) => queues.into_iter().map(|q| (q.name, q.messages_unacknowledged)).collect(),
            Ok(Err(error)) => {
                tracing::debug!(%error, "RabbitMQ management is unavailable");
                HashMap::new()
            }
            Err(_) => HashMap::new(),
        }
    }

    /// What it says of the broker; else why it says nothing, without its address, which holds the password.
    pub(crate) async fn server(&self) -> Result<ServerState, String> {
        let url = self.0.clone();
        let answer = tokio::task::spawn_blocking(move || {
            let (server, _) = server_and_vhost(url.expose_secret());
            read(&format!("{server}/api/overview?columns=rabbitmq_version"))
        });
        let answer = answer.await.map_err(|_| "its reader panicked".to_owned())?;
        answer.map_err(|error| match error {
            ureq::Error::StatusCode(status) => format!("RabbitMQ's management answers {status}"),
            _ => "RabbitMQ's management does not answer".to_owned(),
        })
    }
}

fn fetch(url: &str) -> Result<Vec<Queue>, ureq::Error> {
    let (server, vhost) = server_and_vhost(url);
    read(&format!("{server}/api/queues/{vhost}?columns=name,messages_unacknowledged"))
}

fn read<T: DeserializeOwned>(at: &str) -> Result<T, ureq::Error> {
    let config = ureq::Agent::config_builder().timeout_global(Some(ANSWER)).max_redirects(0).build();
    ureq::Agent::from(config).get(at).call()?.body_mut().read_json()
}

/// The server, and the virtual host as addresses have it: `/` is `%2F`.
fn server_and_vhost(url: &str) -> (&str, &str) {
    let begin = url.find("://").map_or(0, |at| at + 3);
    match url[begin..].find('/') {
        Some(at) if begin + at + 1 < url.len() => (&url[..begin + at], &url[begin + at + 1..]),
        Some(at) => (&url[..begin + at], "%2F"),
        None => (url, "%2F"),
    }
}

#[cfg(test)]
mod tests {
    use super::server_and_vhost;

    #[test]
    fn the_virtual_host_is_the_path() {
        assert_eq!(server_and_vhost("http://u:p@h:15672"), ("http://u:p@h:15672", "%2F"));
        assert_eq!(server_and_vhost("http://u:p@h:15672/"), ("http://u:p@h:15672", "%2F"));
        assert_eq!(server_and_vhost("http://h:15672/shop"), ("http://h:15672", "shop"));
    }
}
