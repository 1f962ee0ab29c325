//! The state of payments, orders, invoices and subscriptions, how it is derived from Stripe's objects, and what
//! each event does to it.
//!
//! Pure: no I/O, no SQL, no clock but the one passed in. [`decide`] applies an event through one of the
//! [`handlers`]; everything else is what they work on.

pub mod aggregate;
pub mod charge;
pub mod decide;
mod dispute_state;
pub mod doubt;
pub mod effect;
pub mod event;
mod events_page;
pub mod fetched;
pub mod grace;
pub mod handlers;
mod held;
pub mod invoice;
pub mod keys;
pub mod link;
pub mod message;
pub mod order;
mod order_status;
pub mod origin;
pub mod parts;
pub mod payment;
pub mod references;
pub mod rejection;
pub mod retry;
pub mod rules;
pub mod search_keys;
pub mod state;
pub mod subscription;
pub mod version;

pub use events_page::{NEEDED, events_page};
