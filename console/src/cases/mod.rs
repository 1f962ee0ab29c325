//! Cases: payments that do not match their order and wait for somebody's decision. The workers open and close them;
//! staff may accept a payment as it is.

pub(crate) mod advice;
pub(crate) mod service;
pub(crate) mod state;
pub(crate) mod store;
