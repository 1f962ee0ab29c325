//! A page of orders, newest first.

use deadpool_postgres::{GenericClient, Pool};
use jiff::Timestamp;
use tokio_postgres::Row;

use super::status::OrderStatus;
use super::store::OrderRow;
use crate::common::error::ServiceError;
use crate::common::origin::OriginFilter;
use crate::common::paging::{self, Direction, Page, PageRequest};
use crate::common::role::Role;
use crate::masking;

pub(crate) const PAGE: &str =
    concat!(include_str!("sql/order_page.sql"), include_str!("sql/order_page_older.sql"));
pub(crate) const PAGE_NEWER: &str =
    concat!(include_str!("sql/order_page.sql"), include_str!("sql/order_page_newer.sql"));

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
    let (limit, direction) = (page.limit()?, page.direction(OrderCursor::parse)?);
    let found = rows(&pool.get().await?, &filter, &direction, limit + 1).await?;
    let page = Page::around(found, limit, &direction, |(_, cursor)| cursor.to_string());
    Ok(masking::for_role(page.map(|(order, _)| order), role))
}

async fn rows(
    client: &impl GenericClient,
    filter: &OrderFilter,
    direction: &Direction<OrderCursor>,
    limit: i64,
) -> Result<Vec<(OrderRow, OrderCursor)>, ServiceError> {
    let OrderFilter { customer, status, since, until, origin } = filter;
    let OriginFilter { account, livemode } = origin;
    let from = direction.cursor();
    let (created_at, number) = (from.map(|c| c.created_at), from.map(|c| c.number));
    let rows = client
        .query(
            direction.choose(PAGE, PAGE_NEWER),
            &[customer, status, since, until, account, livemode, &created_at, &number, &limit],
        )
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
        assert_eq!(OrderCursor::parse(&cursor.to_string()), Some(cursor));
        for wrong in ["", "17", "1.x", "99999999999999999999.1"] {
            assert_eq!(OrderCursor::parse(wrong), None, "{wrong}");
        }
    }
}
