//! The state of payments, orders, invoices and subscriptions, and how it is derived from Stripe's facts.
//!
//! Pure: no I/O, no SQL, no clock but the one passed in.

pub mod aggregate;
pub mod decide;
pub mod event;
pub mod invoice;
pub mod link;
pub mod message;
pub mod order;
pub mod payment;
pub mod references;
pub mod rejection;
pub mod rules;
pub mod state;
pub mod subscription;
pub mod version;
