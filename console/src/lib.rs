//! The console of Sluicegate: support staff find an event, see why it failed, and replay it.
//!
//! Web page, JSON API and command line stand on the same code: `store` asks the database, `replay`
//! and `consumer` act, `cli` (and the web) show. Events are decided by the workers, never here.

pub mod access;
pub mod actor;
pub mod advice;
pub mod bulk;
pub mod chain;
pub mod change;
pub mod cli;
pub mod consumer;
pub mod elapsed;
pub mod failure;
pub mod find;
pub mod letter;
pub mod management;
pub mod mask;
pub mod money;
pub mod orders;
pub mod overview;
pub mod paging;
pub mod preview;
pub mod queues;
pub mod replay;
pub mod runner;
pub mod servers;
pub mod settings;
pub mod store;
pub mod timeline;
pub mod web;
mod whole;
