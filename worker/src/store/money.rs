//! The rows of refunds and disputes, and the ledger, as the payments' objects say them.

use std::collections::{BTreeMap, BTreeSet};

use deadpool_postgres::Transaction;
use domain::parts::{Parts, Sums};
use domain::payment::{Dispute, Movement, Payment};
use domain::state::{Row, State};
use domain::version::Versioned;
use jiff::Timestamp;
use stripe::objects::Refund;

use super::batch::{batch_row, execute};
use super::error::StoreError;
use super::parts::part_document;
use super::stored::time;

const REFUNDS: &str = include_str!("sql/save_refunds.sql");
const DISPUTES: &str = include_str!("sql/save_disputes.sql");
const MOVE_REFUNDS: &str = include_str!("sql/move_refunds.sql");
const MOVE_DISPUTES: &str = include_str!("sql/move_disputes.sql");
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
        versions: Option<String>,
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
        versions: Option<String>,
    }
}

batch_row! {
    MovedRow<'a> {
        payment_id: &'a str,
        order_id: Option<&'a str>,
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

/// The parts whose rows differ: all that are known where something else of the payment shows in them.
fn concerned<'a, T: Clone + Eq, S: Sums<Row = T>>(
    now: &'a Parts<T, S>,
    before: Option<&'a Parts<T, S>>,
    all: bool,
) -> impl Iterator<Item = (&'a str, &'a T, bool)> {
    let in_row = |parts: &Parts<T, S>, id: &str| parts.row(id).is_some();
    let same = move |id: &str, part: &T| {
        before.is_some_and(|before| {
            before.known_part(id) == Some(part) && in_row(before, id) == in_row(now, id)
        })
    };
    now.known()
        .filter(move |(id, part)| all || !same(id, part))
        .map(move |(id, part)| (id, part, in_row(now, id)))
}

/// The payments that moved to another order, of those with parts that the batch may not know.
fn moved(state: &State, in_rows: impl Fn(&Payment) -> bool) -> Vec<MovedRow<'_>> {
    let changed = state.payments.changed().filter(|(_, row)| has_moved(row) && in_rows(&row.now));
    changed.map(|(id, row)| MovedRow { payment_id: id, order_id: row.now.linked.as_deref() }).collect()
}

pub(super) async fn save_refunds(
    tx: &Transaction<'_>,
    state: &State,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute(tx, MOVE_REFUNDS, moved(state, |payment| payment.refunds.in_rows()), now).await?;
    let mut rows = Vec::new();
    for (id, row) in state.payments.changed() {
        let (payment, before) = (&row.now, row.loaded.as_ref());
        let real: BTreeSet<&str> = payment.real_refunds().map(|refund| refund.id.as_str()).collect();
        let before = before.map(|before| &before.refunds);
        // Whether a refund releases a hold may depend on the others, but for those of payments with refunds in rows.
        let all = !payment.refunds.in_rows() || !before.is_some_and(Parts::in_rows);
        for (refund, versions, in_row) in concerned(&payment.refunds, before, all || has_moved(row)) {
            rows.push(refund_row(id, payment, versions, in_row, !real.contains(refund))?);
        }
    }
    execute(tx, REFUNDS, rows, now).await
}

fn has_moved(row: &Row<Payment>) -> bool {
    row.loaded.as_ref().is_none_or(|before| before.linked != row.now.linked)
}

fn refund_row<'a>(
    id: &'a str,
    payment: &'a Payment,
    versions: &'a Versioned<Refund>,
    in_row: bool,
    releases_hold: bool,
) -> Result<RefundRow<'a>, StoreError> {
    let refund = versions.latest();
    Ok(RefundRow {
        id: &refund.id,
        payment_id: id,
        order_id: payment.linked.as_deref(),
        charge: refund.charge.as_deref(),
        amount: refund.amount,
        currency: &refund.currency,
        status: &refund.status,
        reason: refund.reason.as_deref(),
        failure_reason: refund.failure_reason.as_deref(),
        releases_hold,
        versions: in_row.then(|| part_document("refund", &refund.id, versions)).transpose()?,
    })
}

pub(super) async fn save_disputes(
    tx: &Transaction<'_>,
    state: &State,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute(tx, MOVE_DISPUTES, moved(state, |payment| payment.disputes.in_rows()), now).await?;
    let mut rows = Vec::new();
    for (id, row) in state.payments.changed() {
        let before = row.loaded.as_ref().map(|before| &before.disputes);
        for (_, record, in_row) in concerned(&row.now.disputes, before, has_moved(row)) {
            rows.push(dispute_row(id, &row.now, record, in_row)?);
        }
    }
    execute(tx, DISPUTES, rows, now).await
}

fn dispute_row<'a>(
    id: &'a str,
    payment: &'a Payment,
    record: &'a Dispute,
    in_row: bool,
) -> Result<DisputeRow<'a>, StoreError> {
    let dispute = record.versions.latest();
    let movements = record.movements();
    Ok(DisputeRow {
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
        versions: in_row.then(|| part_document("dispute", &dispute.id, record)).transpose()?,
    })
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
        let before: BTreeMap<String, Movement> = before.into_iter().map(|m| (m.key.clone(), m)).collect();
        for movement in row.now.movements(id) {
            kept.insert(movement.key.clone());
            if before.get(&movement.key) != Some(&movement) {
                rows.push(movement_row(id, movement));
            }
        }
        gone.extend(before.into_keys());
    }
    let gone: Vec<&String> = gone.difference(&kept).collect();
    if !gone.is_empty() {
        tx.execute(&tx.prepare_cached(DROP_MOVEMENTS).await?, &[&gone]).await?;
    }
    execute(tx, MOVEMENTS, rows, now).await
}

/// Writes every movement of the changed payments, also those that the batch left as they were.
pub(super) async fn rewrite_movements(
    tx: &Transaction<'_>,
    state: &State,
    now: Timestamp,
) -> Result<(), StoreError> {
    let of = |(id, row): (&'_ String, &'_ Row<Payment>)| -> Vec<(String, Movement)> {
        row.now.movements(id).into_iter().map(|movement| (id.clone(), movement)).collect()
    };
    let movements: Vec<(String, Movement)> = state.payments.changed().flat_map(of).collect();
    let rows = movements.iter().map(|(id, movement)| movement_row(id, movement.clone()));
    execute(tx, MOVEMENTS, rows.collect(), now).await
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
