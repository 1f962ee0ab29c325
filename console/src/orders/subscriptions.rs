//! Subscriptions and their invoices in the database. Reads only; the workers derive them.

use deadpool_postgres::{GenericClient, Pool};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;
use utoipa::ToSchema;

use crate::common::error::ServiceError;
use crate::common::moment::Period;
use crate::common::origin::OriginFilter;
use crate::common::paging::{self, Page, PageRequest};
use crate::common::role::Role;
use crate::masking::{self, masked_members};

pub(crate) const SHOW: &str = include_str!("sql/subscription_show.sql");
pub(crate) const PAGE: &str =
    concat!(include_str!("sql/subscription_page.sql"), include_str!("sql/subscription_page_older.sql"));
pub(crate) const PAGE_NEWER: &str =
    concat!(include_str!("sql/subscription_page.sql"), include_str!("sql/subscription_page_newer.sql"));
pub(crate) const INVOICES: &str = include_str!("sql/invoice_list.sql");

#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct SubscriptionRow {
    pub(crate) id: String,
    pub(crate) customer: Option<String>,
    /// Stripe's word; none while only its invoices are known.
    pub(crate) status: Option<String>,
    /// Whether the customer may use what was bought.
    pub(crate) access: bool,
    /// When access ends by itself, while a payment is late.
    pub(crate) access_until: Option<Timestamp>,
    /// Until when it is paid.
    pub(crate) paid_through: Option<Timestamp>,
    /// When the period ends.
    pub(crate) current_period_end: Option<Timestamp>,
    /// It ends with the period.
    pub(crate) cancel_at_period_end: bool,
    /// When it will end.
    pub(crate) cancel_at: Option<Timestamp>,
    pub(crate) ended_at: Option<Timestamp>,
    /// When its trial ends.
    pub(crate) trial_end: Option<Timestamp>,
    /// Invoices are not collected for now.
    pub(crate) collection_paused: bool,
    /// What was refunded of its payments, in the currency's minor unit.
    pub(crate) amount_refunded: i64,
    /// All that was paid of its newest paid invoice was refunded or lost to disputes.
    pub(crate) refunded: bool,
    /// Price, product and quantity of each item.
    pub(crate) items: Value,
    /// The checkout session that began it.
    pub(crate) checkout_session: Option<String>,
    /// The newest state is not certain from the events so far.
    pub(crate) ambiguous: bool,
    /// When its row last changed.
    pub(crate) updated_at: Timestamp,
    /// The connected account; empty is the company's own.
    pub(crate) account: String,
    /// Whether it is about real money.
    pub(crate) livemode: bool,
}

impl From<&Row> for SubscriptionRow {
    fn from(row: &Row) -> Self {
        SubscriptionRow {
            id: row.get("id"),
            customer: row.get("customer"),
            status: row.get("status"),
            access: row.get("access"),
            access_until: row.get("access_until"),
            paid_through: row.get("paid_through"),
            current_period_end: row.get("current_period_end"),
            cancel_at_period_end: row.get("cancel_at_period_end"),
            cancel_at: row.get("cancel_at"),
            ended_at: row.get("ended_at"),
            trial_end: row.get("trial_end"),
            collection_paused: row.get("collection_paused"),
            amount_refunded: row.get("amount_refunded"),
            refunded: row.get("refunded"),
            items: row.get("items"),
            checkout_session: row.get("checkout_session"),
            ambiguous: row.get("ambiguous"),
            updated_at: row.get("updated_at"),
            account: row.get("account"),
            livemode: row.get("livemode"),
        }
    }
}

/// An invoice. Amounts are in the currency's minor unit.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct InvoiceRow {
    pub(crate) id: String,
    /// The subscription it belongs to.
    pub(crate) subscription_id: Option<String>,
    pub(crate) customer: Option<String>,
    pub(crate) status: Option<String>,
    /// Why it was made.
    pub(crate) billing_reason: Option<String>,
    /// What is to be paid.
    pub(crate) amount_due: i64,
    pub(crate) amount_paid: i64,
    pub(crate) currency: Option<String>,
    /// How many attempts to pay there were.
    pub(crate) attempt_count: i64,
    /// When the next attempt is due.
    pub(crate) next_payment_attempt: Option<Timestamp>,
    /// The end of the period it pays for.
    pub(crate) period_end: Option<Timestamp>,
    /// The payment intent that paid it.
    pub(crate) payment_intent: Option<String>,
    /// True: paid by a payment; false: not, or settled out of band.
    pub(crate) payment_succeeded: bool,
    /// When its row last changed.
    pub(crate) updated_at: Timestamp,
    /// The connected account; empty is the company's own.
    pub(crate) account: String,
    /// Whether it is about real money.
    pub(crate) livemode: bool,
}

