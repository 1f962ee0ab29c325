//! What can go wrong with a private server, with messages that say what to do.

use std::path::PathBuf;

/// Why a private server could not be started or controlled.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// A program that the server consists of is not installed.
    #[error("{program} was not found ({looked}); `bash scripts/install-servers.sh` installs it")]
    Missing {
        program: &'static str,
        /// Where it was looked for.
        looked: String,
    },
    /// Root was asked to start a server that refuses root, and there is no other account to use.
    #[error("PostgreSQL does not run as root and none of the accounts postgres, rabbitmq, nobody exists")]
    NoAccount,
    /// A file or process operation failed.
    #[error("{what}")]
    Io {
        /// What was being done.
        what: String,
        source: std::io::Error,
    },
    /// A helper program ended with an error.
    #[error("{program} failed ({status}):\n{output}")]
    Failed { program: String, status: String, output: String },
    /// The server ended, or did not answer, before it was ready.
    #[error("{server} did not become ready: {why}; the end of its log:\n{log}")]
    NotReady {
        server: &'static str,
        why: String,
        /// The last lines of its log.
        log: String,
    },
    /// A folder that must be ours belongs to somebody else.
    #[error("{path} exists but does not belong to this user: remove it or choose another folder", path = path.display())]
    NotOurs { path: PathBuf },
    /// The tests' servers are not there.
    #[error(
        "{name} is not set: run `make test`, or `simulator servers -- COMMAND`, which starts the servers"
    )]
    NoServer {
        /// The variable that is missing.
        name: &'static str,
    },
    /// A statement to PostgreSQL failed.
    #[error("{what}")]
    Sql {
        /// What was being done.
        what: String,
        /// The error of PostgreSQL or the driver.
        source: tokio_postgres::Error,
    },
    /// The migrations could not be applied to a test database.
    #[error("a test database cannot be migrated")]
    Migrate(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl ServerError {
    pub(crate) fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> ServerError {
        let what = what.into();
        move |source| ServerError::Io { what, source }
    }

    pub(crate) fn sql(what: impl Into<String>) -> impl FnOnce(tokio_postgres::Error) -> ServerError {
        let what = what.into();
        move |source| ServerError::Sql { what, source }
    }
}
