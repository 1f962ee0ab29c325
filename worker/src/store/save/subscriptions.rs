//! Invoices and subscriptions.

use deadpool_postgres::Transaction;
use jiff::Timestamp;
use serde_json::json;

use super::{StoreError, documents, drop_rows, split};
use crate::store::grace::tell_lost;
use domain::invoice::Invoice;
use domain::rules::Rules;
use domain::state::{Row, State};
use domain::subscription::{Access, Subscription};

pub(in crate::store) const INVOICES: &str = include_str!("../sql/save_invoices.sql");
pub(in crate::store) const SUBSCRIPTIONS: &str = include_str!("../sql/save_subscriptions.sql");

/// Unix seconds as PostgreSQL takes them; what no calendar holds is left out.
fn time(seconds: Option<i64>) -> Option<Timestamp> {
    seconds.and_then(|seconds| Timestamp::from_second(seconds).ok())
}

pub(super) async fn save_invoices(
    tx: &Transaction<'_>,
    state: &State,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (rows, dropped) = split(&state.invoices, |invoice| *invoice == Invoice::default());
    if !rows.is_empty() {
        let ids: Vec<&str> = rows.iter().map(|(id, _)| *id).collect();
        let invoices = || rows.iter().map(|(_, row)| &row.now);
        let versions = || invoices().map(Invoice::version);
        let linked: Vec<Option<&str>> = invoices().map(|i| i.linked.as_deref()).collect();
        let customers: Vec<Option<&str>> = versions().map(|v| v?.customer.as_deref()).collect();
        let statuses: Vec<Option<&str>> = invoices().map(Invoice::status).collect();
        let reasons: Vec<Option<&str>> = versions().map(|v| v?.billing_reason.as_deref()).collect();
        let due: Vec<i64> = versions().map(|v| v.map_or(0, |v| v.amount_due)).collect();
        let paid: Vec<i64> = versions().map(|v| v.map_or(0, |v| v.amount_paid)).collect();
        let currencies: Vec<Option<&str>> = versions().map(|v| v?.currency.as_deref()).collect();
        let attempts: Vec<i64> = versions().map(|v| v.map_or(0, |v| v.attempt_count)).collect();
        let next: Vec<Option<Timestamp>> = versions().map(|v| time(v?.next_payment_attempt)).collect();
        let period_ends: Vec<Option<Timestamp>> = versions().map(|v| time(v?.period_end)).collect();
        let intents: Vec<Option<&str>> = invoices().map(Invoice::payment_intent).collect();
        let succeeded: Vec<bool> = invoices().map(|i| i.payment_succeeded).collect();
        let ambiguous: Vec<bool> =
            invoices().map(|i| i.fact.as_ref().is_some_and(|f| f.ambiguous())).collect();
        let states = documents("invoice", rows.iter().map(|(id, row)| (*id, &row.now)))?;
        let statement = tx.prepare_cached(INVOICES).await?;
        tx.execute(
            &statement,
            &[
                &ids,
                &linked,
                &customers,
                &statuses,
                &reasons,
                &due,
                &paid,
                &currencies,
                &attempts,
                &next,
                &period_ends,
                &intents,
                &succeeded,
                &ambiguous,
                &states,
                &now,
            ],
        )
        .await?;
    }
    drop_rows(tx, include_str!("../sql/drop_invoices.sql"), &dropped).await
}

pub(super) async fn save_subscriptions(
    tx: &Transaction<'_>,
    state: &State,
    rules: &Rules,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (rows, dropped) = split(&state.subscriptions, |s| *s == Subscription::default());
    if !rows.is_empty() {
        let ids: Vec<&str> = rows.iter().map(|(id, _)| *id).collect();
        let subscriptions = || rows.iter().map(|(_, row)| &row.now);
        let versions = || subscriptions().map(Subscription::version);
        let customers: Vec<Option<&str>> = subscriptions().map(Subscription::customer).collect();
        let statuses: Vec<Option<&str>> = subscriptions().map(Subscription::status).collect();
        let (access, until): (Vec<bool>, Vec<Option<Timestamp>>) =
            subscriptions().map(|s| granted(s.access(rules), now)).unzip();
        let paid_through: Vec<Option<Timestamp>> = subscriptions().map(|s| time(s.paid_through())).collect();
        let period_ends: Vec<Option<Timestamp>> = versions().map(|v| time(v?.current_period_end)).collect();
        let ending: Vec<bool> = versions().map(|v| v.is_some_and(|v| v.cancel_at_period_end)).collect();
        let cancel_at: Vec<Option<Timestamp>> = versions().map(|v| time(v?.cancel_at)).collect();
        let ended_at: Vec<Option<Timestamp>> = versions().map(|v| time(v?.ended_at)).collect();
        let trial_ends: Vec<Option<Timestamp>> = versions().map(|v| time(v?.trial_end)).collect();
        let paused: Vec<bool> = versions().map(|v| v.is_some_and(|v| v.collection_paused)).collect();
        let items: Vec<String> =
            versions().map(|v| json!(v.map_or(&[][..], |v| &v.items)).to_string()).collect();
        let sessions: Vec<Option<&str>> =
            subscriptions().map(|s| s.session.as_ref().map(|session| session.view().id.as_str())).collect();
        let ambiguous: Vec<bool> = subscriptions().map(Subscription::ambiguous).collect();
        let states = documents("subscription", rows.iter().map(|(id, row)| (*id, &row.now)))?;
        let statement = tx.prepare_cached(SUBSCRIPTIONS).await?;
        tx.execute(
            &statement,
            &[
                &ids,
                &customers,
                &statuses,
                &access,
                &until,
                &paid_through,
                &period_ends,
                &ending,
                &cancel_at,
                &ended_at,
                &trial_ends,
                &paused,
                &items,
                &sessions,
                &ambiguous,
                &states,
                &now,
            ],
        )
        .await?;
        let late: Vec<&str> =
            rows.iter().filter(|(_, row)| over_at_once(row, rules, now)).map(|(id, _)| *id).collect();
        tell_lost(tx, &late, now).await?;
    }
    drop_rows(tx, include_str!("../sql/drop_subscriptions.sql"), &dropped).await
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
