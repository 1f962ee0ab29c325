//! The domain over Stripe's own histories. They lie outside the repository, in the folder that
//! `SLUICEGATE_STRIPE_MATERIAL` names; without it the tests fail.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

#[path = "../suite/memory.rs"]
#[allow(dead_code, reason = "the suite uses all of it")]
mod memory;
#[path = "../suite/memory_emitted.rs"]
mod memory_emitted;
#[path = "../suite/memory_parts.rs"]
#[allow(dead_code, reason = "the suite uses all of it")]
mod memory_parts;
mod sequences;

use std::path::PathBuf;

/// A folder of the material.
fn folder(name: &str) -> PathBuf {
    let root = std::env::var_os("SLUICEGATE_STRIPE_MATERIAL").expect("SLUICEGATE_STRIPE_MATERIAL is set");
    PathBuf::from(root).join(name)
}
