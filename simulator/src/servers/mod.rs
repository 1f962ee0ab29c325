//! Private PostgreSQL and RabbitMQ for one machine: what `make run`, `make test` and the tests stand on.
//!
//! Owns the server processes that it starts, their folders and their ports. It never touches a server that
//! it did not start, never uses a standard port, and leaves nothing behind: a server stops when its value is
//! dropped, and what a killed run left is removed by the next one (see [`home`]).
//!
//! ```no_run
//! # async fn example() -> Result<(), simulator::servers::ServerError> {
//! use simulator::servers::{PostgresServer, RabbitServer};
//! let postgres = PostgresServer::start().await?;
//! let rabbit = RabbitServer::start().await?;
//! println!("DATABASE_URL={} AMQP_URL={}", postgres.url(), rabbit.url());
//! rabbit.kill().await; // as if the power went
//! rabbit.start_again().await?; // the same port, the same data
//! rabbit.block_publishers().await?; // memory alarm
//! rabbit.unblock_publishers().await?;
//! # Ok(()) }
//! ```

mod account;
mod database;
mod error;
pub mod home;
mod mail_receiver;
mod port;
mod postgres;
mod process;
mod programs;
mod rabbit;
mod receiver;
mod smtp;

pub use database::{TestDatabase, amqp_url, database_url, test_prefix};
pub use error::ServerError;
pub use home::LeftOvers;
pub use mail_receiver::MailReceiver;
pub use port::{free_port, is_free_port};
pub use postgres::PostgresServer;
pub use process::{Process, is_running, signal};
pub use programs::{missing_servers, postgres_program};
pub use rabbit::RabbitServer;
pub use receiver::{Received, Receiver, Reply};
pub use rustix::process::Signal;
pub use smtp::{ReceivedMail, SmtpOptions, SmtpServer, SmtpTls};
