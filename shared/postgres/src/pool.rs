//! The pool of PostgreSQL connections.
//!
//! TLS follows the URL's `sslmode` as libpq reads it: `disable`, `prefer` (the default) and
//! `require` encrypt without asking who answers, `verify-ca` and `verify-full` ask.

use deadpool_postgres::{Hook, HookError, Manager, ManagerConfig, Pool, RecyclingMethod, Runtime};
use secrecy::{ExposeSecret, SecretString};
use std::time::Duration;
use tokio_postgres::Config;
use tokio_postgres::config::Host;
use tokio_postgres_rustls::MakeRustlsConnect;

mod tls;

pub use tls::TlsError;

pub(crate) const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long to wait for a free connection. Longer than any transaction of ours takes.
const WAIT_TIMEOUT: Duration = Duration::from_secs(30);
/// How long sent bytes may stay unacknowledged before the connection counts as lost.
const DEAD_PEER: Duration = Duration::from_secs(20);

/// Tables grow from empty to millions of rows while a worker runs: a generic plan made at the start
/// and kept would scan them whole.
pub(crate) const SESSION: &str = "SET plan_cache_mode = force_custom_plan";

/// Why there is no pool. Never quotes the URL, which holds a password.
#[derive(Debug, thiserror::Error)]
pub enum PoolError {
    /// The URL cannot be read.
    #[error("the database URL is not valid: {0}")]
    Url(String),
    /// The certificates cannot be used.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The pool's own settings.
    #[error("cannot build the pool: {0}")]
    Build(String),
}

/// Makes a pool; connections are opened when they are needed.
pub fn pool(url: &SecretString, max_size: usize, application_name: &str) -> Result<Pool, PoolError> {
    let (config, connect) = connector(url, application_name)?;
    let manager =
        Manager::from_config(config, connect, ManagerConfig { recycling_method: RecyclingMethod::Fast });
    Pool::builder(manager)
        .max_size(max_size)
        .runtime(Runtime::Tokio1)
        .wait_timeout(Some(WAIT_TIMEOUT))
        .create_timeout(Some(CONNECT_TIMEOUT * 2))
        .post_create(Hook::async_fn(|client, _| {
            Box::pin(async move { client.batch_execute(SESSION).await.map_err(HookError::Backend) })
        }))
        .build()
        .map_err(|error| PoolError::Build(error.to_string()))
}

/// How to connect, with time-outs where the URL names none.
pub(crate) fn connector(
    url: &SecretString,
    application_name: &str,
) -> Result<(Config, MakeRustlsConnect), PoolError> {
    let (mut config, tls) = parse(url)?;
    config.application_name(application_name);
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(CONNECT_TIMEOUT);
    }
    if config.get_tcp_user_timeout().is_none() {
        config.tcp_user_timeout(DEAD_PEER);
    }
    Ok((config, MakeRustlsConnect::new(tls.client_config()?)))
}

/// Whether a pool could be made of this URL; for checking settings before anything starts.
pub fn check_url(url: &SecretString) -> Result<(), PoolError> {
    parse(url).map(drop)
}

/// The servers that a URL names, as `host:port`, for people; without the password, which it holds as well.
pub fn address(url: &SecretString) -> Result<String, PoolError> {
    let (config, _) = parse(url)?;
    let port = |i: usize| config.get_ports().get(i).or(config.get_ports().first()).copied().unwrap_or(5432);
    let places = config.get_hosts().iter().enumerate().map(|(i, host)| match host {
        Host::Tcp(host) => format!("{host}:{}", port(i)),
        Host::Unix(path) => path.display().to_string(),
    });
    Ok(places.collect::<Vec<_>>().join(", "))
}

fn parse(url: &SecretString) -> Result<(Config, tls::Tls), PoolError> {
    let (url, tls) = tls::Tls::split(url.expose_secret()).map_err(PoolError::Url)?;
    let config: Config = url.parse().map_err(|error: tokio_postgres::Error| {
        // The driver's message names the parameter; its source may quote the value.
        PoolError::Url(error.to_string())
    })?;
    if config.get_hosts().is_empty() {
        return Err(PoolError::Url("it names no host".to_owned()));
    }
    Ok((config, tls))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(url: &str) -> Result<(), PoolError> {
        check_url(&SecretString::from(url))
    }

    #[test]
    fn every_sslmode_of_libpq_is_understood() {
        for mode in ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"] {
            let url = format!("postgres://u:p@localhost:5432/db?connect_timeout=3&sslmode={mode}");
            assert!(pool(&SecretString::from(url), 1, "test").is_ok(), "{mode}");
        }
        assert!(check("postgres://u:p@localhost/db").is_ok());
        assert!(check("host=localhost user=u dbname=db").is_ok());
    }

    #[test]
    fn an_address_is_shown_without_the_password() {
        let shown = |url: &str| address(&SecretString::from(url)).unwrap();
        assert_eq!(shown("postgres://u:hunter2@db.example:5433/x?sslmode=require"), "db.example:5433");
        assert_eq!(shown("postgres://u:hunter2@a,b:6000/x"), "a:5432, b:6000");
        assert_eq!(shown("host=/run/postgresql user=u"), "/run/postgresql");
    }

    #[test]
    fn a_wrong_url_is_an_error_that_keeps_the_password() {
        for url in [
            "",
            "localhost",
            "mysql://u:hunter2@h/db",
            "postgres://u:hunter2@h:port/db",
            "postgres://u:hunter2@h/db?sslmode=maybe",
        ] {
            let error = check(url).unwrap_err().to_string();
            assert!(!error.contains("hunter2"), "{error}");
        }
    }
}
