//! What can go wrong for the person who asked, in words they can act on. Owns the mapping from
//! database and broker errors to a code; must never carry a secret or an event's content.

use service::error::chain;
use worker::store::StoreError;

/// Why a request was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// Nothing has that id.
    #[error("{0} not found")]
    NotFound(String),
    /// The request itself is wrong.
    #[error("{message}")]
    Invalid {
        /// Stable code for scripts.
        code: &'static str,
        /// What is wrong, in words.
        message: String,
    },
    /// The request is well formed, but what is there speaks against it.
    #[error("{message}")]
    Conflict {
        /// Stable code for scripts.
        code: &'static str,
        /// What stands against it, in words.
        message: String,
    },
    /// Nobody is signed in, or the token is unknown, expired or revoked.
    #[error("a valid token or sign-in is needed")]
    Unauthorized,
    /// The role does not allow it.
    #[error("{0}")]
    Forbidden(String),
    /// Stripe takes no more requests for now.
    #[error("{message}")]
    RateLimited {
        /// What is limited.
        message: String,
        /// Seconds after which the same request may work.
        retry_after: u64,
    },
    /// Stripe is unavailable, or its answer is of no use.
    #[error("{message}")]
    BadGateway {
        /// Stable code for scripts.
        code: &'static str,
        /// What is wrong, in words.
        message: String,
        /// Seconds after which the same request may work; none: somebody must act first.
        retry_after: Option<u64>,
    },
    /// A setting is missing that the request needs.
    #[error("{message}")]
    NotConfigured {
        /// Stable code for scripts.
        code: &'static str,
        /// Which setting, in words.
        message: String,
    },
    /// A server that is needed cannot be reached now; the same request may work later.
    #[error("{0}")]
    Unavailable(String),
    /// A fault of ours.
    #[error("{0}")]
    Internal(String),
}

impl ServiceError {
    /// A request that is wrong in itself.
    pub(crate) fn invalid(code: &'static str, message: impl Into<String>) -> Self {
        ServiceError::Invalid { code, message: message.into() }
    }

    /// A request that what is there speaks against.
    pub(crate) fn conflict(code: &'static str, message: impl Into<String>) -> Self {
        ServiceError::Conflict { code, message: message.into() }
    }

    /// The stable code in `{"error":{"code","message"}}`.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            ServiceError::NotFound(_) => "not_found",
            ServiceError::Invalid { code, .. }
            | ServiceError::Conflict { code, .. }
            | ServiceError::BadGateway { code, .. }
            | ServiceError::NotConfigured { code, .. } => code,
            ServiceError::RateLimited { .. } => "rate_limited",
            ServiceError::Unauthorized => "unauthorized",
            ServiceError::Forbidden(_) => "forbidden",
            ServiceError::Unavailable(_) => "unavailable",
            ServiceError::Internal(_) => "internal",
        }
    }
}

impl From<tokio_postgres::Error> for ServiceError {
    fn from(e: tokio_postgres::Error) -> Self {
        match e.as_db_error() {
            Some(db) => from_sqlstate(db.code().code(), db.message()),
            None if e.is_closed() || source(&e).is_some_and(|s| s.is::<std::io::Error>()) => {
                ServiceError::Unavailable(format!("the database cannot be reached: {}", chain(&e)))
            }
            None => ServiceError::Internal(format!("database: {}", chain(&e))),
        }
    }
}

fn from_sqlstate(code: &str, message: &str) -> ServiceError {
    match (code, code.get(..2).unwrap_or_default()) {
        ("42P01" | "42703" | "42883" | "3F000", _) => ServiceError::Unavailable(format!(
            "the database does not have the schema that this version needs ({message}): run `sluicegate migrate`"
        )),
        // The server is there but cannot serve now, or not us.
        (_, "53" | "57") => ServiceError::Unavailable(format!("the database cannot serve now: {message}")),
        (_, "28" | "3D") => ServiceError::Unavailable(format!("the database cannot be used: {message}")),
        // A value that PostgreSQL does not take: a NUL, a body nested too deep.
        (_, "22" | "54") => {
            ServiceError::invalid("invalid_value", format!("the database refuses it: {message}"))
        }
        _ => ServiceError::Internal(format!("database: {message} ({code})")),
    }
}

fn source(error: &tokio_postgres::Error) -> Option<&(dyn std::error::Error + 'static)> {
    std::error::Error::source(error)
}

impl From<deadpool_postgres::PoolError> for ServiceError {
    fn from(e: deadpool_postgres::PoolError) -> Self {
        match e {
            deadpool_postgres::PoolError::Backend(e) => e.into(),
            deadpool_postgres::PoolError::Timeout(_) => {
                ServiceError::Unavailable("the database cannot be reached: no answer in time".to_owned())
            }
            other => ServiceError::Unavailable(format!("the database cannot be reached: {}", chain(&other))),
        }
    }
}

/// The workers' code, where it is run here: a preview, a decision about an order.
impl From<StoreError> for ServiceError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Pool(error) => error.into(),
            StoreError::Postgres(error) => error.into(),
            other => ServiceError::Internal(chain(&other)),
        }
    }
}
