//! What every Sluicegate process shares: the event envelope and Stripe's signature, the broker's
//! topology, the connection and the publisher, the database pool and its migrations, telemetry,
//! health, settings and the way to end.
//!
//! Nothing here decides what an event means, and nothing here reads the environment.

pub mod broker;
pub mod envelope;
pub mod health;
pub mod message;
pub mod migrate;
pub mod pool;
pub mod publisher;
pub mod settings;
pub mod shutdown;
pub mod signature;
pub mod stripe;
pub mod telemetry;
pub mod topology;
