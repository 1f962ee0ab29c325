//! Payments.

use domain::payment::{DisputeState, HeldReason, Payment};
use tokio_postgres::Row;

use super::batch::batch_row;
use super::error::StoreError;
use super::stored::{Context, Statements, Stored, document, read_state};

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

impl Stored for Payment {
    const STATEMENTS: Statements = Statements {
        create: include_str!("sql/create_payments.sql"),
        load: include_str!("sql/load_payments.sql"),
        save: include_str!("sql/save_payments.sql"),
        drop: include_str!("sql/drop_payments.sql"),
    };

    type Row<'a> = PaymentRow<'a>;

    fn read(id: &String, row: &Row) -> Result<Self, StoreError> {
        let held = row.get::<_, Option<&str>>("held_reason").and_then(HeldReason::parse);
        Ok(Self { linked: row.get("order_id"), held, ..read_state(id, row)? })
    }

    fn row<'a>(&'a self, id: &'a String, _context: Context<'_>) -> Result<PaymentRow<'a>, StoreError> {
        let summary = self.summary();
        Ok(PaymentRow {
            id,
            account: &self.origin.account,
            livemode: self.origin.livemode,
            order_id: self.linked.as_deref(),
            held_reason: self.held.map(|reason| reason.as_str()),
            customer: summary.customer(),
            currency: summary.currency,
            amount: summary.amount,
            amount_paid: summary.paid,
            amount_refunded: summary.refunded,
            amount_disputed: summary.disputed + summary.lost,
            status: summary.status.as_str(),
            dispute: summary.dispute.map(DisputeState::as_str),
            ambiguous: self.ambiguous(),
            state: document(id, self)?,
        })
    }
}
