//! A comparison: reads Stripe's lists and has the workers' code say what each object would change. What differs is asked
//! for once more before it counts: a webhook may have been on its way, and a replica of Stripe's may have lagged.

use std::collections::HashSet;
use std::pin::pin;
use std::time::Duration;

use domain::rules::Rules;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use jiff::Timestamp;
use stripe_api::{ApiError, Call, DEFAULT_VERSION, List, Resource, Retrieved};

use super::difference::Difference;
use super::outlook::{Outlook, outlook};
use super::repair::Repair;
use super::report::{Drift, DriftKind, DriftReport, KindSummary};
use super::sample::Sample;
use super::store::{self, Rows};
use crate::backfills::part::BackfillPart;
use crate::backfills::service::complete;
use crate::common::error::ServiceError;
use crate::sweeps::reader::{Reader, unreadable};

/// Objects that are compared at once: each takes a connection to the database.
const AT_ONCE: usize = 4;

/// What is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DriftRequest {
    pub(crate) part: BackfillPart,
    /// Connected accounts; empty is the company's own.
    pub(crate) accounts: Vec<String>,
    /// The mode that the API key reads; none: both.
    pub(crate) livemode: Option<bool>,
    /// Objects that Stripe made from then on, and rows that were written from then on; none: all.
    pub(crate) since: Option<Timestamp>,
    pub(crate) sample: Sample,
    /// How long a difference must last before it counts.
    pub(crate) settle: Duration,
}

/// What a comparison needs.
pub(crate) struct Comparer<'a> {
    pub(crate) reader: &'a Reader,
    pub(crate) rules: &'a Rules,
    /// None: nothing is repaired.
    pub(crate) repair: Option<Repair<'a>>,
}

/// An account's objects, and the shape in which its webhooks come.
struct Scope {
    account: String,
    version: String,
}

/// An object that seems to differ.
struct Candidate<'a> {
    scope: &'a Scope,
    resource: Resource,
    id: String,
    /// Stripe's list has it.
    listed: bool,
}

