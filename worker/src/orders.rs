//! Decides again what counts for an order when staff change it: registered, corrected, a payment accepted. No event
//! is involved; the state is loaded under lock and saved as for an event, in the caller's transaction.

use deadpool_postgres::Transaction;
use domain::keys::Keys;
use domain::link::order_changed;
use domain::message::Message;
use domain::origin::OrderKey;
use domain::rules::Rules;

use crate::store::{self, StoreError, Traces};

/// Decides again which payments of an order count, after the order's registered columns were written in `tx`. A
/// payment in `accept` counts as it is from now on. Returns the messages that were written to the outbox.
///
/// # Errors
/// [`StoreError`] from PostgreSQL; the caller must roll back.
pub async fn decide_order(
    tx: &Transaction<'_>,
    key: &OrderKey,
    accept: Option<&str>,
    rules: &Rules,
) -> Result<Vec<Message>, StoreError> {
    let now = store::now(tx).await?;
    let keys = Keys {
        orders: [key.clone()].into(),
        whole_orders: [key.clone()].into(),
        payments: accept.map(str::to_owned).into_iter().collect(),
        ..Keys::default()
    };
    let mut state = store::load(tx, &keys).await?;
    state.begin();
    if let Some(payment) = accept {
        state.orders.touch(key).accept(payment);
    }
    order_changed(&mut state, key, rules);
    let messages = state.messages(rules);
    store::save(tx, &state, &[], &messages, &Traces::default(), rules, now).await?;
    Ok(messages)
}
