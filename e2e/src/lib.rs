//! What the black-box tests share: the real programs, started on free ports against a database and queue names
//! of the test's own, judged only by what their users see.
//!
//! Nothing here links the programs' libraries: a test must not know more than an operator does. A failing test
//! panics and shows the end of each program's log.
#![allow(missing_docs, reason = "the library exists for its programs and tests")]
#![allow(clippy::expect_used, reason = "a test fails by panicking")]

mod broker;
mod net;
mod program;
mod subscriber;
mod system;
mod wait;

pub use broker::Queues;
pub use net::Tap;
pub use program::{Program, Running, binary};
pub use subscriber::Subscriber;
pub use system::{Counts, System};
pub use wait::{eventually, eventually_within};
