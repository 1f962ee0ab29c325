//! Which payment a charge belongs to.

use domain::charge::ChargeLink;
use tokio_postgres::Row;

use super::batch::batch_row;
use super::error::StoreError;
use super::stored::{Context, Statements, Stored};

batch_row! {
    ChargeRow<'a> {
        id: &'a str,
        payment_id: Option<&'a str>,
    }
}

impl Stored for ChargeLink {
    const STATEMENTS: Statements = Statements {
        create: include_str!("sql/create_charges.sql"),
        load: include_str!("sql/load_charges.sql"),
        save: include_str!("sql/save_charges.sql"),
        drop: include_str!("sql/drop_charges.sql"),
    };

    type Row<'a> = ChargeRow<'a>;

    fn read(_id: &String, row: &Row) -> Result<Self, StoreError> {
        Ok(Self { payment: row.get("payment_id") })
    }

    fn row<'a>(&'a self, id: &'a String, _context: Context<'_>) -> Result<ChargeRow<'a>, StoreError> {
        Ok(ChargeRow { id, payment_id: self.payment.as_deref() })
    }
}