impl From<&Row> for InvoiceRow {
    fn from(row: &Row) -> Self {
        InvoiceRow {
            id: row.get("id"),
            subscription_id: row.get("subscription_id"),
            customer: row.get("customer"),
            status: row.get("status"),
            billing_reason: row.get("billing_reason"),
            amount_due: row.get("amount_due"),
            amount_paid: row.get("amount_paid"),
            currency: row.get("currency"),
            attempt_count: row.get("attempt_count"),
            next_payment_attempt: row.get("next_payment_attempt"),
            period_end: row.get("period_end"),
            payment_intent: row.get("payment_intent"),
            payment_succeeded: row.get("payment_succeeded"),
            updated_at: row.get("updated_at"),
            account: row.get("account"),
            livemode: row.get("livemode"),
        }
    }
}

pub(crate) async fn list(
    client: &impl GenericClient,
    ids: &[String],
) -> Result<Vec<SubscriptionRow>, ServiceError> {
    Ok(client.query(SHOW, &[&ids]).await?.iter().map(SubscriptionRow::from).collect())
}

/// Invoices by id, or of a subscription.
pub(crate) async fn invoices(
    client: &impl GenericClient,
    ids: &[String],
    subscription: Option<&str>,
) -> Result<Vec<InvoiceRow>, ServiceError> {
    Ok(client.query(INVOICES, &[&ids, &subscription]).await?.iter().map(InvoiceRow::from).collect())
}

/// Which subscriptions are asked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct SubscriptionFilter {
    /// The Stripe customer whose they are; a blank one is refused.
    pub(crate) customer: Option<String>,
    pub(crate) access: Option<bool>,
    /// Stripe's word.
    pub(crate) status: Option<String>,
    /// When their row last changed.
    pub(crate) period: Period,
    pub(crate) origin: OriginFilter,
}

/// A page of subscriptions, as the role may see them; by Stripe's id, the largest first.
pub(crate) async fn page(
    pool: &Pool,
    filter: &SubscriptionFilter,
    page: &PageRequest,
    role: Role,
) -> Result<Page<SubscriptionRow>, ServiceError> {
    let SubscriptionFilter { customer, access, status, period, origin } = filter;
    // A backend that lost its customer's id must not see everybody's access.
    let missing = || ServiceError::invalid("invalid_filter", "customer takes Stripe's id of a customer");
    let customer = match customer {
        Some(customer) => Some(paging::text("customer", Some(customer.clone()))?.ok_or_else(missing)?),
        None => None,
    };
    let status = paging::text("status", status.clone())?;
    let id = |text: &str| {
        (text.chars().count() <= paging::MAX_TEXT && !text.contains('\0')).then(|| text.to_owned())
    };
    let (limit, direction) = (page.limit()?, page.direction(id)?);
    let client = pool.get().await?;
    let parameters: [&(dyn ToSql + Sync); 9] = [
        &customer,
        access,
        &origin.account,
        &origin.livemode,
        &status,
        &period.since,
        &period.until,
        &direction.cursor(),
        &(limit + 1),
    ];
    let rows = client.query(direction.choose(PAGE, PAGE_NEWER), &parameters).await?;
    let found = rows.iter().map(SubscriptionRow::from).collect();
    Ok(masking::for_role(
        Page::around(found, limit, &direction, |row: &SubscriptionRow| row.id.clone()),
        role,
    ))
}

/// A subscription with its newest invoices.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SubscriptionView {
    #[serde(flatten)]
    pub(crate) subscription: SubscriptionRow,
    pub(crate) invoices: Vec<InvoiceRow>,
}

/// One subscription with its newest invoices, as the role may see it.
pub(crate) async fn show(pool: &Pool, id: &str, role: Role) -> Result<SubscriptionView, ServiceError> {
    let client = pool.get().await?;
    let found = list(&client, &[id.to_owned()]).await?.pop();
    let subscription = found.ok_or_else(|| ServiceError::NotFound(format!("subscription {id}")))?;
    let invoices = invoices(&client, &[], Some(id)).await?;
    let (subscription, invoices) = masking::for_role((subscription, invoices), role);
    Ok(SubscriptionView { subscription, invoices })
}

masked_members! {
    SubscriptionRow: id, customer, items, checkout_session;
    InvoiceRow: id, subscription_id, customer, payment_intent;
}
