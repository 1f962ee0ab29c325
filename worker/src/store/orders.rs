//! Orders.

use domain::order::{Expected, Order};
use domain::origin::OrderKey;
use tokio_postgres::Row;

use super::batch::batch_row;
use super::error::StoreError;
use super::stored::{Context, Statements, Stored, document, read_state};

batch_row! {
    OrderRow<'a> {
        account: &'a str,
        livemode: bool,
        id: &'a str,
        customer: Option<String>,
        amount: Option<i64>,
        currency: Option<String>,
        reference_code: Option<String>,
        status: &'static str,
        amount_paid: i64,
        amount_refunded: i64,
        amount_disputed: i64,
        payment_intent: Option<String>,
        state: String,
    }
}

impl Stored for Order {
    const STATEMENTS: Statements = Statements {
        create: include_str!("sql/create_orders.sql"),
        load: include_str!("sql/load_orders.sql"),
        save: include_str!("sql/save_orders.sql"),
        drop: include_str!("sql/drop_orders.sql"),
    };

    type Row<'a> = OrderRow<'a>;

    fn read(key: &OrderKey, row: &Row) -> Result<Self, StoreError> {
        Ok(Self { expected: expected(row), ..read_state(key, row)? })
    }

    fn row<'a>(&'a self, key: &'a OrderKey, _context: Context<'_>) -> Result<OrderRow<'a>, StoreError> {
        let totals = self.totals();
        Ok(OrderRow {
            account: &key.origin.account,
            livemode: key.origin.livemode,
            id: &key.id,
            customer: totals.customer,
            amount: totals.amount,
            currency: totals.currency,
            reference_code: totals.reference_code,
            status: totals.status.as_str(),
            amount_paid: totals.paid,
            amount_refunded: totals.refunded,
            amount_disputed: totals.disputed,
            payment_intent: totals.payment_intent,
            state: document(key, self)?,
        })
    }
}

/// What was registered; a price that was taken from a payment is no expectation.
fn expected(row: &Row) -> Option<Expected> {
    let registered: bool = row.get("registered");
    let (amount, currency) = (row.get::<_, Option<i64>>("amount"), row.get::<_, Option<String>>("currency"));
    Some(Expected {
        customer: row.get("customer"),
        amount: amount.filter(|_| registered)?,
        currency: currency?,
        reference_code: row.get("reference_code"),
    })
}
