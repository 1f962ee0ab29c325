//! RabbitMQ: the topology, the connection, the headers of an event in flight, and the publisher that waits for
//! the broker's confirm.
//!
//! Nothing here acknowledges a delivery, and nothing here reads the environment.

pub mod args;
pub mod broker;
pub mod message;
pub mod publisher;
pub mod topology;
