//! What a consumer does next: take what has been delivered, turn to what waits for that, or end.

use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::ReadyChunks;
use lapin::Consumer;
use lapin::message::Delivery;
use tokio_util::sync::CancellationToken;

/// How long redelivered messages wait for fresh ones to be ready first.
const IDLE_WAIT: Duration = Duration::from_millis(50);

/// What there is to do.
pub(super) enum Ready {
    Deliveries(Vec<Result<Delivery, lapin::Error>>),
    /// Nothing fresh is ready: time for the buffered messages.
    Idle,
    /// The broker canceled the consumer (its queue was deleted).
    Canceled,
    Shutdown,
}

pub(super) async fn next(
    stream: &mut ReadyChunks<Consumer>,
    buffered: bool,
    shutdown: &CancellationToken,
) -> Ready {
    tokio::select! {
        biased;
        () = shutdown.cancelled() => Ready::Shutdown,
        ready = stream.next() => ready.map_or(Ready::Canceled, Ready::Deliveries),
        () = tokio::time::sleep(IDLE_WAIT), if buffered => Ready::Idle,
    }
}
