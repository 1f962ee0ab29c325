//! What can go wrong with a private server, and what to do about it.

use std::path::PathBuf;

/// Why a private server could not be started or used.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// A program that the server consists of is not installed.
    #[error("{program} was not found ({looked}); `bash scripts/install-servers.sh` installs it")]
    Missing {
        /// The program's name.
        program: &'static str,
        /// Where it was looked for.
        looked: String,
    },
    /// Root was asked to start a server that refuses root, and there is no other account to use.
    #[error("PostgreSQL does not run as root and none of the accounts postgres, rabbitmq, nobody exists")]
    NoAccount,
    /// A file or process operation failed.
    #[error("{what}: {source}")]
    Io {
        /// What was being done.
        what: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// A helper program ended with an error.
    #[error("{program} failed ({status}):\n{output}")]
    Failed {
        /// The program.
        program: String,
        /// How it ended.
        status: String,
        /// What it wrote.
        output: String,
    },
    /// The server ended, or did not answer, before it was ready.
    #[error("{server} did not become ready: {why}; the end of its log:\n{log}")]
    NotReady {
        /// Which server.
        server: &'static str,
        /// What was seen.
        why: String,
        /// The last lines of its log.
        log: String,
    },
    /// A folder that must be ours belongs to somebody else.
    #[error("{path} exists but does not belong to this user: remove it or use another place", path = path.display())]
    NotOurs {
        /// The folder.
        path: PathBuf,
    },
    /// The tests' servers are not there.
    #[error(
        "{name} is not set: run `make test`, or `simulator servers -- COMMAND`, which starts the servers"
    )]
    NoServer {
        /// The variable that is missing.
        name: &'static str,
    },
    /// A statement to PostgreSQL failed.
    #[error("{what}: {source}")]
    Sql {
        /// What was being done.
        what: String,
        /// What PostgreSQL or the driver said.
        source: tokio_postgres::Error,
    },
    /// The migrations could not be applied to a test database.
    #[error("migrating a test database: {0}")]
    Migrate(String),
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
