//! What registering, correcting or accepting would change: the act itself in a transaction that is rolled back.
//! Must never commit.

use deadpool_postgres::{Pool, Transaction};
use tokio_postgres::Row;

use super::address::OrderAddress;
use crate::common::error::ServiceError;
use crate::orders::store::{self as store, OrderRow};

pub(crate) const OPEN_CASES: &str = include_str!("sql/open_cases.sql");

/// An order as it is and as it would be.
#[derive(Debug, Clone)]
pub(crate) struct OrderPreview {
    pub(crate) before: Option<OrderRow>,
    pub(crate) after: Option<OrderRow>,
    /// Cases that would be closed.
    pub(crate) closed: Vec<i64>,
    /// Cases that would be open after it.
    pub(crate) open: Vec<i64>,
}

/// What `act` would do to the order.
pub(crate) async fn preview(
    pool: &Pool,
    address: &OrderAddress,
    act: impl AsyncFnOnce(&Transaction<'_>) -> Result<(), ServiceError>,
) -> Result<OrderPreview, ServiceError> {
    let mut client = pool.get().await?;
    let tx = client.transaction().await?;
    let before = store::show(&tx, address).await?;
    let were_open = open_cases(&tx, address).await?;
    act(&tx).await?;
    let after = store::show(&tx, address).await?;
    let open = open_cases(&tx, address).await?;
    tx.rollback().await?;
    let closed = were_open.into_iter().filter(|case| !open.contains(case)).collect();
    Ok(OrderPreview { before, after, closed, open })
}

async fn open_cases(tx: &Transaction<'_>, address: &OrderAddress) -> Result<Vec<i64>, ServiceError> {
    let rows = tx.query(OPEN_CASES, &[&address.id, &address.account, &address.livemode]).await?;
    Ok(rows.iter().map(|row: &Row| row.get("id")).collect())
}
