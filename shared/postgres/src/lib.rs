//! PostgreSQL: the connection pool with TLS, and the migrations.
//!
//! Nothing here knows a table, and nothing here reads the environment.

pub mod args;
pub mod listener;
pub mod migrate;
pub mod pool;
