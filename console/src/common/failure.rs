//! What can go wrong for the person who asked, in words they can act on. Owns the mapping from
//! database and broker trouble to a code; must never carry a secret or an event's content.

/// Why a request was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
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
    /// A server that is needed cannot be reached now; the same request may work later.
    #[error("{0}")]
    Unavailable(String),
    /// A fault of ours.
    #[error("{0}")]
    Internal(String),
}

impl Failure {
    /// A request that is wrong in itself.
    pub(crate) fn invalid(code: &'static str, message: impl Into<String>) -> Self {
        Failure::Invalid { code, message: message.into() }
    }

    /// A request that what is there speaks against.
    pub(crate) fn conflict(code: &'static str, message: impl Into<String>) -> Self {
        Failure::Conflict { code, message: message.into() }
    }

    /// The stable code in `{"error":{"code","message"}}`.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Failure::NotFound(_) => "not_found",
            Failure::Invalid { code, .. } | Failure::Conflict { code, .. } => code,
            Failure::Unauthorized => "unauthorized",
            Failure::Forbidden(_) => "forbidden",
            Failure::Unavailable(_) => "unavailable",
            Failure::Internal(_) => "internal",
        }
    }
}

impl From<tokio_postgres::Error> for Failure {
    fn from(e: tokio_postgres::Error) -> Self {
        match e.as_db_error() {
            Some(db) => told(db.code().code(), db.message()),
            None if e.is_closed() || source(&e).is_some_and(|s| s.is::<std::io::Error>()) => {
                Failure::Unavailable(format!("the database cannot be reached: {}", causes(&e)))
            }
            None => Failure::Internal(format!("database: {}", causes(&e))),
        }
    }
}

/// What PostgreSQL says, by its code.
fn told(code: &str, message: &str) -> Failure {
    match (code, code.get(..2).unwrap_or_default()) {
        ("42P01" | "42703" | "42883" | "3F000", _) => Failure::Unavailable(format!(
            "the database has not the schema that this version needs ({message}): run `sluicegate migrate`"
        )),
        // The server is there but cannot serve now, or not us.
        (_, "53" | "57") => Failure::Unavailable(format!("the database cannot serve now: {message}")),
        (_, "28" | "3D") => Failure::Unavailable(format!("the database cannot be used: {message}")),
        // A value that PostgreSQL does not take: a NUL, a body nested too deep.
        (_, "22" | "54") => Failure::invalid("invalid_value", format!("the database refuses it: {message}")),
        _ => Failure::Internal(format!("database: {message} ({code})")),
    }
}

fn source(error: &tokio_postgres::Error) -> Option<&(dyn std::error::Error + 'static)> {
    std::error::Error::source(error)
}

/// An error with what brought it about.
fn causes(error: &dyn std::error::Error) -> String {
    let mut told = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let cause_told = cause.to_string();
        if !told.ends_with(&cause_told) {
            told = format!("{told}: {cause_told}");
        }
        next = cause.source();
    }
    told
}

impl From<deadpool_postgres::PoolError> for Failure {
    fn from(e: deadpool_postgres::PoolError) -> Self {
        match e {
            deadpool_postgres::PoolError::Backend(e) => e.into(),
            deadpool_postgres::PoolError::Timeout(_) => {
                Failure::Unavailable("the database cannot be reached: no answer in time".to_owned())
            }
            other => Failure::Unavailable(format!("the database cannot be reached: {}", causes(&other))),
        }
    }
}
