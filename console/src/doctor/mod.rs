//! What a person on call checks first: each check is one finding, good or with what to do.
//!
//! One file for each group of checks: it reads, and a pure function judges what was read.
//! Must never change anything: what a check needs to know it asks for.

mod broker;
mod database;
mod events;
pub(crate) mod files;
pub(crate) mod finding;
mod queues;
mod schema;
pub(crate) mod service;
mod stripe;
mod workers;

pub(crate) use database::SERVER;
pub(crate) use events::EVENTS;
pub(crate) use schema::{GRANTS, SCHEMA};
pub(crate) use workers::WORKERS;
