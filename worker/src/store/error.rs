//! What a database error means for the event in hand.

use deadpool_postgres::PoolError;
use service::error::chain;
use thiserror::Error;
use tokio_postgres::error::SqlState;

/// A batch could not be stored.
#[derive(Debug, Error)]
pub enum StoreError {
    /// No connection to PostgreSQL within the time-out.
    #[error("no connection to PostgreSQL")]
    Pool(#[from] PoolError),
    /// PostgreSQL refused a statement, or the connection broke. Not a source: the server's own text quotes customer data
    /// in its `DETAIL`, and whoever prints the chain would print it.
    #[error("PostgreSQL: {}", described(.0))]
    Postgres(tokio_postgres::Error),
    /// A stored state could not be read back, or a new one not be written down.
    #[error("the state of {table} {id} cannot be read or written")]
    State { table: &'static str, id: String, source: serde_json::Error },
    /// A row held what the code does not expect.
    #[error("the statements panicked; the log of the worker says where")]
    Panicked,
    /// Other batches dropped rows again and again before this one had locked them.
    #[error("other workers kept deleting rows that this one waited for")]
    Vanishing,
}

impl From<tokio_postgres::Error> for StoreError {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Postgres(error)
    }
}

/// What an error belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorClass {
    /// The database's: gone, read-only, out of space, a deadlock, a serialization failure, rows that others
    /// keep dropping, a missing table. The same batch is tried again; no event is to blame.
    Database,
    /// One event's data: a bad byte, a value out of range, a violated constraint. It will never work.
    Data,
    /// Not known. If it stays with one event alone, that event climbs the retry schedule.
    Unknown,
}

/// Classifies by SQLSTATE: <https://www.postgresql.org/docs/15/errcodes-appendix.html>.
#[must_use]
pub fn classify(error: &StoreError) -> ErrorClass {
    let error = match error {
        StoreError::Pool(_) | StoreError::Vanishing => return ErrorClass::Database,
        StoreError::State { .. } | StoreError::Panicked => return ErrorClass::Unknown,
        StoreError::Postgres(error) => error,
    };
    let Some(state) = error.code() else { return without_state(error) };
    match state.code().get(..2) {
        // connection, insufficient resources, operator intervention, system error, transaction state
        // (read-only), rollback (deadlock, serialization), invalid authorization, schema
        Some("08" | "53" | "57" | "58" | "25" | "40" | "28" | "3D" | "3F" | "42") => ErrorClass::Database,
        Some("22" | "23") => ErrorClass::Data,
        Some("54") => ErrorClass::Data,
        _ if *state == SqlState::LOCK_NOT_AVAILABLE => ErrorClass::Database,
        _ => ErrorClass::Unknown,
    }
}

/// Without a SQLSTATE the server never answered, unless a value could not even be sent.
fn without_state(error: &tokio_postgres::Error) -> ErrorClass {
    if error.is_closed() || std::error::Error::source(error).is_some_and(|e| e.is::<std::io::Error>()) {
        ErrorClass::Database
    } else {
        ErrorClass::Unknown
    }
}

/// The server's message, without values (`DETAIL` may quote customer data).
fn described(error: &tokio_postgres::Error) -> String {
    match error.as_db_error() {
        Some(db) => {
            let constraint = db.constraint().map(|name| format!(" (constraint {name})")).unwrap_or_default();
            format!("{} {}{constraint}", db.code().code(), db.message())
        }
        None => chain(error),
    }
}
