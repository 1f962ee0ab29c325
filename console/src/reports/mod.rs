//! Incident reports: what happened, since when, and what was done by whom, with the hashes of the audit's lines.

pub(crate) mod markdown;
pub(crate) mod service;
pub(crate) mod store;
