//! Stripe's objects in the shape of each API version.
//!
//! Each file holds one object as the newest version has it, and the table of what came and went.

mod charge;
mod dispute;
mod intent;
mod invoice;
mod refund;
mod session;
mod subscription;

pub(crate) use charge::charge;
pub(crate) use dispute::{dispute, movement};
pub(crate) use intent::intent;
pub(crate) use invoice::{Line, invoice, invoice_payment};
pub(crate) use refund::refund;
pub(crate) use session::session;
pub(crate) use subscription::{Plan, period_paths, subscription};

use std::sync::LazyLock;

use serde_json::Value;

/// A template, parsed once.
type Template = LazyLock<Value>;

/// Templates are constants of this folder, checked by a test; a broken one is an empty object.
fn parse(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
}
