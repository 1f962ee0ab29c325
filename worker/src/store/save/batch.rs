//! Rows of a batch, and how they become the arrays of one set-based statement.

use deadpool_postgres::Transaction;
use jiff::Timestamp;
use tokio_postgres::types::ToSql;

use super::StoreError;

/// The parameters of one statement: one array for each column.
pub(super) type Columns<'a> = Vec<Box<dyn ToSql + Sync + Send + 'a>>;

/// A row of a set-based statement, whose parameters are its columns in this order.
pub(super) trait BatchRow<'a>: Sized {
    fn columns(rows: Vec<Self>) -> Columns<'a>;
}

/// Declares a row: the field names are the column names of the statement, in its order.
macro_rules! batch_row {
    ($(#[$doc:meta])* $name:ident<$life:lifetime> { $($field:ident: $kind:ty,)* }) => {
        $(#[$doc])*
        pub(super) struct $name<$life> {
            $(pub(super) $field: $kind,)*
        }

        impl<$life> $crate::store::save::batch::BatchRow<$life> for $name<$life> {
            fn columns(rows: Vec<Self>) -> $crate::store::save::batch::Columns<$life> {
                $(let mut $field = Vec::with_capacity(rows.len());)*
                for row in rows {
                    $($field.push(row.$field);)*
                }
                vec![$(Box::new($field) as _),*]
            }
        }
    };
}
pub(super) use batch_row;

/// Runs a statement over the rows, with the time as its last parameter; no rows, no statement.
pub(super) async fn execute<'a, R: BatchRow<'a>>(
    tx: &Transaction<'_>,
    statement: &'static str,
    rows: Vec<R>,
    now: Option<Timestamp>,
) -> Result<(), StoreError> {
    if rows.is_empty() {
        return Ok(());
    }
    let columns = R::columns(rows);
    let mut parameters: Vec<&(dyn ToSql + Sync)> = columns.iter().map(|column| &**column as _).collect();
    if let Some(now) = &now {
        parameters.push(now);
    }
    tx.execute(&tx.prepare_cached(statement).await?, &parameters).await?;
    Ok(())
}
