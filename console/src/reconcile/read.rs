//! What Stripe's API lists of a balance.

use std::collections::BTreeMap;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use stripe_api::{ApiError, Call, List, Resource, StripeApi};

use super::matching::Place;
use super::month::Month;
use super::transaction::{Class, Transaction};

/// Transactions wait for their payout for so long at most where Stripe pays out by itself
/// (<https://docs.stripe.com/payouts#payout-schedule>).
const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(31 * 24);

/// Requests at once; the budget of the key is the client's own.
const AT_ONCE: usize = 8;

/// One payout. Amounts are minor units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Payout {
    pub(super) id: String,
    pub(super) amount: i64,
    pub(super) currency: String,
    /// Stripe's word, an open set.
    pub(super) status: String,
    /// Made by Stripe's schedule.
    pub(super) automatic: bool,
    pub(super) arrival_date: Timestamp,
    pub(super) created: Timestamp,
}

/// What a month's reading brought.
#[derive(Debug, Default)]
pub(super) struct Reading {
    pub(super) payouts: Vec<Payout>,
    /// By id: those of the month, and others that share a payout with them.
    pub(super) transactions: BTreeMap<String, Transaction>,
    /// The payout that a transaction is in.
    pub(super) payout_of: BTreeMap<String, String>,
}

/// Reads the transactions of a month, the payouts that they may be in, and which are in which.
pub(super) async fn month(api: &StripeApi, call: &Call, month: Month) -> Result<Reading, ApiError> {
    let within = |resource, until: Timestamp| {
        let list = List::new(resource).param("created[gte]", month.since.as_second());
        list.param("created[lt]", until.as_second())
    };
    let mut reading = Reading::default();
    for object in api.all(within(Resource::BalanceTransaction, month.until), call.clone()).await? {
        reading.transactions.extend(Transaction::read(&object).map(|txn| (txn.id.clone(), txn)));
    }
    let payouts = api.all(within(Resource::Payout, month.until + LONGEST_WAIT), call.clone()).await?;
    reading.payouts = payouts.iter().filter_map(payout).collect();
    for payout in reading.payouts.iter().filter(|payout| payout.automatic) {
        let inside = List::new(Resource::BalanceTransaction).param("payout", &payout.id);
        for txn in api.all(inside, call.clone()).await?.iter().filter_map(Transaction::read) {
            reading.payout_of.insert(txn.id.clone(), payout.id.clone());
            reading.transactions.insert(txn.id.clone(), txn);
        }
    }
    Ok(reading)
}

fn payout(object: &Value) -> Option<Payout> {
    let text = |name: &str| object[name].as_str().map(str::to_owned);
    let time = |name: &str| Timestamp::from_second(object[name].as_i64()?).ok();
    Some(Payout {
        id: text("id")?,
        amount: object["amount"].as_i64()?,
        currency: text("currency")?,
        status: text("status")?,
        automatic: object["automatic"].as_bool().unwrap_or_default(),
        arrival_date: time("arrival_date").or_else(|| time("created"))?,
        created: time("created")?,
    })
}

/// The charge and payment of sources that no event has named; those that Stripe has not are left out.
pub(super) async fn places(
    api: &StripeApi,
    call: &Call,
    sources: Vec<String>,
) -> Result<Vec<(String, Place)>, ApiError> {
    let found = stream::iter(sources).map(async |source| {
        let Some(resource) = kind(&source) else { return Ok(None) };
        let object = match api.retrieve(resource, &source, call).await {
            Ok(found) => found.object,
            Err(ApiError::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        let text = |name: &str| object[name].as_str().map(str::to_owned);
        let charge = if resource == Resource::Charge { Some(source.clone()) } else { text("charge") };
        let payment = text("payment_intent").or_else(|| charge.clone());
        Ok(Some((source, Place { payment, charge })))
    });
    let found: Vec<_> = found.buffer_unordered(AT_ONCE).try_collect().await?;
    Ok(found.into_iter().flatten().collect())
}

/// All transactions about objects (charges, refunds, disputes), and balance transactions by their ids, of whatever month.
pub(super) async fn about(
    api: &StripeApi,
    call: &Call,
    objects: Vec<(Class, String)>,
) -> Result<Vec<Transaction>, ApiError> {
    let found = stream::iter(objects).map(async |(class, id)| about_one(api, call, class, &id).await);
    let found: Vec<Vec<Value>> = found.buffer_unordered(AT_ONCE).try_collect().await?;
    Ok(found.iter().flatten().filter_map(Transaction::read).collect())
}

async fn about_one(api: &StripeApi, call: &Call, class: Class, id: &str) -> Result<Vec<Value>, ApiError> {
    match (class, kind(id)) {
        (_, None) => Ok(one(api, call, Resource::BalanceTransaction, id).await?.into_iter().collect()),
        // The refunds of a charge of which the ledger knows only the sum.
        (Class::Refund, Some(Resource::Charge)) => {
            let refunds = api.all(List::new(Resource::Refund).param("charge", id), call.clone()).await?;
            let mut found = Vec::new();
            for refund in refunds.iter().filter_map(|refund| refund["id"].as_str()) {
                found.extend(by_source(api, call, refund).await?);
            }
            Ok(found)
        }
        (Class::Refund, Some(Resource::Refund)) => {
            let mut found = by_source(api, call, id).await?;
            // A list by source has only the first transaction of a refund that failed later.
            let refund = one(api, call, Resource::Refund, id).await?;
            let failure =
                refund.and_then(|refund| refund["failure_balance_transaction"].as_str().map(str::to_owned));
            if let Some(failure) = failure {
                found.extend(one(api, call, Resource::BalanceTransaction, &failure).await?);
            }
            Ok(found)
        }
        _ => by_source(api, call, id).await,
    }
}

async fn by_source(api: &StripeApi, call: &Call, source: &str) -> Result<Vec<Value>, ApiError> {
    let list = List::new(Resource::BalanceTransaction).param("source", source);
    match api.all(list, call.clone()).await {
        Err(ApiError::NotFound { .. }) => Ok(Vec::new()),
        found => found,
    }
}

async fn one(api: &StripeApi, call: &Call, resource: Resource, id: &str) -> Result<Option<Value>, ApiError> {
    match api.retrieve(resource, id, call).await {
        Ok(found) => Ok(Some(found.object)),
        Err(ApiError::NotFound { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// What an object is, by its id.
fn kind(id: &str) -> Option<Resource> {
    match id.split_once('_')?.0 {
        "ch" | "py" => Some(Resource::Charge),
        "re" | "pyr" => Some(Resource::Refund),
        "dp" | "du" | "pdp" => Some(Resource::Dispute),
        _ => None,
    }
}
