//! Private PostgreSQL and RabbitMQ for one machine, and what runs on them: signed Stripe histories, load, and
//! the one command that brings the whole system up. It is a tool for people and tests, never part of production.
#![allow(missing_docs, reason = "the library exists for its programs and tests")]

pub mod history_args;
pub mod run;
pub mod send;
pub mod servers;
pub mod stripe_api;
pub mod verify;

pub use histories;
