//! The workers' library: how an event gets from a queue into PostgreSQL, exactly once, in any order.
//!
//! The shell is `consumer` (takes what is ready) → `process` (one transaction for a batch) → `settle`
//! (acknowledges at the broker). The core is the crate [`domain`]: pure functions from events to state.
//! [`store`] holds the SQL between them.
#![allow(missing_docs, reason = "the library exists for its programs and tests")]

mod consumer;
mod disposition;
mod fetch;
mod grace;
mod heartbeat;
mod inbound_event;
mod isolation;
pub mod orders;
pub mod pause;
mod preview;
pub mod process;
mod progress;
mod quiet;
mod rehearsal;
pub mod relay;
mod report;
mod run;
pub mod settings;
pub mod settle;
mod spans;
pub mod store;
mod tasks;

pub use preview::{Preview, RowChange, preview, preview_fetched};
pub use rehearsal::{Rehearsal, rehearse};
pub use run::{RunError, run};
pub use tasks::TaskFailed;

use amqp::topology::Queue;
use clap::Parser;
use service::{shutdown, telemetry};

#[cfg(feature = "jemalloc")]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// The `main` of a worker: reads the settings, runs until shutdown is requested.
///
/// The runtime starts here and not in the programs: the whole worker would be compiled once for each of them.
///
/// # Errors
/// [`RunError`] when the worker cannot start or one of its tasks fails. Wrong settings end the process with exit code 2.
pub fn main(queue: Queue) -> Result<(), RunError> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.map_err(RunError::Runtime)?.block_on(read_and_run(queue))
}

async fn read_and_run(queue: Queue) -> Result<(), RunError> {
    let settings = match settings::Args::parse().read(&service::settings::environment()) {
        Ok(settings) => settings,
        Err(problems) => {
            problems.finish_or_exit();
            return Ok(());
        }
    };
    telemetry::init(settings.log.0, &settings.log.1);
    log_panics();
    run(settings, queue, shutdown::on_signal()).await
}

/// A panic of a handler is a failure of one event; the log says where, without any values.
fn log_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let location = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(location, "panic");
    }));
}
