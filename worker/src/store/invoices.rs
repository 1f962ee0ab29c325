//! Invoices.

use domain::invoice::Invoice;
use jiff::Timestamp;
use tokio_postgres::Row;

use super::batch::batch_row;
use super::error::StoreError;
use super::stored::{Context, Statements, Stored, document, read_state, time};

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
        number: Option<&'a str>,
    }
}

impl Stored for Invoice {
    const STATEMENTS: Statements = Statements {
        create: include_str!("sql/create_invoices.sql"),
        load: include_str!("sql/load_invoices.sql"),
        save: include_str!("sql/save_invoices.sql"),
        drop: include_str!("sql/drop_invoices.sql"),
    };

    type Row<'a> = InvoiceRow<'a>;

    fn read(id: &String, row: &Row) -> Result<Self, StoreError> {
        Ok(Self { linked: row.get("subscription_id"), ..read_state(id, row)? })
    }

    fn row<'a>(&'a self, id: &'a String, _context: Context<'_>) -> Result<InvoiceRow<'a>, StoreError> {
        let version = self.version();
        Ok(InvoiceRow {
            id,
            subscription_id: self.linked.as_deref(),
            customer: version.and_then(|v| v.customer.as_deref()),
            status: self.status(),
            billing_reason: version.and_then(|v| v.billing_reason.as_deref()),
            amount_due: version.map_or(0, |v| v.amount_due),
            amount_paid: version.map_or(0, |v| v.amount_paid),
            currency: version.and_then(|v| v.currency.as_deref()),
            attempt_count: version.map_or(0, |v| v.attempt_count),
            next_payment_attempt: time(version.and_then(|v| v.next_payment_attempt)),
            period_end: time(version.and_then(|v| v.period).map(|period| period.end)),
            payment_intent: self.payment_intent(),
            payment_succeeded: self.payment_succeeded,
            ambiguous: self.versions.as_ref().is_some_and(|versions| versions.ambiguous()),
            state: document(id, self)?,
            account: &self.origin.account,
            livemode: self.origin.livemode,
            number: version.and_then(|v| v.number.as_deref()),
        })
    }
}
