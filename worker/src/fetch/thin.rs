//! Thin events: they name an object, which is fetched before the transaction. Each object once for a batch.

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use deadpool_postgres::Pool;
use domain::decide::Prepared;
use domain::event::Event;
use domain::fetched::{self, Fetched, Source};
use domain::handlers::{EVENTS_WERE_LOST, Intent, handles};
use domain::rejection::{Reason, Rejection};
use domain::rules::Rules;
use futures_util::future::join_all;
use serde_json::Value;
use service::error::chain;
use stripe_api::{ApiError, Call, DEFAULT_VERSION, Resource, Retrieved, RetryPolicy, StripeApi};

use super::retrieve;
use crate::process::InboundEvent;
use crate::store;

/// Less than a batch may stand still for: what takes longer climbs the retry schedule.
const POLICY: RetryPolicy = RetryPolicy {
    attempts: 2,
    first_pause: Duration::from_millis(500),
    longest_queue: Duration::from_secs(10),
    longest_pause: Duration::from_secs(5),
};

/// Turns thin events into whole ones.
#[derive(Clone)]
pub(crate) struct ThinEvents {
    api: StripeApi,
    pool: Pool,
    rules: Rules,
}

/// What a thin event is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Wanted {
    resource: Resource,
    id: String,
    account: String,
}

/// A thin event and what it says.
struct Said {
    wanted: Wanted,
    /// The type of the snapshot event that says the same.
    kind: String,
    source: Source,
}

impl ThinEvents {
    pub(crate) fn new(api: &StripeApi, pool: Pool, rules: Rules) -> Self {
        Self { api: api.with_policy(POLICY), pool, rules }
    }

    /// Puts the objects in that thin events name. One that cannot be fetched is rejected.
    pub(crate) async fn complete(&self, events: Vec<InboundEvent>) -> Vec<InboundEvent> {
        let thin: Vec<&Event> = events.iter().filter_map(needs_object).collect();
        if thin.is_empty() {
            return events;
        }
        let done = self.took_effect(&thin).await;
        let said = join_all(events.iter().map(async |inbound| match needs_object(inbound) {
            Some(event) if !done.contains(&event.id) || inbound.headers.replay_of.is_some() => {
                Some(self.said(event).await)
            }
            _ => None,
        }));
        let said = said.await;
        let wanted: BTreeMap<&Wanted, ()> =
            said.iter().flatten().flatten().map(|said| (&said.wanted, ())).collect();
        let found = join_all(wanted.into_keys().map(async |wanted| (wanted, self.fetch(wanted).await)));
        let found: BTreeMap<_, _> = found.await.into_iter().collect();
        let complete = events.into_iter().zip(&said).map(|(inbound, said)| match said {
            None => inbound,
            Some(Err(rejection)) => rejected(inbound, rejection.clone()),
            Some(Ok(said)) => match &found[&said.wanted] {
                Ok(retrieved) => self.completed(inbound, said, retrieved),
                Err(rejection) => rejected(inbound, rejection.clone()),
            },
        });
        complete.collect()
    }

    /// Those that took effect before, by themselves or as snapshots: nothing is fetched for them.
    async fn took_effect(&self, thin: &[&Event]) -> HashSet<String> {
        let ids: Vec<&str> = thin.iter().map(|event| event.id.as_str()).collect();
        let done = store::took_effect(&self.pool, &ids).await;
        // The claim finds them too, later.
        done.unwrap_or_default()
    }

    async fn said(&self, event: &Event) -> Result<Said, Rejection> {
        if event.kind != EVENTS_WERE_LOST {
            let kind = event.kind.strip_prefix("v1.").unwrap_or(&event.kind).to_owned();
            let account = event.account.clone().unwrap_or_default();
            return Ok(Said { wanted: wanted(&event.object, account)?, kind, source: Source::ThinEvent });
        }
        let call = Call::default().account(event.account.as_deref().unwrap_or_default());
        let whole = self.api.retrieve(Resource::ThinEvent, &event.id, &call).await;
        let impact = &whole.map_err(|error| rejection(&error, "event", &event.id))?.object["data"]["impact"];
        let account = impact["context"].as_str().or(event.account.as_deref()).unwrap_or_default().to_owned();
        let wanted = wanted(&impact["related_object"], account)?;
        let lost = impact["event_type"].as_str().unwrap_or_default();
        let lost = lost.strip_prefix("v1.").unwrap_or(lost);
        let by_object = || fetched::TYPES.iter().find(|(object, _)| *object == wanted.resource.object());
        let kind = if handles(lost) { lost } else { by_object().map_or(lost, |(_, kind)| kind) };
        Ok(Said { kind: kind.to_owned(), wanted, source: Source::LostEvent })
    }

    async fn fetch(&self, wanted: &Wanted) -> Result<Retrieved, Rejection> {
        let call = Call::default().account(&wanted.account);
        let found = retrieve(&self.api, wanted.resource, &wanted.id, &call).await;
        let outcome = found.as_ref().map_or_else(ApiError::as_str, |_| "ok");
        metrics::counter!("sluicegate_fetches_total", "cause" => "thin_event", "outcome" => outcome)
            .increment(1);
        found.map_err(|error| rejection(&error, wanted.resource.object(), &wanted.id))
    }

    /// The same delivery, with its bytes as they were received, and the event that it stands for.
    fn completed(&self, inbound: InboundEvent, said: &Said, retrieved: &Retrieved) -> InboundEvent {
        let Ok(thin) = &inbound.event else { return inbound };
        let mut origin = thin.event.origin();
        origin.account.clone_from(&said.wanted.account);
        let (object, as_of) = (&retrieved.object, retrieved.as_of);
        let fetched =
            Fetched { object, origin: &origin, version: DEFAULT_VERSION, as_of, source: said.source };
        let whole = fetched.as_event(&thin.event.id, &said.kind);
        let whole = InboundEvent::new(inbound.headers.clone(), whole.body, &self.rules);
        InboundEvent { body: inbound.body, ..whole }
    }
}

/// The thin event in a delivery, where its object is needed.
fn needs_object(inbound: &InboundEvent) -> Option<&Event> {
    let prepared = inbound.event.as_ref().ok()?;
    match &prepared.intent {
        Intent::Reject(rejection) if rejection.reason() == Reason::NeedsApiKey => Some(&prepared.event),
        _ => None,
    }
}

fn wanted(related: &Value, account: String) -> Result<Wanted, Rejection> {
    let (kind, id) = (related["type"].as_str().unwrap_or_default(), related["id"].as_str());
    let resource = Resource::of_object(kind);
    let (Some(resource), Some(id)) = (resource, id) else {
        let detail = format!("`related_object` is no object that can be fetched: {kind:?}");
        return Err(Rejection::permanent(Reason::UnexpectedObject, detail));
    };
    Ok(Wanted { resource, id: id.to_owned(), account })
}

fn rejected(inbound: InboundEvent, rejection: Rejection) -> InboundEvent {
    let event = inbound.event.map(|thin| Prepared { intent: Intent::Reject(rejection), ..thin });
    InboundEvent { event, ..inbound }
}

/// What is not there will not come; everything else may pass, or be fixed by whoever sees the retries.
fn rejection(error: &ApiError, object: &str, id: &str) -> Rejection {
    let detail = format!("{object} {id}: {}", chain(error));
    match error {
        ApiError::NotFound { .. } | ApiError::InvalidRequest { .. } => {
            Rejection::permanent(Reason::FetchFailed, detail)
        }
        _ => Rejection::retry(Reason::FetchFailed, detail),
    }
}