impl Comparer<'_> {
    /// Compares all that is asked for, and repairs it where that is asked for too. `watch` is called as it goes on.
    ///
    /// # Errors
    /// [`ServiceError`]: Stripe, the database or, for a repair, the broker or the workers are unavailable.
    pub(crate) async fn compare(
        &self,
        request: &DriftRequest,
        mut watch: impl FnMut(&KindSummary),
    ) -> Result<DriftReport, ServiceError> {
        let mut scopes = Vec::with_capacity(request.accounts.len());
        for account in &request.accounts {
            let version = store::api_version(&self.reader.pool.get().await?, account).await?;
            let version = version.unwrap_or_else(|| DEFAULT_VERSION.to_owned());
            scopes.push(Scope { account: account.clone(), version });
        }
        let mut report = DriftReport::default();
        // What a payment means for its invoice is seen only once the invoice is as Stripe has it.
        let is_last = |resource: &&Resource| **resource == Resource::InvoicePayment;
        let (last, first): (Vec<&Resource>, Vec<&Resource>) =
            request.part.resources().iter().partition(is_last);
        for stage in [first, last] {
            let mut candidates = Vec::new();
            for scope in &scopes {
                for resource in &stage {
                    candidates.extend(self.look(request, scope, **resource, &mut report, &mut watch).await?);
                }
            }
            if !candidates.is_empty() {
                tokio::time::sleep(request.settle).await;
            }
            for candidate in candidates {
                if let Some(drift) = self.settle(&candidate, &report).await? {
                    report.add(candidate.resource, drift);
                }
            }
        }
        Ok(report)
    }

    /// The objects of one kind that seem to differ.
    async fn look<'s>(
        &self,
        request: &DriftRequest,
        scope: &'s Scope,
        resource: Resource,
        report: &mut DriftReport,
        watch: &mut impl FnMut(&KindSummary),
    ) -> Result<Vec<Candidate<'s>>, ServiceError> {
        let (mut listed, mut candidates) = (HashSet::new(), Vec::new());
        let candidate = |id: String, listed: bool| Candidate { scope, resource, id, listed };
        let call = scope.call();
        let mut pages = pin!(self.reader.api.pages(list(resource, request.since), call.clone()));
        while let Some(mut page) = pages.try_next().await.map_err(|e| unreadable(&e))? {
            page.data.retain(|object| {
                let id = object["id"].as_str().unwrap_or_default();
                listed.insert(id.to_owned());
                request.sample.chooses(id)
            });
            let objects = complete(self.reader, resource, page, &call).await?;
            report.kind(resource, &scope.account).compared +=
                u64::try_from(objects.len()).unwrap_or(u64::MAX);
            let outlooks = stream::iter(&objects).map(async |found| {
                let outlook = self.outlook(found, scope).await?;
                let id = found.object["id"].as_str().unwrap_or_default().to_owned();
                Ok::<_, ServiceError>(outlook.filter(|outlook| !outlook.is_clean()).map(|_| id))
            });
            let differing: Vec<Option<String>> = outlooks.buffered(AT_ONCE).try_collect().await?;
            candidates.extend(differing.into_iter().flatten().map(|id| candidate(id, true)));
            watch(report.kind(resource, &scope.account));
        }
        let stored = self.only_here(request, scope, resource, &listed).await?;
        report.kind(resource, &scope.account).compared += u64::try_from(stored.len()).unwrap_or(u64::MAX);
        candidates.extend(stored.into_iter().map(|id| candidate(id, false)));
        Ok(candidates)
    }

    /// What the database has and Stripe's list has not. It may still be there: the list is cut off at `since`.
    async fn only_here(
        &self,
        request: &DriftRequest,
        scope: &Scope,
        resource: Resource,
        listed: &HashSet<String>,
    ) -> Result<Vec<String>, ServiceError> {
        let (account, livemode, since) = (scope.account.clone(), request.livemode, request.since);
        let rows = Rows { account, livemode, since };
        let client = self.reader.pool.get().await?;
        let (mut missing, mut after) = (Vec::new(), String::new());
        loop {
            let page = store::ids(&client, resource, &rows, &after).await?;
            let Some(last) = page.last() else { return Ok(missing) };
            after.clone_from(last);
            missing.extend(page.into_iter().filter(|id| !listed.contains(id) && request.sample.chooses(id)));
        }
    }

    async fn outlook(&self, found: &Retrieved, scope: &Scope) -> Result<Option<Outlook>, ServiceError> {
        outlook(&self.reader.pool, self.rules, found, &scope.account, &scope.version).await
    }

    /// Asks for an object once more: what still differs is drift, and is repaired where that is asked for.
    async fn settle(
        &self,
        candidate: &Candidate<'_>,
        report: &DriftReport,
    ) -> Result<Option<Drift>, ServiceError> {
        let found = match self.retrieve(candidate).await {
            Ok(found) => found,
            // It was deleted after it had been listed.
            Err(ApiError::NotFound { .. }) if candidate.listed => return Ok(None),
            Err(ApiError::NotFound { .. }) => return Ok(Some(candidate.drift(DriftKind::MissingAtStripe))),
            Err(error) => return Err(unreadable(&error)),
        };
        let Some(outlook) = self.outlook(&found, candidate.scope).await? else { return Ok(None) };
        let untold = report.untold(outlook.differences);
        if let Some(error) = outlook.error {
            return Ok(Some(Drift { error: Some(error), ..candidate.drift(DriftKind::Refused) }));
        }
        if untold.is_empty() {
            return Ok(None);
        }
        let is_new = |d: &Difference| d.field == "id" && d.id == candidate.id && d.here.is_null();
        let kind = if untold.iter().any(is_new) { DriftKind::MissingHere } else { DriftKind::Differs };
        let mut drift = Drift { differences: untold, messages: outlook.messages, ..candidate.drift(kind) };
        if let Some(repair) = &self.repair {
            repair.publish(self.reader, &outlook.event).await?;
            let left = self.outlook(&found, candidate.scope).await?;
            drift.repaired_by = left.is_some_and(|left| left.is_clean()).then_some(outlook.event.id);
        }
        Ok(Some(drift))
    }

    async fn retrieve(&self, candidate: &Candidate<'_>) -> Result<Retrieved, ApiError> {
        let (api, call) = (&self.reader.api, candidate.scope.call());
        match candidate.resource {
            Resource::Invoice => api.invoice(&candidate.id, &call).await,
            resource => api.retrieve(resource, &candidate.id, &call).await,
        }
    }
}

impl Scope {
    fn call(&self) -> Call {
        Call::default().account(&self.account).version(Some(&self.version))
    }
}

impl Candidate<'_> {
    fn drift(&self, kind: DriftKind) -> Drift {
        Drift {
            object: self.resource.object(),
            id: self.id.clone(),
            account: self.scope.account.clone(),
            kind,
            differences: Vec::new(),
            messages: Vec::new(),
            error: None,
            repaired_by: None,
        }
    }
}

fn list(resource: Resource, since: Option<Timestamp>) -> List {
    let list = List::new(resource);
    // Canceled ones are left out otherwise.
    let list = if resource == Resource::Subscription { list.param("status", "all") } else { list };
    match since {
        Some(since) => list.param("created[gte]", since.as_second()),
        None => list,
    }
}
