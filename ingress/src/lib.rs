//! The gate: receives Stripe's webhooks over HTTP and answers 200 only when the broker has
//! confirmed the event on a quorum queue.
//!
//! Raw bytes, size limit, signature, envelope, confirmed publish of the unchanged bytes. It has no
//! database, never judges what an event means, and never logs a body or a secret.

mod answer;
mod body;
mod receive;
mod server;
mod settings;

pub use server::{RunError, run};
pub use settings::{Args, Clock, Settings};
