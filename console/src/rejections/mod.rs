//! Deliveries that the ingress refused: counted by endpoint and reason, with the last few in short and what to do about
//! them. The ingress reports them through a queue of the broker; this stores them and never sees a body or a secret.

pub(crate) mod intake;
pub(crate) mod reason;
pub(crate) mod service;
pub(crate) mod store;
