//! Bulk jobs: replays and discards of many dead letters.

pub mod items;
pub mod runner;
pub mod service;
pub mod store;
