//! The domain over whole histories, in memory: without a server, a database or a clock.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod bounded_states;
mod edges;
mod edges_of_subscriptions;
mod edited_metadata;
mod emits;
mod expected_state;
mod many_parts;
mod memory;
mod memory_documents;
mod memory_emitted;
mod memory_parts;
mod observations;
mod one_second;
mod order_proof;
mod permutations;
mod reference;
mod reference_period;
mod reference_price;
mod sequences;
