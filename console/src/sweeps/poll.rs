//! Polling: Stripe's list read every few seconds, as the only source where no webhook can reach the ingress.

use std::collections::HashMap;
use std::pin::pin;
use std::time::{Duration, Instant};

use futures_util::TryStreamExt as _;
use jiff::{SignedDuration, Timestamp};
use tokio_util::sync::CancellationToken;
use tracing::warn;

use super::listed_event::ListedEvent;
use super::plan::LONGEST;
use super::reader::{EventSource, Reader, unreadable};
use super::store;
use super::window::Window;
use crate::common::error::ServiceError;
use crate::common::pause::pause;

/// Each look reads the last minutes once more: an event may come into the list late.
const OVERLAP: SignedDuration = SignedDuration::from_mins(5);
/// The first look reads what Stripe made since then.
const FIRST: SignedDuration = SignedDuration::from_hours(1);
/// What was published and has not been claimed after this time is published again.
const ON_ITS_WAY: Duration = Duration::from_secs(600);

/// Which events were published lately: they may still wait in a queue.
#[derive(Default)]
struct Published(HashMap<String, Instant>);

impl Published {
    fn forget_old(&mut self) {
        self.0.retain(|_, at| at.elapsed() < ON_ITS_WAY);
    }
}

/// Polls all accounts every `interval`, until shutdown.
pub(crate) async fn run(reader: Reader, interval: Duration, shutdown: CancellationToken) {
    let mut published = Published::default();
    while !shutdown.is_cancelled() {
        let polled = async {
            for account in reader.accounts().await? {
                poll(&reader, &account, &mut published).await?;
            }
            Ok::<_, ServiceError>(())
        };
        tokio::select! {
            polled = polled => if let Err(failure) = polled {
                warn!(%failure, "Stripe's events cannot be polled now");
            },
            () = shutdown.cancelled() => return,
        }
        published.forget_old();
        pause(&shutdown, interval).await;
    }
}

/// One look at the list of an account.
async fn poll(reader: &Reader, account: &str, published: &mut Published) -> Result<(), ServiceError> {
    let Some(lock) = reader.lock(&format!("event {account}")).await? else { return Ok(()) };
    let client = lock.client()?;
    let now = Timestamp::now();
    let through = store::polled_through(client, account).await?;
    let since = through.map_or(now - FIRST, |at| at - OVERLAP).max(now - LONGEST);
    // Stripe's clock may be ahead.
    let window = Window { since, until: now + OVERLAP };
    let mut pages = pin!(reader.pages(account, window, None));
    while let Some(page) = pages.try_next().await.map_err(|e| unreadable(&e))? {
        let events = page.data.into_iter().filter_map(|entry| ListedEvent::read(entry, account));
        let new = events.filter(|event| !published.0.contains_key(&event.id)).collect();
        let new = store::unknown(client, new).await?;
        reader.publish(new.iter().map(ListedEvent::message), EventSource::Poll).await?;
        published.0.extend(new.into_iter().map(|event| (event.id, Instant::now())));
    }
    store::set_polled_through(client, account, now).await
}
