//! The workers' library: how an event gets from a queue into PostgreSQL.

pub mod domain;
pub mod handlers;
