//! The domain over whole histories, in memory: without a server, a database or a clock.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod bounded_states;
mod doubts;
mod edges;
mod edges_of_subscriptions;
mod edited_metadata;
mod effects;
mod emits;
mod envelopes;
mod expected_state;
mod grace;
mod held_payments;
mod invoice_states;
mod many_parts;
mod memory;
mod memory_documents;
mod memory_emitted;
mod memory_parts;
mod memory_shown;
mod merged;
mod message_data;
mod notices;
mod observations;
mod one_second;
mod order_proof;
mod order_sums;
mod permutations;
mod placing;
mod ranks;
mod reference;
mod reference_period;
mod reference_price;
mod references;
mod sequences;
