//! The console of Sluicegate: support staff find an event, see why it failed, and replay it.
//!
//! By feature: each has its store (SQL), its service and its types. `api`, `pages` and `cli` are thin layers
//! over the services; `http` is what both kinds of requests share, `runtime` the settings and the connections to
//! the servers, `serve` the long-running process. Events are decided by the workers, never here.

#![allow(missing_docs, reason = "the library exists for its program and its tests")]

mod api;
mod attention;
mod audit;
mod auth;
mod backfills;
mod cases;
mod checks;
mod cli;
mod common;
mod dead_letters;
mod doctor;
mod drift;
mod events;
mod exports;
mod http;
mod jobs;
mod masking;
mod messages;
mod order_status;
mod orders;
mod pages;
mod reconcile;
mod rejections;
mod reports;
mod runtime;
mod search;
mod serve;
mod statements;
mod sweeps;
mod system;
mod timeline;
mod verification;

pub use api::document as openapi;
pub use cli::{Cli, CommandError, complain, run};
pub use statements::STATEMENTS;
pub use system::queues;
