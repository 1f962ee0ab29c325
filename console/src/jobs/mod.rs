//! Bulk jobs: replays and discards of many dead letters.

pub(crate) mod carry_out;
pub(crate) mod items;
pub(crate) mod runner;
pub(crate) mod service;
pub(crate) mod state;
pub(crate) mod store;
