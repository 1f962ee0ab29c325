//! Showing an order, at once or as soon as its status changes.

use deadpool_postgres::Pool;
use tokio::time::Instant;

use super::view::{self, OrderView};
use super::wait::Wait;
use super::watch::OrderWatch;
use crate::common::error::ServiceError;
use crate::common::role::Role;
use crate::masking;
use crate::orders::address::OrderAddress;
use crate::orders::status::OrderStatus;
use crate::orders::store;

/// One order with everything that belongs to it, as the role may see it.
pub(crate) async fn show(pool: &Pool, address: &OrderAddress, role: Role) -> Result<OrderView, ServiceError> {
    let view = view::load(&pool.get().await?, address).await?;
    Ok(masking::for_role(view, role))
}

/// The same, as soon as its status is another than `wait` says, and at the latest when the time is over.
pub(crate) async fn show_after(
    pool: &Pool,
    watch: &OrderWatch,
    address: &OrderAddress,
    wait: Wait,
    role: Role,
) -> Result<OrderView, ServiceError> {
    let deadline = Instant::now() + wait.time;
    // Before the first look, so that no change falls between the two.
    let mut waiter = watch.waiter(address)?;
    let first = status(pool, address).await?;
    let from = wait.from.unwrap_or(first);
    let mut now = first;
    while now == from && waiter.changed(deadline).await {
        now = status(pool, address).await?;
    }
    show(pool, address, role).await
}

/// Takes a connection for the question alone.
async fn status(pool: &Pool, address: &OrderAddress) -> Result<OrderStatus, ServiceError> {
    let order = store::show(&pool.get().await?, address).await?;
    Ok(order.ok_or_else(|| address.not_found())?.status)
}
