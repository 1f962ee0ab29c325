//! Bulk jobs: replays and discards of many dead letters.

pub(crate) mod carry_out;
pub mod items;
pub mod runner;
pub mod service;
pub mod state;
pub mod store;
