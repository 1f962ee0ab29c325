//! Payments and events in the database, as a verification looks at them. Reads only.

use deadpool_postgres::GenericClient;
use domain::payment::HeldReason;
use serde::Serialize;
use tokio_postgres::Row;
use utoipa::ToSchema;

use crate::orders::status::{OrderStatus, PaymentStatus};

pub(crate) const STANDING: &str = include_str!("sql/standing.sql");
pub(crate) const TAKEN_IN: &str = include_str!("sql/taken_in.sql");
pub(crate) const REGISTERED: &str = include_str!("sql/registered.sql");

/// A payment as it stands. Amounts are in the currency's minor unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Standing {
    /// Payment intent, or the checkout session where there is none.
    pub(crate) id: String,
    /// The connected account; empty is the company's own.
    pub(crate) account: String,
    pub(crate) livemode: bool,
    /// The order that it names.
    pub(crate) order_id: Option<String>,
    pub(crate) order_status: Option<OrderStatus>,
    pub(crate) customer: Option<String>,
    pub(crate) currency: Option<String>,
    /// What is to be paid.
    pub(crate) amount: Option<i64>,
    pub(crate) amount_paid: i64,
    pub(crate) amount_refunded: i64,
    /// What open disputes ask for, and what was lost to them.
    pub(crate) amount_disputed: i64,
    pub(crate) status: PaymentStatus,
    /// Why it does not count for its order.
    #[schema(value_type = Option<String>)]
    pub(crate) held_reason: Option<HeldReason>,
    /// Where the dispute that weighs most stands.
    pub(crate) dispute: Option<String>,
}

impl TryFrom<&Row> for Standing {
    type Error = tokio_postgres::Error;

    fn try_from(row: &Row) -> Result<Self, Self::Error> {
        let held: Option<&str> = row.get("held_reason");
        Ok(Standing {
            id: row.get("id"),
            account: row.get("account"),
            livemode: row.get("livemode"),
            order_id: row.get("order_id"),
            order_status: row.try_get("order_status")?,
            customer: row.get("customer"),
            currency: row.get("currency"),
            amount: row.get("amount"),
            amount_paid: row.get("amount_paid"),
            amount_refunded: row.get("amount_refunded"),
            amount_disputed: row.get("amount_disputed"),
            status: row.try_get("status")?,
            held_reason: held.and_then(HeldReason::parse),
            dispute: row.get("dispute"),
        })
    }
}

/// Where a payment stands; none where it is not known.
pub(super) async fn standing(
    client: &impl GenericClient,
    payment: &str,
) -> Result<Option<Standing>, tokio_postgres::Error> {
    client.query_opt(STANDING, &[&payment]).await?.as_ref().map(Standing::try_from).transpose()
}

/// How many of these events have taken effect.
pub(super) async fn taken_in(
    client: &impl GenericClient,
    events: &[&str],
) -> Result<usize, tokio_postgres::Error> {
    let count: i64 = client.query_one(TAKEN_IN, &[&events]).await?.get(0);
    Ok(usize::try_from(count).unwrap_or_default())
}

/// The accounts and modes in which an order of this id is registered.
pub(super) async fn registered(
    client: &impl GenericClient,
    order: &str,
) -> Result<Vec<(String, Option<bool>)>, tokio_postgres::Error> {
    let rows = client.query(REGISTERED, &[&order]).await?;
    Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
}
