//! The ledger as a reconciliation reads it, and the balance transactions and payouts that it keeps.

use std::collections::{BTreeMap, HashMap};

use deadpool_postgres::GenericClient;
use jiff::Timestamp;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use super::matching::Place;
use super::month::Month;
use super::read::{Payout, Reading};
use super::transaction::{Movement, Transaction};
use crate::common::error::ServiceError;

pub(crate) const SAVE_TRANSACTIONS: &str = include_str!("sql/save_transactions.sql");
pub(crate) const SAVE_PAYOUTS: &str = include_str!("sql/save_payouts.sql");
pub(crate) const PLACES: &str = include_str!("sql/places.sql");
pub(crate) const CHARGES: &str = include_str!("sql/charges.sql");
pub(crate) const MOVEMENTS: &str = include_str!("sql/movements.sql");

/// Whose balance it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Balance {
    /// The connected account; empty is the company's own.
    pub(crate) account: String,
    pub(crate) livemode: bool,
}

/// Keeps what was read; what was read before is brought up to date.
pub(super) async fn save(
    client: &impl GenericClient,
    balance: &Balance,
    reading: &Reading,
) -> Result<(), ServiceError> {
    let payouts = &reading.payouts;
    let column = |of: fn(&Payout) -> &str| payouts.iter().map(of).collect::<Vec<&str>>();
    let amounts: Vec<i64> = payouts.iter().map(|payout| payout.amount).collect();
    let automatic: Vec<bool> = payouts.iter().map(|payout| payout.automatic).collect();
    let arrivals: Vec<Timestamp> = payouts.iter().map(|payout| payout.arrival_date).collect();
    let created: Vec<Timestamp> = payouts.iter().map(|payout| payout.created).collect();
    let (ids, currencies, statuses) = (column(|p| &p.id), column(|p| &p.currency), column(|p| &p.status));
    let columns: [&(dyn ToSql + Sync); 9] = [
        &balance.account,
        &balance.livemode,
        &ids,
        &amounts,
        &currencies,
        &statuses,
        &automatic,
        &arrivals,
        &created,
    ];
    client.execute(SAVE_PAYOUTS, &columns).await?;
    let transactions: Vec<&Transaction> = reading.transactions.values().collect();
    save_transactions(client, balance, &transactions, &reading.payout_of).await
}

/// Keeps transactions, each with its payout where that is known.
pub(super) async fn save_transactions(
    client: &impl GenericClient,
    balance: &Balance,
    transactions: &[&Transaction],
    payout_of: &BTreeMap<String, String>,
) -> Result<(), ServiceError> {
    let text = |of: fn(&Transaction) -> &str| transactions.iter().map(|txn| of(txn)).collect::<Vec<&str>>();
    let number = |of: fn(&Transaction) -> i64| transactions.iter().map(|txn| of(txn)).collect::<Vec<i64>>();
    let time = |of: fn(&Transaction) -> Timestamp| transactions.iter().map(|txn| of(txn)).collect::<Vec<_>>();
    let sources: Vec<Option<&str>> = transactions.iter().map(|txn| txn.source.as_deref()).collect();
    let rates: Vec<Option<&str>> = transactions.iter().map(|txn| txn.exchange_rate.as_deref()).collect();
    let payouts: Vec<Option<&str>> =
        transactions.iter().map(|txn| payout_of.get(&txn.id).map(String::as_str)).collect();
    let (ids, kinds, categories) = (text(|t| &t.id), text(|t| &t.kind), text(|t| &t.category));
    let (amounts, fees, nets) = (number(|t| t.amount), number(|t| t.fee), number(|t| t.net));
    let currencies = text(|t| &t.currency);
    let (created, available) = (time(|t| t.created), time(|t| t.available_on));
    let columns: [&(dyn ToSql + Sync); 14] = [
        &balance.account,
        &balance.livemode,
        &ids,
        &kinds,
        &categories,
        &sources,
        &amounts,
        &fees,
        &nets,
        &currencies,
        &rates,
        &payouts,
        &created,
        &available,
    ];
    client.execute(SAVE_TRANSACTIONS, &columns).await?;
    Ok(())
}

/// Where sources belong, of those that the workers know.
pub(super) async fn places(
    client: &impl GenericClient,
    sources: &[&str],
) -> Result<HashMap<String, Place>, ServiceError> {
    let rows = client.query(PLACES, &[&sources]).await?;
    let place = |row: &Row| (row.get(0), Place { payment: row.get(1), charge: row.get(2) });
    Ok(rows.iter().map(place).collect())
}

/// The charges of payments.
pub(super) async fn charges(
    client: &impl GenericClient,
    payments: &[&str],
) -> Result<Vec<String>, ServiceError> {
    Ok(client.query(CHARGES, &[&payments]).await?.iter().map(|row| row.get(0)).collect())
}

/// The rows of the ledger of a month, and all of some payments.
pub(super) async fn movements(
    client: &impl GenericClient,
    balance: &Balance,
    month: Month,
    payments: &[&str],
) -> Result<Vec<Movement>, ServiceError> {
    let parameters: [&(dyn ToSql + Sync); 5] =
        [&balance.account, &balance.livemode, &month.since, &month.until, &payments];
    let movement = |row: &Row| Movement {
        key: row.get("key"),
        kind: row.get("kind"),
        object: row.get("object_id"),
        payment: row.get("payment_id"),
        amount: row.get("amount"),
        currency: row.get("currency"),
        at: row.get("at"),
    };
    Ok(client.query(MOVEMENTS, &parameters).await?.iter().map(movement).collect())
}
