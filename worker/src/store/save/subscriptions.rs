//! Invoices and subscriptions.

use deadpool_postgres::Transaction;
use jiff::Timestamp;
use serde_json::json;

use super::batch::{batch_row, execute};
use super::{StoreError, document, drop_rows, split, time};
use crate::store::grace::tell_lost;
use domain::invoice::Invoice;
use domain::rules::Rules;
use domain::state::{Row, State};
use domain::subscription::{Access, Subscription};

pub(in crate::store) const INVOICES: &str = include_str!("../sql/save_invoices.sql");
pub(in crate::store) const SUBSCRIPTIONS: &str = include_str!("../sql/save_subscriptions.sql");

batch_row! {
    InvoiceRow<'a> {
        id: &'a str,
        subscription_id: Option<&'a str>,
        customer: Option<&'a str>,
        status: Option<&'a str>,
        billing_reason: Option<&'a str>,
        amount_due: i64,
        amount_paid: i64,
        currency: Option<&'a str>,
        attempt_count: i64,
        next_payment_attempt: Option<Timestamp>,
        period_end: Option<Timestamp>,
        payment_intent: Option<&'a str>,
        payment_succeeded: bool,
        ambiguous: bool,
        state: String,
        account: &'a str,
        livemode: bool,
    }
}

batch_row! {
    SubscriptionRow<'a> {
        id: &'a str,
        customer: Option<&'a str>,
        status: Option<&'a str>,
        access: bool,
        access_until: Option<Timestamp>,
        paid_through: Option<Timestamp>,
        current_period_end: Option<Timestamp>,
        cancel_at_period_end: bool,
        cancel_at: Option<Timestamp>,
        ended_at: Option<Timestamp>,
        trial_end: Option<Timestamp>,
        collection_paused: bool,
        amount_refunded: i64,
        refunded: bool,
        items: String,
        checkout_session: Option<&'a str>,
        ambiguous: bool,
        state: String,
        account: &'a str,
        livemode: bool,
    }
}

pub(super) async fn save_invoices(
    tx: &Transaction<'_>,
    state: &State,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (rows, dropped) = split(&state.invoices, |invoice| *invoice == Invoice::default());
    let rows: Result<_, _> = rows.iter().map(|(id, row)| invoice_row(id, &row.now)).collect();
    execute(tx, INVOICES, rows?, Some(now)).await?;
    drop_rows(tx, include_str!("../sql/drop_invoices.sql"), &dropped).await
}

fn invoice_row<'a>(id: &'a str, invoice: &'a Invoice) -> Result<InvoiceRow<'a>, StoreError> {
    let version = invoice.version();
    Ok(InvoiceRow {
        id,
        subscription_id: invoice.linked.as_deref(),
        customer: version.and_then(|v| v.customer.as_deref()),
        status: invoice.status(),
        billing_reason: version.and_then(|v| v.billing_reason.as_deref()),
        amount_due: version.map_or(0, |v| v.amount_due),
        amount_paid: version.map_or(0, |v| v.amount_paid),
        currency: version.and_then(|v| v.currency.as_deref()),
        attempt_count: version.map_or(0, |v| v.attempt_count),
        next_payment_attempt: time(version.and_then(|v| v.next_payment_attempt)),
        period_end: time(version.and_then(|v| v.period).map(|period| period.end)),
        payment_intent: invoice.payment_intent(),
        payment_succeeded: invoice.payment_succeeded,
        ambiguous: invoice.versions.as_ref().is_some_and(|versions| versions.ambiguous()),
        state: document("invoice", id, invoice)?,
        account: &invoice.origin.account,
        livemode: invoice.origin.livemode,
    })
}

pub(super) async fn save_subscriptions(
    tx: &Transaction<'_>,
    state: &State,
    rules: &Rules,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (rows, dropped) = split(&state.subscriptions, |s| *s == Subscription::default());
    let late: Vec<&str> =
        rows.iter().filter(|(_, row)| over_at_once(row, rules, now)).map(|(id, _)| id.as_str()).collect();
    let rows: Result<_, _> =
        rows.iter().map(|(id, row)| subscription_row(id, &row.now, rules, now)).collect();
    execute(tx, SUBSCRIPTIONS, rows?, Some(now)).await?;
    tell_lost(tx, &late, now).await?;
    drop_rows(tx, include_str!("../sql/drop_subscriptions.sql"), &dropped).await
}

fn subscription_row<'a>(
    id: &'a str,
    subscription: &'a Subscription,
    rules: &Rules,
    now: Timestamp,
) -> Result<SubscriptionRow<'a>, StoreError> {
    let version = subscription.version();
    let (access, access_until) = granted(subscription.access(rules), now);
    Ok(SubscriptionRow {
        id,
        customer: subscription.customer(),
        status: subscription.status(),
        access,
        access_until,
        paid_through: time(subscription.paid_through()),
        current_period_end: time(version.and_then(|v| v.current_period_end)),
        cancel_at_period_end: version.is_some_and(|v| v.cancel_at_period_end),
        cancel_at: time(version.and_then(|v| v.cancel_at)),
        ended_at: time(version.and_then(|v| v.ended_at)),
        trial_end: time(version.and_then(|v| v.trial_end)),
        collection_paused: version.is_some_and(|v| v.collection_paused),
        amount_refunded: subscription.refunded().amount,
        refunded: subscription.refunded().in_full,
        items: json!(version.map_or(&[][..], |v| &v.items)).to_string(),
        checkout_session: subscription.session.as_ref().map(|session| session.latest().id.as_str()),
        ambiguous: subscription.ambiguous(),
        state: document("subscription", id, subscription)?,
        account: &subscription.origin.account,
        livemode: subscription.origin.livemode,
    })
}

/// Whether access is surely gone by an event that came later than the grace that it began lasts: the sweep looks
/// only for access that is still there.
fn over_at_once(row: &Row<Subscription>, rules: &Rules, now: Timestamp) -> bool {
    let ended = |s: &Subscription| matches!(s.access(rules), Access::Until(end) if end <= now.as_second());
    let over = |s: &Subscription| ended(s) && !s.ambiguous();
    row.now.was_active && over(&row.now) && !row.loaded.as_ref().is_some_and(over)
}

/// The columns `access` and `access_until`.
fn granted(access: Access, now: Timestamp) -> (bool, Option<Timestamp>) {
    match access {
        Access::Granted => (true, None),
        Access::Until(seconds) => (seconds > now.as_second(), time(Some(seconds))),
        Access::Denied => (false, None),
    }
}
