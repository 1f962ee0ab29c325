//! Payments, and which payment a charge belongs to.

use deadpool_postgres::Transaction;
use domain::payment::{DisputeState, Payment};
use domain::state::State;
use jiff::Timestamp;

use super::batch::{batch_row, execute};
use super::{StoreError, document, drop_rows, split};

pub(in crate::store) const CHARGES: &str = include_str!("../sql/save_charges.sql");
pub(in crate::store) const PAYMENTS: &str = include_str!("../sql/save_payments.sql");

batch_row! {
    ChargeRow<'a> {
        id: &'a str,
        payment_id: Option<&'a str>,
    }
}

batch_row! {
    PaymentRow<'a> {
        id: &'a str,
        account: &'a str,
        livemode: bool,
        order_id: Option<&'a str>,
        held_reason: Option<&'static str>,
        customer: Option<String>,
        currency: Option<String>,
        amount: Option<i64>,
        amount_paid: i64,
        amount_refunded: i64,
        amount_disputed: i64,
        status: &'static str,
        dispute: Option<&'static str>,
        ambiguous: bool,
        state: String,
    }
}

pub(super) async fn save_charges(tx: &Transaction<'_>, state: &State) -> Result<(), StoreError> {
    let (rows, dropped) = split(&state.charges, |link| link.payment.is_none());
    let rows = rows.iter().map(|(id, row)| ChargeRow { id, payment_id: row.now.payment.as_deref() });
    execute(tx, CHARGES, rows.collect(), None).await?;
    drop_rows(tx, include_str!("../sql/drop_charges.sql"), &dropped).await
}

pub(super) async fn save_payments(
    tx: &Transaction<'_>,
    state: &State,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (rows, dropped) = split(&state.payments, |payment| *payment == Payment::default());
    let rows: Result<_, _> = rows.iter().map(|(id, row)| payment_row(id, &row.now)).collect();
    execute(tx, PAYMENTS, rows?, Some(now)).await?;
    drop_rows(tx, include_str!("../sql/drop_payments.sql"), &dropped).await
}

fn payment_row<'a>(id: &'a str, payment: &'a Payment) -> Result<PaymentRow<'a>, StoreError> {
    let summary = payment.summary();
    Ok(PaymentRow {
        id,
        account: &payment.origin.account,
        livemode: payment.origin.livemode,
        order_id: payment.linked.as_deref(),
        held_reason: payment.held.map(|reason| reason.as_str()),
        customer: summary.customer(),
        currency: summary.currency,
        amount: summary.amount,
        amount_paid: summary.paid,
        amount_refunded: summary.refunded,
        amount_disputed: summary.disputed + summary.lost,
        status: summary.status.as_str(),
        dispute: summary.dispute.map(DisputeState::as_str),
        ambiguous: payment.ambiguous(),
        state: document("payment", id, payment)?,
    })
}
