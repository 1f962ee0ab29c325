//! The audit: who did what to which, when and why. Lines are appended here and chained by the database; nothing
//! changes one.

pub(crate) mod action;
pub(crate) mod anchor;
pub(crate) mod chain;
pub(crate) mod export;
pub(crate) mod reason;
pub(crate) mod service;
pub(crate) mod store;
