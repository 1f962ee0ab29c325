//! Watches what staff are alerted of besides Stripe's events, and writes the alerts to `outbox`.

use std::time::Duration;

use mail::Kind;
use tokio_util::sync::CancellationToken;

use super::session::{RelayError, Session};
use super::store::alerts;

/// How often it looks.
const LOOK: Duration = Duration::from_secs(1);

/// Writes alerts until shutdown is requested.
pub(super) async fn run(
    kinds: &[Kind],
    session: &Session,
    shutdown: &CancellationToken,
) -> Result<(), RelayError> {
    let client = session.client();
    let (dead_letters, deliveries) =
        (kinds.contains(&Kind::DeadLetters), kinds.contains(&Kind::DeliveryFailed));
    if dead_letters {
        alerts::begin(client).await?;
    }
    while (dead_letters || deliveries) && !shutdown.is_cancelled() {
        if dead_letters {
            alerts::dead_letters(client).await?;
        }
        if deliveries {
            alerts::deliveries(client).await?;
        }
        tokio::select! {
            () = shutdown.cancelled() => break,
            () = tokio::time::sleep(LOOK) => {}
        }
    }
    Ok(())
}
