//! The cases of the payments that do not count for their order.

use std::collections::BTreeMap;

use deadpool_postgres::Transaction;
use domain::order::Order;
use domain::origin::OrderKey;
use domain::payment::HeldReason;
use domain::state::{Row, State};
use jiff::Timestamp;

use super::batch::{batch_row, execute};
use super::error::StoreError;

const HOLD: &str = include_str!("sql/hold_payments.sql");
const OPEN: &str = include_str!("sql/open_cases.sql");
const CLOSE: &str = include_str!("sql/close_cases.sql");

batch_row! {
    HeldRow<'a> {
        id: &'a str,
        held_reason: Option<&'static str>,
    }
}

batch_row! {
    #[derive(PartialEq)]
    CaseRow<'a> {
        payment_id: &'a str,
        account: &'a str,
        livemode: bool,
        order_id: &'a str,
        reason: &'static str,
        customer: Option<String>,
        amount: Option<i64>,
        currency: Option<&'a str>,
        order_amount: Option<i64>,
        order_currency: Option<&'a str>,
    }
}

batch_row! {
    ClosedCaseRow<'a> {
        payment_id: &'a str,
        resolution: &'static str,
    }
}

/// Whether a payment counts may depend on the order's other payments, so one that the batch did not touch may have to
/// be held or released.
pub(super) async fn hold_payments(
    tx: &Transaction<'_>,
    state: &State,
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut held: BTreeMap<&str, Option<HeldReason>> = BTreeMap::new();
    for (_, row) in state.orders.changed() {
        let before = |id: &str| row.loaded.as_ref().and_then(|order| order.known_payment(id)?.1);
        let others = row.now.known_payments().filter(|(id, ..)| !state.payments.has(*id));
        held.extend(
            others.filter(|(id, _, reason)| before(id) != *reason).map(|(id, _, reason)| (id, reason)),
        );
    }
    let rows =
        held.into_iter().map(|(id, reason)| HeldRow { id, held_reason: reason.map(HeldReason::as_str) });
    execute(tx, HOLD, rows.collect(), now).await
}

/// Opens, changes and closes the cases of the payments of the changed orders.
pub(super) async fn save_cases(
    tx: &Transaction<'_>,
    state: &State,
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut opened: BTreeMap<&str, CaseRow<'_>> = BTreeMap::new();
    let mut closed: BTreeMap<&str, ClosedCaseRow<'_>> = BTreeMap::new();
    for (key, row) in state.orders.changed() {
        for (payment, ..) in row.now.known_payments() {
            let before = row.loaded.as_ref().and_then(|order| case_row(key, order, payment));
            if let Some(case) = case_row(key, &row.now, payment).filter(|case| before.as_ref() != Some(case))
            {
                opened.insert(payment, case);
            }
        }
        for payment in held_before(row) {
            if row.now.needs_decision(payment).is_none() {
                closed.insert(
                    payment,
                    ClosedCaseRow { payment_id: payment, resolution: resolution(&row.now, payment) },
                );
            }
        }
    }
    closed.retain(|payment, _| !opened.contains_key(payment));
    execute(tx, OPEN, opened.into_values().collect(), now).await?;
    execute(tx, CLOSE, closed.into_values().collect(), now).await
}

fn held_before(row: &Row<Order>) -> impl Iterator<Item = &str> {
    let before = row.loaded.iter();
    before.flat_map(|order| {
        order.known_payments().map(|(id, ..)| id).filter(|id| order.needs_decision(id).is_some())
    })
}

fn case_row<'a>(key: &'a OrderKey, order: &'a Order, payment: &'a str) -> Option<CaseRow<'a>> {
    let reason = order.needs_decision(payment)?;
    let (summary, _) = order.known_payment(payment)?;
    let expected = order.expected.as_ref();
    Some(CaseRow {
        payment_id: payment,
        account: &key.origin.account,
        livemode: key.origin.livemode,
        order_id: &key.id,
        reason: reason.as_str(),
        customer: summary.customer(),
        amount: if summary.paid > 0 { Some(summary.paid) } else { summary.amount },
        currency: summary.currency.as_deref(),
        order_amount: expected.map(|expected| expected.amount),
        order_currency: expected.map(|expected| expected.currency.as_str()),
    })
}

fn resolution(order: &Order, payment: &str) -> &'static str {
    let Some((_, held)) = order.known_payment(payment) else { return "moved" };
    if held.is_some() {
        "refunded"
    } else if order.accepted.contains(payment) {
        "accepted"
    } else {
        "matched"
    }
}
