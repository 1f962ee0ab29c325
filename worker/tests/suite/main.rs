//! The worker as a library: order-proof in memory and through the database, the isolation of bad events,
//! and its SQL against the real server.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod alerts;
mod bounded_states;
mod clock;
mod consuming;
mod database;
mod database_errors;
mod edges;
mod edited_metadata;
mod emits;
mod engine;
mod expected_state;
mod failing_task;
mod grace;
mod isolation;
mod locks;
mod mail;
mod mailing;
mod many_parts;
mod memory;
mod memory_parts;
mod message_docs;
mod observations;
mod one_second;
mod order_proof;
mod order_proof_database;
mod out_webhooks;
mod queue;
mod reference;
mod relay;
mod sequences;
mod spans;
mod status_since;
