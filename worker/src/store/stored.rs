//! How an aggregate is kept in its table: locked and loaded, saved, dropped. One mechanism for all of them.

use std::collections::HashSet;
use std::fmt::Debug;
use std::hash::Hash;

use deadpool_postgres::Transaction;
use domain::aggregate::Aggregate;
use domain::keys::Keys;
use domain::origin::{OrderKey, Origin};
use domain::rules::Rules;
use domain::state::Table;
use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio_postgres::Row;

use super::batch::{BatchRow, Columns, execute, parameters};
use super::error::StoreError;

/// The statements of one table. The first parameters of all but `save` are the columns of the key.
pub(super) struct Statements {
    /// Creates the missing rows, so that two workers never miss each other's changes; returns their keys.
    pub(super) create: &'static str,
    /// Locks and reads all of them, in the order of their keys.
    pub(super) load: &'static str,
    /// Updates rows that are there.
    pub(super) save: &'static str,
    /// Deletes rows that hold nothing.
    pub(super) drop: &'static str,
}

/// What the columns of a row depend on besides its state.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    pub(super) rules: &'a Rules,
    /// PostgreSQL's time.
    pub(super) now: Timestamp,
}

/// An aggregate with a table.
pub(super) trait Stored: Aggregate<Key: RowKey> {
    /// The statements of its table.
    const STATEMENTS: Statements;

    /// A row of `save`.
    type Row<'a>: BatchRow<'a>
    where
        Self: 'a;

    /// Reads a row of `load`.
    fn read(key: &Self::Key, row: &Row) -> Result<Self, StoreError>;

    /// The row to save.
    fn row<'a>(&'a self, key: &'a Self::Key, context: Context<'_>) -> Result<Self::Row<'a>, StoreError>;
}

/// A primary key.
pub(super) trait RowKey: Ord + Clone + Hash + Debug + 'static {
    /// As the first parameters of a statement.
    fn columns<'a>(keys: impl Iterator<Item = &'a Self>) -> Columns<'a>;

    /// The key of a row that a statement returns.
    fn read(row: &Row) -> Self;
}

impl RowKey for String {
    fn columns<'a>(keys: impl Iterator<Item = &'a Self>) -> Columns<'a> {
        vec![Box::new(keys.map(String::as_str).collect::<Vec<&str>>())]
    }

    fn read(row: &Row) -> Self {
        row.get("id")
    }
}

impl RowKey for OrderKey {
    fn columns<'a>(keys: impl Iterator<Item = &'a Self>) -> Columns<'a> {
        let (mut accounts, mut modes, mut ids) = (Vec::new(), Vec::new(), Vec::new());
        for key in keys {
            accounts.push(key.origin.account.as_str());
            modes.push(key.origin.livemode);
            ids.push(key.id.as_str());
        }
        vec![Box::new(accounts), Box::new(modes), Box::new(ids)]
    }

    fn read(row: &Row) -> Self {
        let origin = Origin { account: row.get("account"), livemode: row.get("livemode") };
        Self { origin, id: row.get("id") }
    }
}

/// How often creating and locking rows is repeated before the batch starts over.
const ROUNDS: usize = 5;

/// Locks and loads the rows of one table that are wanted, and adds what they are joined to.
///
/// A row that another batch drops while this one waits for it is missing from what was locked: it is created
/// again. Such a row is locked out of the order of keys; where that ends in a deadlock, PostgreSQL ends one of
/// the two batches, which is then tried again.
pub(super) async fn load_table<T: Stored>(
    tx: &Transaction<'_>,
    table: &mut Table<T>,
    keys: &mut Keys,
) -> Result<(), StoreError> {
    let wanted = T::wanted(keys);
    if wanted.is_empty() {
        return Ok(());
    }
    let columns = T::Key::columns(wanted.iter());
    let columns = parameters(&columns);
    let create = tx.prepare_cached(T::STATEMENTS.create).await?;
    let load = tx.prepare_cached(T::STATEMENTS.load).await?;
    let mut created: HashSet<T::Key> = HashSet::new();
    for _ in 0..ROUNDS {
        created.extend(tx.query(&create, &columns).await?.iter().map(T::Key::read));
        let rows = tx.query(&load, &columns).await?;
        if rows.len() < wanted.len() {
            continue;
        }
        for row in &rows {
            let key = T::Key::read(row);
            let aggregate = T::read(&key, row)?;
            aggregate.joined(&key, keys);
            let is_new = created.contains(&key);
            table.add(key, (!is_new).then_some(aggregate));
        }
        return Ok(());
    }
    Err(StoreError::Vanishing)
}

/// Saves the rows that changed and drops those that hold nothing.
pub(super) async fn save_table<T: Stored>(
    tx: &Transaction<'_>,
    table: &Table<T>,
    context: Context<'_>,
) -> Result<(), StoreError> {
    let changed = table.changed().filter(|(_, row)| !row.now.is_empty());
    save_rows(tx, changed.map(|(key, row)| (key, &row.now)), context).await?;
    let empty: Vec<&T::Key> =
        table.rows().filter(|(_, row)| row.now.is_empty()).map(|(key, _)| key).collect();
    if !empty.is_empty() {
        let columns = T::Key::columns(empty.into_iter());
        tx.execute(&tx.prepare_cached(T::STATEMENTS.drop).await?, &parameters(&columns)).await?;
    }
    Ok(())
}

/// Saves rows.
pub(super) async fn save_rows<'a, T: Stored + 'a>(
    tx: &Transaction<'_>,
    rows: impl Iterator<Item = (&'a T::Key, &'a T)>,
    context: Context<'_>,
) -> Result<(), StoreError> {
    let rows: Result<Vec<_>, _> = rows.map(|(key, aggregate)| aggregate.row(key, context)).collect();
    execute(tx, T::STATEMENTS.save, rows?, context.now).await
}

/// The state of a row, as it was stored.
pub(super) fn read_state<T: Aggregate + DeserializeOwned>(
    key: &impl ToString,
    row: &Row,
) -> Result<T, StoreError> {
    serde_json::from_str(row.get("state")).map_err(|source| unreadable::<T>(key, source))
}

/// The state of a row, as it is stored.
pub(super) fn document<T: Aggregate + Serialize>(
    key: &impl ToString,
    state: &T,
) -> Result<String, StoreError> {
    serde_json::to_string(state).map_err(|source| unreadable::<T>(key, source))
}

fn unreadable<T: Aggregate>(key: &impl ToString, source: serde_json::Error) -> StoreError {
    StoreError::State { table: T::NAME, id: key.to_string(), source }
}

/// Unix seconds as PostgreSQL takes them; what no calendar holds is left out.
pub(super) fn time(seconds: Option<i64>) -> Option<Timestamp> {
    seconds.and_then(|seconds| Timestamp::from_second(seconds).ok())
}
