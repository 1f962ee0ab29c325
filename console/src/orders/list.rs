//! A page of orders, newest first.

use deadpool_postgres::{GenericClient, Pool};
use jiff::Timestamp;
use tokio_postgres::Row;

use super::status::OrderStatus;
use super::store::OrderRow;
use crate::common::error::ServiceError;
use crate::common::origin::OriginFilter;
use crate::common::paging::{self, Page, PageRequest};
use crate::common::role::Role;
use crate::masking;

pub(crate) const PAGE: &str = include_str!("sql/order_page.sql");

/// Which orders are asked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct OrderFilter {
    /// The Stripe customer.
    pub(crate) customer: Option<String>,
    pub(crate) status: Option<OrderStatus>,
    /// Created then or later.
    pub(crate) since: Option<Timestamp>,
    /// Created before.
    pub(crate) until: Option<Timestamp>,
    pub(crate) origin: OriginFilter,
}

/// A page of orders, newest first, as the role may see them.
pub(crate) async fn list(
    pool: &Pool,
    filter: OrderFilter,
    page: &PageRequest,
    role: Role,
) -> Result<Page<OrderRow>, ServiceError> {
    let filter = OrderFilter { customer: paging::text("customer", filter.customer)?, ..filter };
    let (limit, after) = (page.limit()?, OrderCursor::read(page.before.as_deref())?);
    let found = rows(&pool.get().await?, &filter, after, limit + 1).await?;
    let page = Page::cut(found, limit, |(_, cursor)| cursor.to_string());
    let items = page.items.into_iter().map(|(order, _)| order).collect();
    Ok(masking::for_role(Page { items, next: page.next }, role))
}

async fn rows(
    client: &impl GenericClient,
    filter: &OrderFilter,
    after: Option<OrderCursor>,
    limit: i64,
) -> Result<Vec<(OrderRow, OrderCursor)>, ServiceError> {
    let OrderFilter { customer, status, since, until, origin } = filter;
    let OriginFilter { account, livemode } = origin;
    let (created_at, number) = (after.map(|c| c.created_at), after.map(|c| c.number));
    let rows = client
        .query(PAGE, &[customer, status, since, until, account, livemode, &created_at, &number, &limit])
        .await?;
    let order = |row: &Row| {
        let order = OrderRow::try_from(row)?;
        let cursor = OrderCursor { created_at: order.created_at, number: row.get("number") };
        Ok((order, cursor))
    };
    rows.iter().map(order).collect()
}

/// Where a page begins: after the order that was created then and has this number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct OrderCursor {
    created_at: Timestamp,
    number: i64,
}

impl OrderCursor {
    fn read(text: Option<&str>) -> Result<Option<OrderCursor>, ServiceError> {
        let bad = || ServiceError::invalid("invalid_cursor", "before takes the `next` of the page before");
        text.map(|text| OrderCursor::parse(text).ok_or_else(bad)).transpose()
    }

    fn parse(text: &str) -> Option<OrderCursor> {
        let (micros, number) = text.split_once('.')?;
        let created_at = Timestamp::from_microsecond(micros.parse().ok()?).ok()?;
        Some(OrderCursor { created_at, number: number.parse().ok()? })
    }
}

impl std::fmt::Display for OrderCursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.created_at.as_microsecond(), self.number)
    }
}

#[cfg(test)]
mod tests {
    use super::OrderCursor;

    #[test]
    fn a_cursor_survives_its_own_text() {
        let created_at = jiff::Timestamp::from_microsecond(1_700_000_000_123_456).unwrap();
        let cursor = OrderCursor { created_at, number: 17 };
        assert_eq!(OrderCursor::read(Some(&cursor.to_string())).unwrap(), Some(cursor));
        for wrong in ["", "17", "1.x", "99999999999999999999.1"] {
            assert!(OrderCursor::read(Some(wrong)).is_err(), "{wrong}");
        }
    }
}
