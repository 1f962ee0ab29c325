//! A reconciliation: reads a month of a balance from Stripe, keeps it, and matches it with the ledger.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use deadpool_postgres::Pool;
use serde::Serialize;
use stripe_api::{Call, StripeApi};

use super::matching::{Books, Group, Place, Unexplained, groups};
use super::month::Month;
use super::read;
use super::store::{self, Balance};
use super::totals::{CurrencyTotals, totals};
use super::transaction::{Class, Transaction};
use crate::common::error::ServiceError;
use crate::sweeps::reader::unreadable;

/// A month of a balance, explained as far as the ledger goes.
#[derive(Debug, Serialize)]
pub(crate) struct Reconciliation {
    /// The connected account; empty is the company's own.
    pub(crate) account: String,
    /// What it comes to, by currency.
    pub(crate) currencies: BTreeMap<String, CurrencyTotals>,
    pub(crate) unexplained: Vec<Unexplained>,
}

/// What a reconciliation reads from.
pub(crate) struct Reconciler<'a> {
    pub(crate) pool: &'a Pool,
    pub(crate) api: &'a StripeApi,
}

impl Reconciler<'_> {
    /// Reconciles a month of a balance.
    ///
    /// # Errors
    /// [`ServiceError`]: Stripe or the database is unavailable.
    pub(crate) async fn reconcile(
        &self,
        balance: &Balance,
        month: Month,
    ) -> Result<Reconciliation, ServiceError> {
        let call = Call::default().account(&balance.account);
        let reading = read::month(self.api, &call, month).await.map_err(|e| unreadable(&e))?;
        store::save(&self.pool.get().await?, balance, &reading).await?;
        let of_month: Vec<Transaction> =
            reading.transactions.into_values().filter(|txn| month.holds(txn.created)).collect();
        let mut books = Books { transactions: of_month.clone(), ..Books::default() };
        self.complete(&mut books, balance, month, &call).await?;
        // What is missing may be of another month: a refund of the 31st that Stripe booked on the 1st.
        let open = open_objects(&groups(&books, month));
        self.add_other_months(&mut books, balance, open, &call).await?;
        self.complete(&mut books, balance, month, &call).await?;
        let groups = groups(&books, month);
        Ok(Reconciliation {
            account: balance.account.clone(),
            currencies: totals(&of_month, &groups, month),
            unexplained: groups.iter().filter_map(Group::unexplained).collect(),
        })
    }

    /// Looks up where the transactions belong, and loads the ledger of the month and of their payments.
    async fn complete(
        &self,
        books: &mut Books,
        balance: &Balance,
        month: Month,
        call: &Call,
    ) -> Result<(), ServiceError> {
        let client = self.pool.get().await?;
        let of_ledger = books.transactions.iter().filter(|txn| txn.class().is_some());
        let sources: BTreeSet<&str> = of_ledger.filter_map(|txn| txn.source.as_deref()).collect();
        let new: Vec<&str> =
            sources.into_iter().filter(|source| !books.places.contains_key(*source)).collect();
        let mut places = store::places(&client, &new).await?;
        let unknown = new.iter().filter(|source| !places.contains_key(**source));
        let unknown: Vec<String> = unknown.map(|source| (*source).to_owned()).collect();
        places.extend(read::places(self.api, call, unknown).await.map_err(|e| unreadable(&e))?);
        books.places.extend(places);
        let payments = payments(&books.places);
        let payments: Vec<&str> = payments.into_iter().collect();
        books.movements = store::movements(&client, balance, month, &payments).await?;
        Ok(())
    }

    async fn add_other_months(
        &self,
        books: &mut Books,
        balance: &Balance,
        open: OpenObjects,
        call: &Call,
    ) -> Result<(), ServiceError> {
        let client = self.pool.get().await?;
        let payments: Vec<&str> = open.payments.iter().map(String::as_str).collect();
        let charges = store::charges(&client, &payments).await?;
        let mut objects = open.objects;
        objects.extend(charges.into_iter().map(|charge| (Class::Payment, charge)));
        let objects: Vec<(Class, String)> = objects.into_iter().collect();
        let found = read::about(self.api, call, objects).await.map_err(|e| unreadable(&e))?;
        let known: BTreeSet<&str> = books.transactions.iter().map(|txn| txn.id.as_str()).collect();
        let new: BTreeMap<String, Transaction> = found
            .into_iter()
            .filter(|txn| !known.contains(txn.id.as_str()))
            .map(|txn| (txn.id.clone(), txn))
            .collect();
        let saved: Vec<&Transaction> = new.values().collect();
        store::save_transactions(&client, balance, &saved, &BTreeMap::new()).await?;
        books.transactions.extend(new.into_values());
        Ok(())
    }
}

/// What is asked for of groups that are not explained.
#[derive(Default)]
struct OpenObjects {
    objects: BTreeSet<(Class, String)>,
    /// Payments, of which the charges are.
    payments: BTreeSet<String>,
}

fn open_objects(groups: &[Group<'_>]) -> OpenObjects {
    let mut open = OpenObjects::default();
    for group in groups.iter().filter(|group| group.problem.is_some()) {
        let sources = group.transactions.iter().filter_map(|txn| txn.source.clone());
        open.objects.extend(sources.map(|source| (group.class, source)));
        if group.class == Class::Payment {
            open.payments.insert(group.about.clone());
        } else {
            open.objects.insert((group.class, group.about.clone()));
        }
    }
    open
}

fn payments(places: &HashMap<String, Place>) -> BTreeSet<&str> {
    places.values().filter_map(|place| place.payment.as_deref()).collect()
}
