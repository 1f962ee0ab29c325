//! What the company's success page and the order's own page ask about an order: where it stands, why it is not paid, and
//! when that changes. Reads only.

pub(crate) mod attempts;
pub(crate) mod decline;
pub(crate) mod explanation;
pub(crate) mod not_paid;
pub(crate) mod page;
pub(crate) mod service;
pub(crate) mod view;
pub(crate) mod wait;
pub(crate) mod watch;
