//! Cases in the database. Reads only; the workers open and close them.

use deadpool_postgres::GenericClient;
use jiff::Timestamp;
use serde::Serialize;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;
use utoipa::ToSchema;

use super::state::{CaseResolution, CaseState, HeldReason};
use crate::common::error::ServiceError;
use crate::common::moment::Period;
use crate::common::money;
use crate::common::origin::OriginFilter;
use crate::common::paging::Direction;
use crate::masking::masked_members;
use crate::orders::address::OrderAddress;

pub(crate) const LIST: &str = concat!(include_str!("sql/list.sql"), include_str!("sql/list_older.sql"));
pub(crate) const LIST_NEWER: &str = concat!(include_str!("sql/list.sql"), include_str!("sql/list_newer.sql"));
pub(crate) const SHOW: &str = include_str!("sql/show.sql");

/// A payment that does not count for its order. Amounts are in the currency's minor unit.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Case {
    pub(crate) id: i64,
    pub(crate) payment_id: String,
    /// The connected account; empty is the company's own.
    pub(crate) account: String,
    pub(crate) livemode: bool,
    pub(crate) order_id: String,
    pub(crate) reason: HeldReason,
    pub(crate) customer: Option<String>,
    /// What the payment captured, or asks for.
    pub(crate) amount: Option<i64>,
    pub(crate) currency: Option<String>,
    /// What the order costs; none while it is not registered.
    pub(crate) order_amount: Option<i64>,
    pub(crate) order_currency: Option<String>,
    pub(crate) state: CaseState,
    pub(crate) resolution: Option<CaseResolution>,
    pub(crate) opened_at: Timestamp,
    pub(crate) closed_at: Option<Timestamp>,
}

impl Case {
    /// What was paid, as people read it.
    pub(crate) fn paid(&self) -> String {
        self.amount
            .map_or_else(|| "unknown".to_owned(), |a| money::show(a, self.currency.as_deref().unwrap_or("")))
    }

    /// What the order costs, as people read it.
    pub(crate) fn expected(&self) -> String {
        let currency = self.order_currency.as_deref().unwrap_or("");
        self.order_amount.map_or_else(|| "not registered".to_owned(), |amount| money::show(amount, currency))
    }

    /// Its account and mode.
    pub(crate) fn origin(&self) -> OriginFilter {
        OriginFilter { account: Some(self.account.clone()), livemode: Some(self.livemode) }
    }

    /// The order that it is about.
    pub(crate) fn order(&self) -> OrderAddress {
        let (id, account) = (self.order_id.clone(), self.account.clone());
        OrderAddress { id, account, livemode: Some(self.livemode) }
    }
}

impl TryFrom<&Row> for Case {
    type Error = tokio_postgres::Error;

    fn try_from(row: &Row) -> Result<Self, Self::Error> {
        Ok(Case {
            id: row.get("id"),
            payment_id: row.get("payment_id"),
            account: row.get("account"),
            livemode: row.get("livemode"),
            order_id: row.get("order_id"),
            reason: row.try_get("reason")?,
            customer: row.get("customer"),
            amount: row.get("amount"),
            currency: row.get("currency"),
            order_amount: row.get("order_amount"),
            order_currency: row.get("order_currency"),
            state: row.try_get("state")?,
            resolution: row.try_get("resolution")?,
            opened_at: row.get("opened_at"),
            closed_at: row.get("closed_at"),
        })
    }
}

/// Which cases are asked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct CaseFilter {
    pub(crate) state: Option<CaseState>,
    pub(crate) reason: Option<HeldReason>,
    pub(crate) order: Option<String>,
    pub(crate) payment: Option<String>,
    /// When it was opened.
    pub(crate) period: Period,
    pub(crate) origin: OriginFilter,
}

/// A page of cases, in the direction that is asked for.
pub(crate) async fn list(
    client: &impl GenericClient,
    filter: &CaseFilter,
    direction: &Direction<i64>,
    limit: i64,
) -> Result<Vec<Case>, ServiceError> {
    let CaseFilter { state, reason, order, payment, period, origin } = filter;
    let (account, livemode, from) = (&origin.account, &origin.livemode, direction.cursor());
    let parameters: [&(dyn ToSql + Sync); 10] =
        [state, reason, order, payment, account, livemode, &period.since, &period.until, &from, &limit];
    let rows = client.query(direction.choose(LIST, LIST_NEWER), &parameters).await?;
    Ok(rows.iter().map(Case::try_from).collect::<Result<_, _>>()?)
}

pub(crate) async fn show(client: &impl GenericClient, id: i64) -> Result<Option<Case>, ServiceError> {
    let row = client.query_opt(SHOW, &[&id]).await?;
    Ok(row.as_ref().map(Case::try_from).transpose()?)
}

masked_members! {
    Case: payment_id, order_id, customer;
}
