//! Taking in the history of an existing account: every object of Stripe's lists is published as an event of ours that
//! shows the object as it is, and goes the way of every event.
//! Must never write an aggregate itself.

pub(crate) mod part;
pub(crate) mod run;
pub(crate) mod service;
pub(crate) mod store;
