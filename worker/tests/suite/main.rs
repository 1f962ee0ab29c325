//! The worker as a library: order-proof through the database, the isolation of bad events, and its SQL against the
//! real server.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod alerts;
mod clock;
mod consuming;
mod database;
mod database_errors;
mod engine;
mod failing_task;
mod grace;
mod held_payments;
mod isolation;
mod locks;
mod mail;
mod mailing;
mod message_docs;
mod order_proof_database;
mod out_webhooks;
mod outbox_cost;
mod outbox_upgrade;
mod preview;
mod queue;
mod relay;
mod search_keys;
mod spans;
mod status_since;
mod trace_context;
