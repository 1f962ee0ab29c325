//! Dead letters: stored from the dead queue, found, explained, replayed and discarded.

pub mod advice;
pub mod consumer;
pub mod filter;
pub mod message;
pub(crate) mod preview;
pub mod replay;
pub mod state;
pub mod store;
