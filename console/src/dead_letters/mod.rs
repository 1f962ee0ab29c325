//! Dead letters: stored from the dead queue, found, explained, replayed and discarded.

pub(crate) mod advice;
pub(crate) mod answered;
pub(crate) mod consumer;
pub(crate) mod filter;
mod keep;
pub(crate) mod message;
pub(crate) mod preview;
pub(crate) mod reason;
pub(crate) mod replay;
pub(crate) mod replay_events;
pub(crate) mod service;
pub(crate) mod state;
pub(crate) mod store;
