//! The rows of refunds and disputes, and the ledger, as the payments' objects say them.

use std::collections::BTreeSet;

use deadpool_postgres::Transaction;
use domain::payment::{Movement, Payment};
use domain::state::State;
use jiff::Timestamp;

use super::batch::{batch_row, execute};
use super::error::StoreError;
use super::stored::time;

const REFUNDS: &str = include_str!("sql/save_refunds.sql");
const DISPUTES: &str = include_str!("sql/save_disputes.sql");
const MOVEMENTS: &str = include_str!("sql/save_movements.sql");
const DROP_MOVEMENTS: &str = include_str!("sql/drop_movements.sql");

batch_row! {
    RefundRow<'a> {
        id: &'a str,
        payment_id: &'a str,
        order_id: Option<&'a str>,
        charge: Option<&'a str>,
        amount: i64,
        currency: &'a str,
        status: &'a str,
        reason: Option<&'a str>,
        failure_reason: Option<&'a str>,
        releases_hold: bool,
    }
}

batch_row! {
    DisputeRow<'a> {
        id: &'a str,
        payment_id: &'a str,
        order_id: Option<&'a str>,
        charge: Option<&'a str>,
        amount: i64,
        currency: &'a str,
        status: &'a str,
        state: &'static str,
        reason: Option<&'a str>,
        due_by: Option<Timestamp>,
        withdrawn: bool,
        reinstated: bool,
    }
}

batch_row! {
    MovementRow<'a> {
        key: String,
        payment_id: &'a str,
        kind: &'static str,
        object_id: String,
        amount: i64,
        currency: String,
        at: Timestamp,
    }
}

fn changed(state: &State) -> impl Iterator<Item = (&str, &Payment)> {
    state.payments.changed().map(|(id, row)| (id.as_str(), &row.now))
}

pub(super) async fn save_refunds(
    tx: &Transaction<'_>,
    state: &State,
    now: Timestamp,
) -> Result<(), StoreError> {
    let rows = changed(state).flat_map(|(id, payment)| {
        let real: BTreeSet<&str> = payment.real_refunds().map(|refund| refund.id.as_str()).collect();
        payment.refunds.values().map(move |versions| {
            let refund = versions.latest();
            RefundRow {
                id: &refund.id,
                payment_id: id,
                order_id: payment.linked.as_deref(),
                charge: refund.charge.as_deref(),
                amount: refund.amount,
                currency: &refund.currency,
                status: &refund.status,
                reason: refund.reason.as_deref(),
                failure_reason: refund.failure_reason.as_deref(),
                releases_hold: !real.contains(refund.id.as_str()),
            }
        })
    });
    execute(tx, REFUNDS, rows.collect(), now).await
}

pub(super) async fn save_disputes(
    tx: &Transaction<'_>,
    state: &State,
    now: Timestamp,
) -> Result<(), StoreError> {
    let rows = changed(state).flat_map(|(id, payment)| {
        payment.disputes.values().map(move |record| {
            let dispute = record.versions.latest();
            let movements = record.movements();
            DisputeRow {
                id: &dispute.id,
                payment_id: id,
                order_id: payment.linked.as_deref(),
                charge: dispute.charge.as_deref(),
                amount: dispute.amount,
                currency: &dispute.currency,
                status: &dispute.status,
                state: record.state().as_str(),
                reason: dispute.reason.as_deref(),
                due_by: time(dispute.due_by),
                withdrawn: movements.iter().any(|(_, amount, _)| *amount < 0),
                reinstated: movements.iter().any(|(_, amount, _)| *amount > 0),
            }
        })
    });
    execute(tx, DISPUTES, rows.collect(), now).await
}

pub(super) async fn save_movements(
    tx: &Transaction<'_>,
    state: &State,
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut gone: BTreeSet<String> = BTreeSet::new();
    let mut kept: BTreeSet<String> = BTreeSet::new();
    let mut rows = Vec::new();
    for (id, row) in state.payments.changed() {
        let before = row.loaded.as_ref().map(|payment| payment.movements(id)).unwrap_or_default();
        for movement in row.now.movements(id) {
            kept.insert(movement.key.clone());
            if !before.contains(&movement) {
                rows.push(movement_row(id, movement));
            }
        }
        gone.extend(before.into_iter().map(|movement| movement.key));
    }
    let gone: Vec<&String> = gone.difference(&kept).collect();
    if !gone.is_empty() {
        tx.execute(&tx.prepare_cached(DROP_MOVEMENTS).await?, &[&gone]).await?;
    }
    execute(tx, MOVEMENTS, rows, now).await
}

fn movement_row(payment: &str, movement: Movement) -> MovementRow<'_> {
    MovementRow {
        key: movement.key,
        payment_id: payment,
        kind: movement.kind.as_str(),
        object_id: movement.object,
        amount: movement.amount,
        currency: movement.currency,
        at: time(Some(movement.at)).unwrap_or(Timestamp::UNIX_EPOCH),
    }
}
