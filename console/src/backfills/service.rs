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

use super::store::{self, Backfill};
use crate::common::error::ServiceError;
use crate::sweeps::reader::{EventSource, Reader, unreadable};

/// Which objects are taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BackfillRequest {
    /// The connected account; empty is the company's own.
    pub(crate) account: String,
    /// Objects that Stripe made from then on; none: all.
    pub(crate) since: Option<Timestamp>,
    /// Whether the messages that the objects call for are sent. A company that begins with years of orders does not
    /// want to ship them again.
    pub(crate) messages: bool,
}

impl BackfillRequest {
    /// Whether an interrupted backfill does what is asked for, and more objects at most.
    fn is_met_by(&self, interrupted: &Backfill) -> bool {
        let reaches = match (interrupted.since, self.since) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(theirs), Some(ours)) => theirs <= ours,
        };
        interrupted.finished_at.is_none() && interrupted.messages == self.messages && reaches
    }
}

/// Every account that is to be read: the company's own and all that are connected to it.
pub(crate) async fn all_accounts(api: &StripeApi) -> Result<Vec<String>, ServiceError> {
    let connected = api.all(List::new(Resource::Account), Call::default()).await;
    let connected = connected.map_err(|e| unreadable(&e))?;
    let ids = connected.iter().filter_map(|account| account["id"].as_str()).map(str::to_owned);
    Ok(std::iter::once(String::new()).chain(ids).collect())
}

/// Takes in all objects of one kind. `watch` is called with each state that is reached.
///
/// # Errors
/// [`ServiceError`]: Stripe, the broker or the database is unavailable. The next backfill goes on from there.
pub(crate) async fn backfill(
    reader: &Reader,
    resource: Resource,
    request: &BackfillRequest,
    mut watch: impl FnMut(&Backfill),
) -> Result<Backfill, ServiceError> {
    let (object, account) = (resource.object(), request.account.as_str());
    let Some(lock) = reader.lock(&format!("{object} {account}")).await? else {
        return Err(ServiceError::conflict("backfill_running", "another process takes in these objects now"));
    };
    let client = lock.client()?;
    let interrupted =
        store::newest(client, account, object).await?.filter(|newest| request.is_met_by(newest));
    let backfill = match interrupted {
        Some(interrupted) => interrupted,
        None => store::begin(client, account, object, request.since, request.messages).await?,
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

#[cfg(test)]
mod tests {
    use super::*;

    fn interrupted(since: Option<i64>, messages: bool) -> Backfill {
        let at = |second| Timestamp::from_second(second).unwrap();
        Backfill {
            id: 1,
            account: String::new(),
            object: "charge".to_owned(),
            since: since.map(at),
            messages,
            after_object: Some("ch_1".to_owned()),
            reached: Some(at(50)),
            listed: 100,
            started_at: at(100),
            finished_at: None,
            error: None,
        }
    }

    #[test]
    fn an_interrupted_backfill_goes_on_only_where_it_does_all_that_is_asked_for() {
        let request = |since: Option<i64>, messages| BackfillRequest {
            account: String::new(),
            since: since.map(|second| Timestamp::from_second(second).unwrap()),
            messages,
        };
        let meets = |since, messages, interrupted: &Backfill| request(since, messages).is_met_by(interrupted);
        assert!(meets(Some(10), false, &interrupted(Some(10), false)));
        assert!(meets(Some(20), false, &interrupted(Some(10), false)), "--since 30d, ten minutes later");
        assert!(meets(Some(20), false, &interrupted(None, false)));
        assert!(!meets(Some(5), false, &interrupted(Some(10), false)), "further back");
        assert!(!meets(None, false, &interrupted(Some(10), false)));
        assert!(!meets(Some(10), true, &interrupted(Some(10), false)), "with messages this time");
        let finished = Backfill { finished_at: Some(Timestamp::UNIX_EPOCH), ..interrupted(None, false) };
        assert!(!meets(None, false, &finished));
    }
}
