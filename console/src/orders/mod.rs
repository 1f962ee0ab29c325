//! Orders that the company registers, and the payments, subscriptions and invoices that the workers derive.

pub(crate) mod address;
pub(crate) mod correct;
pub(crate) mod list;
pub(crate) mod payments;
pub(crate) mod preview;
pub(crate) mod service;
pub(crate) mod status;
pub(crate) mod store;
pub(crate) mod subscriptions;
pub(crate) mod terms;
