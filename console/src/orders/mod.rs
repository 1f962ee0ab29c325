//! Orders that the company registers, and the payments, subscriptions and invoices that the workers derive.

pub mod correct;
pub mod payments;
pub mod service;
pub mod status;
pub mod store;
pub mod subscriptions;
