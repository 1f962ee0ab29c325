//! Loads the aggregates that a batch touches, under lock.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use deadpool_postgres::Transaction;
use tokio_postgres::Row;

use super::error::StoreError;
use domain::invoice::Invoice;
use domain::order::{Expected, Order};
use domain::origin::{OrderKey, Origin};
use domain::payment::{HeldReason, Payment};
use domain::state::{ChargeLink, Keys, State};
use domain::subscription::Subscription;

/// How the rows of one table are locked.
pub(super) struct Locking {
    /// Creates the missing rows, so that two workers never miss each other's changes.
    pub(super) create: &'static str,
    /// Locks and reads all of them.
    pub(super) load: &'static str,
}

pub(super) const CHARGES: Locking =
    Locking { create: include_str!("sql/create_charges.sql"), load: include_str!("sql/load_charges.sql") };
pub(super) const PAYMENTS: Locking =
    Locking { create: include_str!("sql/create_payments.sql"), load: include_str!("sql/load_payments.sql") };
pub(super) const ORDERS: Locking =
    Locking { create: include_str!("sql/create_orders.sql"), load: include_str!("sql/load_orders.sql") };
pub(super) const INVOICES: Locking =
    Locking { create: include_str!("sql/create_invoices.sql"), load: include_str!("sql/load_invoices.sql") };
pub(super) const KNOWN_PAYMENTS: &str = include_str!("sql/known_payments.sql");
pub(super) const PLACED: &str = include_str!("sql/placed.sql");
pub(super) const SUBSCRIPTIONS: Locking = Locking {
    create: include_str!("sql/create_subscriptions.sql"),
    load: include_str!("sql/load_subscriptions.sql"),
};

/// Locks and loads everything that the events behind `keys` may touch. What an event names comes first;
/// what the loaded rows are joined to (a charge's payment, the orders that a payment names) follows from them.
///
/// # Errors
/// [`StoreError`] from PostgreSQL, or when a stored state cannot be read back.
pub async fn load(tx: &Transaction<'_>, keys: &Keys) -> Result<State, StoreError> {
    let mut state = State::default();
    let mut payments = keys.payments.clone();
    let mut orders = keys.orders.clone();

    let charges: BTreeSet<String> = keys.charges.keys().cloned().collect();
    for (id, new, row) in lock(tx, &CHARGES, &charges).await? {
        let link = ChargeLink { payment: row.get("payment_id") };
        match &link.payment {
            Some(payment) => payments.extend([payment.clone()]),
            None if keys.charges.get(&id) == Some(&true) => payments.extend([id.clone()]),
            None => {}
        }
        state.charges.add(id, (!new).then_some(link));
    }
    let mut subscriptions = keys.subscriptions.clone();
    for (id, new, row) in lock(tx, &INVOICES, &keys.invoices).await? {
        let mut invoice: Invoice = read_state("invoice", &id, &row)?;
        invoice.linked = row.get("subscription_id");
        subscriptions.extend(invoice.linked.clone());
        payments.extend(invoice.payment_intents());
        payments.extend(invoice.charges_alone());
        orders.extend(invoice.order_key());
        state.invoices.add(id, (!new).then_some(invoice));
    }
    payments.extend(known(tx, &keys.payments_if_known).await?);
    state.placed = placed(tx, &keys.unplaced).await?;
    payments.extend(state.placed.values().cloned());
    for (id, new, row) in lock(tx, &PAYMENTS, &payments).await? {
        let mut payment: Payment = read_state("payment", &id, &row)?;
        payment.linked = row.get("order_id");
        payment.held = row.get::<_, Option<&str>>("held_reason").and_then(HeldReason::parse);
        orders.extend(payment.orders_in_reach());
        subscriptions.extend(payment.subscriptions().map(str::to_owned));
        state.payments.add(id, (!new).then_some(payment));
    }
    for (key, new, row) in lock_orders(tx, &orders).await? {
        let mut order: Order = read_state("order", &key.id, &row)?;
        order.expected = expected(&row);
        state.orders.add(key, (!new).then_some(order));
    }
    for (id, new, row) in lock(tx, &SUBSCRIPTIONS, &subscriptions).await? {
        let subscription: Subscription = read_state("subscription", &id, &row)?;
        state.subscriptions.add(id, (!new).then_some(subscription));
    }
    Ok(state)
}

