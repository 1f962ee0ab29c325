//! What the company's success page asks about an order: where it stands, why it is not paid, and when that changes.
//! Reads only.

pub(crate) mod not_paid;
pub(crate) mod service;
pub(crate) mod view;
pub(crate) mod wait;
pub(crate) mod watch;
