//! The worker as a library: order-proof in memory and through the database, the isolation of bad events,
//! and its SQL against the real server.

mod database;
mod engine;
mod memory;
mod one_second;
mod order_proof;
mod order_proof_database;
mod truth;
