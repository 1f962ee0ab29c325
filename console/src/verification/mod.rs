//! Whether a payment is good: asked of Stripe, decided by the workers' own code, and taken in where Stripe says that it
//! is paid and no event has come. Must never decide by a rule of its own what counts for an order.

mod fetch;
pub(crate) mod intake;
pub(crate) mod reason;
pub(crate) mod service;
pub(crate) mod store;
