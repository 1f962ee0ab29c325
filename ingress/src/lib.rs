//! The ingress: receives Stripe's webhooks over HTTP and answers 200 only when the broker has
//! confirmed the event on a quorum queue.
//!
//! Raw bytes, size limit, signature, envelope, confirmed publish of the unchanged bytes. It has no
//! database, never judges what an event means, and never logs a body or a secret.
#![allow(missing_docs, reason = "the library exists for its programs and tests")]

mod answer;
mod body;
mod connections;
mod guard;
mod http;
mod receive;
mod refused_delivery;
mod rejections;
mod server;
mod settings;
mod tls;

pub use guard::GuardSettings;
pub use server::{RunError, run};
pub use settings::{Args, Clock, Settings};
pub use tls::TlsFiles;
