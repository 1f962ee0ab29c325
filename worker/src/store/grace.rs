//! The end of grace periods, which no event announces: loaded, decided and saved like what an event changes.

use deadpool_postgres::{Pool, Transaction};
use domain::grace;
use domain::keys::Keys;
use domain::rules::Rules;
use jiff::Timestamp;

use super::clock::now;
use super::error::StoreError;
use super::load::load;
use super::save::save;
use super::stored::{Context, save_rows};
use super::traces::Traces;

const OVER: &str = include_str!("sql/grace_over.sql");

/// Subscriptions of one transaction.
const PAGE: i64 = 200;

/// Takes access from past-due subscriptions whose grace period is over by PostgreSQL's clock, and emits that.
/// Returns how many.
///
/// # Errors
/// [`StoreError`] from PostgreSQL. What was committed before stays.
pub async fn end_grace(pool: &Pool, rules: &Rules) -> Result<usize, StoreError> {
    let mut ended = 0;
    loop {
        let mut client = pool.get().await?;
        let tx = client.transaction().await?;
        let page = end_page(&tx, rules).await?;
        tx.commit().await?;
        ended += page;
        if page == 0 {
            return Ok(ended);
        }
    }
}

async fn end_page(tx: &Transaction<'_>, rules: &Rules) -> Result<usize, StoreError> {
    let now: Timestamp = now(tx).await?;
    let over = tx.query(&tx.prepare_cached(OVER).await?, &[&now, &PAGE]).await?;
    let subscriptions = over.iter().map(|row| row.get(0)).collect();
    let mut state = load(tx, &Keys { subscriptions, ..Keys::default() }).await?;
    state.begin();
    grace::end_grace(&mut state, rules, now.as_second());
    save(tx, &state, &[], &state.messages(rules), &Traces::default(), rules, now).await?;
    // A grace that a changed setting has made longer: its row learns the new end.
    let longer = state.subscriptions.rows().filter(|(_, row)| row.loaded.as_ref() == Some(&row.now));
    save_rows(tx, longer.map(|(id, row)| (id, &row.now)), Context { rules, now }).await?;
    Ok(state.subscriptions.changed().count())
}
