//! Rows of a batch, and how they become the arrays of one set-based statement.

use deadpool_postgres::Transaction;
use jiff::Timestamp;
use tokio_postgres::types::ToSql;

use super::error::StoreError;

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

        impl<$life> $crate::store::batch::BatchRow<$life> for $name<$life> {
            fn columns(rows: Vec<Self>) -> $crate::store::batch::Columns<$life> {
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

/// The columns as parameters of a statement.
pub(super) fn parameters<'a>(columns: &'a Columns<'_>) -> Vec<&'a (dyn ToSql + Sync)> {
    columns.iter().map(|column| &**column as _).collect()
}

/// Runs a statement over the rows; no rows, no statement. A statement with one parameter more than there are columns
/// gets the time in it.
pub(super) async fn execute<'a, R: BatchRow<'a>>(
    tx: &Transaction<'_>,
    statement: &'static str,
    rows: Vec<R>,
    now: Timestamp,
) -> Result<(), StoreError> {
    if rows.is_empty() {
        return Ok(());
    }
    let statement = tx.prepare_cached(statement).await?;
    let columns = R::columns(rows);
    let mut parameters = parameters(&columns);
    if statement.params().len() > parameters.len() {
        parameters.push(&now);
    }
    tx.execute(&statement, &parameters).await?;
    Ok(())
}
