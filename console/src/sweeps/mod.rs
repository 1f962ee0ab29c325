//! Reading Stripe's list of events: what no webhook brought is published as if one had. A sweep looks for gaps now and
//! then; polling is the only source where Stripe cannot reach the ingress.
//! Must never decide what an event means: it goes the way of every event, and the workers' claim is what keeps an event
//! from taking effect twice.

pub(crate) mod listed_event;
pub(crate) mod plan;
pub(crate) mod poll;
pub(crate) mod reader;
pub(crate) mod schedule;
pub(crate) mod service;
pub(crate) mod start;
pub(crate) mod store;
pub(crate) mod window;
