//! Whether the database holds what Stripe shows. An object drifts where taking it in, as its API shows it, would change
//! a row: the workers' own code decides that, in a transaction that is rolled back.
//! Must never write a row of the workers: a repair publishes the object as an event.

pub(crate) mod difference;
mod outlook;
pub(crate) mod repair;
pub(crate) mod report;
pub(crate) mod sample;
pub(crate) mod service;
pub(crate) mod store;
