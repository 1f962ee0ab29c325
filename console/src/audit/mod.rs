//! The audit: who did what to which, when and why. Lines are appended here and chained by the database; nothing
//! changes one.

pub mod action;
pub mod chain;
pub mod reason;
pub mod store;
