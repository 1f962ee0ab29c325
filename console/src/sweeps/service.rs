//! A sweep: finds the events that Stripe lists and that were never received, and publishes them. What it has looked at
//! is noted page by page, so that one that was interrupted goes on where it was.

use std::pin::pin;

use deadpool_postgres::{GenericClient, Pool};
use futures_util::TryStreamExt as _;
use service::error::chain;

use super::listed_event::ListedEvent;
use super::plan::{Plan, plan};
use super::reader::{EventSource, Reader, unreadable};
use super::store::{self, PageRead, Sweep};
use super::window::Window;
use crate::common::error::ServiceError;
use crate::common::paging::{Page, PageRequest};

/// Sweeps `window` of an account, after one that was interrupted. `watch` is called with each state that is reached.
///
/// # Errors
/// [`ServiceError`]: Stripe, the broker or the database is unavailable. The next sweep goes on from there.
pub(crate) async fn sweep(
    reader: &Reader,
    account: &str,
    window: Window,
    mut watch: impl FnMut(&Sweep),
) -> Result<Vec<Sweep>, ServiceError> {
    let Some(lock) = reader.lock(&format!("event {account}")).await? else {
        return Err(ServiceError::conflict("sweep_running", "another process sweeps this account now"));
    };
    sweep_locked(reader, lock.client()?, account, window, &mut watch).await
}

async fn sweep_locked(
    reader: &Reader,
    client: &impl GenericClient,
    account: &str,
    window: Window,
    watch: &mut impl FnMut(&Sweep),
) -> Result<Vec<Sweep>, ServiceError> {
    let newest = store::newest(client, account).await?;
    let Plan { resumed, new } = plan(newest.as_ref(), window);
    let mut swept = Vec::new();
    if let Some(interrupted) = newest.filter(|sweep| Some(sweep.id) == resumed) {
        swept.push(read(reader, client, interrupted, watch).await?);
    }
    if let Some(window) = new {
        let begun = store::begin(client, account, window).await?;
        swept.push(read(reader, client, begun, watch).await?);
    }
    Ok(swept)
}

/// Reads one sweep to its end, and notes why where that fails.
async fn read(
    reader: &Reader,
    client: &impl GenericClient,
    sweep: Sweep,
    watch: &mut impl FnMut(&Sweep),
) -> Result<Sweep, ServiceError> {
    let id = sweep.id;
    let done = read_pages(reader, client, sweep, watch).await;
    if let Err(failure) = &done {
        // The caller says why; the row is for those who look later.
        store::interrupt(client, id, &chain(failure)).await?;
    }
    done
}

async fn read_pages(
    reader: &Reader,
    client: &impl GenericClient,
    mut sweep: Sweep,
    watch: &mut impl FnMut(&Sweep),
) -> Result<Sweep, ServiceError> {
    watch(&sweep);
    let window = Window { since: sweep.since, until: sweep.until };
    let mut pages = pin!(reader.pages(&sweep.account, window, sweep.after_event.as_deref()));
    while let Some(page) = pages.try_next().await.map_err(|e| unreadable(&e))? {
        let listed = i64::try_from(page.data.len()).unwrap_or(i64::MAX);
        let events: Vec<ListedEvent> =
            page.data.into_iter().filter_map(|entry| ListedEvent::read(entry, &sweep.account)).collect();
        let last = events.last().map(|event| (event.id.clone(), event.created));
        let handled = events.into_iter().filter(ListedEvent::is_handled).collect();
        let missed = store::unknown(client, handled).await?;
        store::add_missed(client, &sweep, &missed).await?;
        reader.publish(missed.iter().map(ListedEvent::message), EventSource::Sweep).await?;
        let missed = i64::try_from(missed.len()).unwrap_or(i64::MAX);
        sweep = store::advance(client, sweep.id, PageRead { last, listed, missed }).await?;
        watch(&sweep);
    }
    let sweep = store::finish(client, sweep.id).await?;
    watch(&sweep);
    Ok(sweep)
}

/// Sweeps, newest first.
pub(crate) async fn list(pool: &Pool, request: &PageRequest) -> Result<Page<Sweep>, ServiceError> {
    let (before, limit) = (request.number_cursor()?, request.limit()?);
    let sweeps = store::list(&pool.get().await?, before, limit + 1).await?;
    Ok(Page::cut(sweeps, limit, |sweep| sweep.id.to_string()))
}
