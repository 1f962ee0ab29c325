//! The worker as a library: order-proof in memory, and its SQL against the real server.

mod memory;
mod order_proof;
