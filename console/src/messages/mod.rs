//! Outgoing messages: what went out and where to, what waits and what failed; sending one again, and resuming a
//! destination that is paused. The workers write messages and send them; nothing is sent here.

pub(crate) mod destinations;
pub(crate) mod resend;
pub(crate) mod service;
pub(crate) mod state;
pub(crate) mod store;
