//! The console of Sluicegate: support staff find an event, see why it failed, and replay it.
//!
//! By feature: each has its store (SQL), its service and its types. [`api`], [`pages`] and [`cli`] are thin layers
//! over the services; [`http`] is what both kinds of requests share, [`runtime`] the settings and the connections to
//! the servers, [`serve`] the long-running process. Events are decided by the workers, never here.

pub mod api;
pub mod audit;
pub mod auth;
pub mod cli;
pub mod common;
pub mod dead_letters;
pub mod events;
pub mod http;
pub mod jobs;
pub mod masking;
pub mod orders;
pub mod pages;
pub mod runtime;
pub mod serve;
pub mod statements;
pub mod system;
pub mod timeline;
