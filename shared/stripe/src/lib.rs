//! Stripe's side of the pipeline: the signature of a webhook, the envelope of an event, and typed views of the
//! objects that Sluicegate acts on.
//!
//! Pure: no I/O, no clock but the one passed in. Nothing here decides what an event means.

pub mod currency;
pub mod diagnosis;
pub mod envelope;
pub mod objects;
pub mod rejection;
pub mod signature;