/// How often creating and locking rows is repeated before the batch starts over.
const ROUNDS: usize = 5;

/// A row that another batch drops while this one waits for it is missing from what was locked: it is created
/// again. Such a row is locked out of the order of ids; where that ends in a deadlock, PostgreSQL ends one of
/// the two batches, which is then tried again.
async fn lock(
    tx: &Transaction<'_>,
    how: &Locking,
    ids: &BTreeSet<String>,
) -> Result<Vec<(String, bool, Row)>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let create = tx.prepare_cached(how.create).await?;
    let load = tx.prepare_cached(how.load).await?;
    let mut new: HashSet<String> = HashSet::new();
    for _ in 0..ROUNDS {
        new.extend(tx.query(&create, &[&ids]).await?.iter().map(|row| row.get::<_, String>(0)));
        let rows = tx.query(&load, &[&ids]).await?;
        if rows.len() == ids.len() {
            return Ok(rows.into_iter().map(|row| with_id(row, &new)).collect());
        }
    }
    Err(StoreError::Vanishing)
}

/// The payments among these that exist.
async fn known(tx: &Transaction<'_>, ids: &BTreeSet<String>) -> Result<Vec<String>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let rows = tx.query(&tx.prepare_cached(KNOWN_PAYMENTS).await?, &[&ids]).await?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

/// Which payments these refunds and disputes are kept in, of those that are kept.
async fn placed(
    tx: &Transaction<'_>,
    ids: &BTreeSet<String>,
) -> Result<BTreeMap<String, String>, StoreError> {
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let rows = tx.query(&tx.prepare_cached(PLACED).await?, &[&ids]).await?;
    Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
}

/// As [`lock`], by account, mode and id.
async fn lock_orders(
    tx: &Transaction<'_>,
    keys: &BTreeSet<OrderKey>,
) -> Result<Vec<(OrderKey, bool, Row)>, StoreError> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let accounts: Vec<&str> = keys.iter().map(|key| key.origin.account.as_str()).collect();
    let modes: Vec<bool> = keys.iter().map(|key| key.origin.livemode).collect();
    let ids: Vec<&str> = keys.iter().map(|key| key.id.as_str()).collect();
    let create = tx.prepare_cached(ORDERS.create).await?;
    let load = tx.prepare_cached(ORDERS.load).await?;
    let mut new: HashSet<OrderKey> = HashSet::new();
    for _ in 0..ROUNDS {
        new.extend(tx.query(&create, &[&accounts, &modes, &ids]).await?.iter().map(order_key));
        let rows = tx.query(&load, &[&accounts, &modes, &ids]).await?;
        if rows.len() == keys.len() {
            let with_key = |row: Row| (order_key(&row), new.contains(&order_key(&row)), row);
            return Ok(rows.into_iter().map(with_key).collect());
        }
    }
    Err(StoreError::Vanishing)
}

fn order_key(row: &Row) -> OrderKey {
    let origin = Origin { account: row.get("account"), livemode: row.get("livemode") };
    OrderKey { origin, id: row.get("id") }
}

fn with_id(row: Row, new: &HashSet<String>) -> (String, bool, Row) {
    let id: String = row.get(0);
    let new = new.contains(&id);
    (id, new, row)
}

fn read_state<T: serde::de::DeserializeOwned>(
    table: &'static str,
    id: &str,
    row: &Row,
) -> Result<T, StoreError> {
    let state: &str = row.get("state");
    serde_json::from_str(state).map_err(|source| StoreError::State { table, id: id.to_owned(), source })
}

fn expected(row: &Row) -> Option<Expected> {
    let registered: bool = row.get("registered");
    let (amount, currency) = (row.get::<_, Option<i64>>("amount"), row.get::<_, Option<String>>("currency"));
    Some(Expected {
        customer: row.get("customer"),
        amount: amount.filter(|_| registered)?,
        currency: currency?,
        reference_code: row.get("reference_code"),
    })
}
