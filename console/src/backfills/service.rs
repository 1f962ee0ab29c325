//! A backfill: reads one of Stripe's lists of objects, newest first, and publishes each object as an event that shows it.
//! What was published is noted page by page, so that a backfill that was interrupted goes on where it was.

use std::pin::pin;

use deadpool_postgres::GenericClient;
use domain::fetched::{Fetched, FetchedEvent, Source};
use domain::origin::Origin;
use futures_util::TryStreamExt as _;
use jiff::Timestamp;
use serde_json::Value;
use service::error::chain;
use stripe_api::{Call, DEFAULT_VERSION, List, Page, Resource, Retrieved, StripeApi};

use super::run::BackfillRun;
use super::store::{self, Backfill};
use crate::common::error::ServiceError;
use crate::sweeps::reader::{EventSource, Reader, unreadable};

/// Every account that is to be read: the company's own and all that are connected to it.
pub(crate) async fn all_accounts(api: &StripeApi) -> Result<Vec<String>, ServiceError> {
    let connected = api.all(List::new(Resource::Account), Call::default()).await;
    let connected = connected.map_err(|e| unreadable(&e))?;
    let ids = connected.iter().filter_map(|account| account["id"].as_str()).map(str::to_owned);
    Ok(std::iter::once(String::new()).chain(ids).collect())
}

/// Takes in all objects of one kind of an account (empty: the company's own), unless the run has done so before. `watch` is
/// called with each state that is reached.
///
/// # Errors
/// [`ServiceError`]: Stripe, the broker or the database is unavailable. The next backfill goes on from there.
pub(crate) async fn backfill(
    reader: &Reader,
    resource: Resource,
    run: &BackfillRun,
    account: &str,
    mut watch: impl FnMut(&Backfill),
) -> Result<Backfill, ServiceError> {
    let object = resource.object();
    let Some(lock) = reader.lock(&format!("{object} {account}")).await? else {
        return Err(ServiceError::conflict("backfill_running", "another process takes in these objects now"));
    };
    let client = lock.client()?;
    let backfill = match store::newest(client, run.id, account, object).await? {
        Some(finished) if finished.finished_at.is_some() => return Ok(finished),
        Some(interrupted) => interrupted,
        None => store::begin(client, run.id, account, object).await?,
    };
    let id = backfill.id;
    let done = read_pages(reader, client, resource, backfill, &mut watch).await;
    if let Err(failure) = &done {
        // The caller says why; the row is for those who look later.
        store::interrupt(client, id, &chain(failure)).await?;
    }
    done
}

async fn read_pages(
    reader: &Reader,
    client: &impl GenericClient,
    resource: Resource,
    mut backfill: Backfill,
    watch: &mut impl FnMut(&Backfill),
) -> Result<Backfill, ServiceError> {
    watch(&backfill);
    let call = Call::default().account(&backfill.account);
    let mut pages = pin!(reader.api.pages(list(resource, &backfill), call.clone()));
    while let Some(page) = pages.try_next().await.map_err(|e| unreadable(&e))? {
        let (last, reached) = (page.last_id().map(str::to_owned), made(page.data.last()));
        let listed = page.data.len();
        let objects = complete(reader, resource, page, &call).await?;
        let events: Vec<FetchedEvent> =
            objects.iter().filter_map(|object| event(object, &backfill)).collect();
        reader.publish(events.into_iter().map(|e| (e.id, e.kind, e.body)), EventSource::Backfill).await?;
        backfill = store::advance(client, backfill.id, last.as_deref(), reached, listed).await?;
        watch(&backfill);
    }
    let backfill = store::finish(client, backfill.id).await?;
    watch(&backfill);
    Ok(backfill)
}

fn list(resource: Resource, backfill: &Backfill) -> List {
    let mut list = List::new(resource);
    if let Some(since) = backfill.since {
        list = list.param("created[gte]", since.as_second());
    }
    if resource == Resource::Subscription {
        // Canceled ones are left out otherwise.
        list = list.param("status", "all");
    }
    match &backfill.after_object {
        Some(object) => list.starting_after(object),
        None => list,
    }
}

/// The objects of a page; invoices with the lines that the list leaves out.
pub(crate) async fn complete(
    reader: &Reader,
    resource: Resource,
    page: Page,
    call: &Call,
) -> Result<Vec<Retrieved>, ServiceError> {
    let mut objects = Vec::with_capacity(page.data.len());
    for object in page.data {
        let id = object["id"].as_str().unwrap_or_default();
        objects.push(if resource == Resource::Invoice && object["lines"]["has_more"] == true {
            reader.api.invoice(id, call).await.map_err(|e| unreadable(&e))?
        } else {
            Retrieved { object, as_of: page.as_of }
        });
    }
    Ok(objects)
}

fn event(found: &Retrieved, backfill: &Backfill) -> Option<FetchedEvent> {
    let livemode = found.object["livemode"].as_bool().unwrap_or_default();
    let origin = Origin { account: backfill.account.clone(), livemode };
    let source = if backfill.messages { Source::Backfill } else { Source::QuietBackfill };
    let (object, as_of) = (&found.object, found.as_of);
    Fetched { object, origin: &origin, version: DEFAULT_VERSION, as_of, source }.event()
}

fn made(object: Option<&Value>) -> Option<Timestamp> {
    Timestamp::from_second(object?["created"].as_i64()?).ok()
}
