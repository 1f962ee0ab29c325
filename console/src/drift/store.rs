//! What the database has of Stripe's objects. Reads only.

use deadpool_postgres::GenericClient;
use jiff::Timestamp;
use stripe_api::Resource;

use crate::common::error::ServiceError;

pub(crate) const API_VERSION: &str = include_str!("sql/api_version.sql");
pub(crate) const SUBSCRIPTIONS: &str = include_str!("sql/subscriptions.sql");
pub(crate) const INVOICES: &str = include_str!("sql/invoices.sql");
pub(crate) const PAYMENTS: &str = include_str!("sql/payments.sql");
pub(crate) const REFUNDS: &str = include_str!("sql/refunds.sql");
pub(crate) const DISPUTES: &str = include_str!("sql/disputes.sql");

/// Rows of one page.
const PAGE: i64 = 1000;

/// Which rows are looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rows {
    /// The connected account; empty is the company's own.
    pub(super) account: String,
    /// The mode that the API key reads; none: both.
    pub(super) livemode: Option<bool>,
    /// Rows that were written from then on; none: all.
    pub(super) since: Option<Timestamp>,
}

/// The shape in which an account's webhooks come: the API version of its newest event.
pub(super) async fn api_version(
    client: &impl GenericClient,
    account: &str,
) -> Result<Option<String>, ServiceError> {
    Ok(client.query_opt(API_VERSION, &[&account]).await?.map(|row| row.get(0)))
}

/// The ids of a kind of object that the database has, in order, after one.
pub(super) async fn ids(
    client: &impl GenericClient,
    resource: Resource,
    rows: &Rows,
    after: &str,
) -> Result<Vec<String>, ServiceError> {
    let (sql, prefixes): (_, &[&str]) = match resource {
        Resource::Subscription => (SUBSCRIPTIONS, &[""]),
        Resource::Invoice => (INVOICES, &[""]),
        Resource::PaymentIntent => (PAYMENTS, &["pi_"]),
        Resource::CheckoutSession => (PAYMENTS, &["cs_"]),
        Resource::Charge => (PAYMENTS, &["ch_", "py_"]),
        Resource::Refund => (REFUNDS, &[""]),
        Resource::Dispute => (DISPUTES, &[""]),
        _ => return Ok(Vec::new()),
    };
    let prefixes: Vec<&str> = prefixes.to_vec();
    let parameters: [&(dyn tokio_postgres::types::ToSql + Sync); 6] =
        [&rows.account, &rows.livemode, &rows.since, &after, &PAGE, &prefixes];
    let found = client.query(sql, &parameters).await?;
    Ok(found.iter().map(|row| row.get(0)).collect())
}
