//! The way to end: the first signal asks, the second insists.

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// The exit code of a process that got a second signal: 128 + SIGINT, as shells count.
const INSISTED: i32 = 130;

/// A token that is cancelled on the first SIGTERM or SIGINT. A second signal ends the process at
/// once. Call it once, within a tokio runtime.
pub fn on_signal() -> CancellationToken {
    let token = CancellationToken::new();
    let cancelled = token.clone();
    match (signal(SignalKind::terminate()), signal(SignalKind::interrupt())) {
        (Ok(mut terminate), Ok(mut interrupt)) => {
            tokio::spawn(async move {
                let mut asked = false;
                loop {
                    let name = tokio::select! {
                        Some(()) = terminate.recv() => "SIGTERM",
                        Some(()) = interrupt.recv() => "SIGINT",
                        else => return,
                    };
                    if asked {
                        tracing::warn!(signal = name, "second signal: exiting at once");
                        std::process::exit(INSISTED);
                    }
                    asked = true;
                    tracing::info!(signal = name, "shutdown requested");
                    cancelled.cancel();
                }
            });
        }
        (Err(error), _) | (_, Err(error)) => {
            tracing::error!(%error, "cannot listen for signals: only a kill will end this process");
        }
    }
    token
}
