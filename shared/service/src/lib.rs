//! What every Sluicegate program has: settings, logs and metrics, health pages and an orderly shutdown.
//!
//! Nothing here knows Stripe, RabbitMQ or PostgreSQL. The environment is read by `main` alone, through clap and
//! [`settings::environment`].

pub mod backoff;
pub mod error;
pub mod health;
pub mod settings;
pub mod shutdown;
pub mod telemetry;
pub mod trace_parent;
