//! What of a preview is drift: columns that say something of an object, and not when a row was written. Pure.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::{Map, Value};
use worker::RowChange;

/// Rows of the event that would bring the object.
const OF_THE_EVENT: [&str; 2] = ["events", "dead_letters"];

/// Columns that keep the books of a row: when it was written, and whether its events prove it.
const BOOKKEEPING: [&str; 9] = [
    "updated_at",
    "created_at",
    "processed_at",
    "state_at",
    "status_since",
    "booked_at",
    "opened_at",
    "closed_at",
    "ambiguous",
];

/// A column of the ledger that Stripe's object does not hold: the time of its movement is that of the event.
const BY_EVENTS: (&str, &str) = ("money_movements", "at");

/// One column that is not what Stripe's object makes of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Difference {
    pub(crate) table: String,
    pub(crate) id: String,
    pub(crate) field: String,
    /// As the database has it; null also where it has no such row.
    pub(crate) here: Value,
    /// As Stripe's object makes it; null also where there would be no such row.
    pub(crate) stripe: Value,
}

/// What differs in these rows, column by column; of a row that one side lacks those that are not null on the other.
pub(crate) fn differences(rows: Vec<RowChange>) -> Vec<Difference> {
    rows.into_iter().filter(|row| !OF_THE_EVENT.contains(&row.table.as_str())).flat_map(of_row).collect()
}

fn of_row(row: RowChange) -> Vec<Difference> {
    let (here, stripe) = (cells(row.before), cells(row.after));
    let fields: BTreeSet<&String> = here.keys().chain(stripe.keys()).collect();
    let counts = |field: &str| !BOOKKEEPING.contains(&field) && BY_EVENTS != (row.table.as_str(), field);
    let value = |cells: &Map<String, Value>, field: &str| cells.get(field).cloned().unwrap_or(Value::Null);
    let all = fields.into_iter().filter(|field| counts(field)).map(|field| Difference {
        table: row.table.clone(),
        id: row.id.clone(),
        field: field.clone(),
        here: value(&here, field),
        stripe: value(&stripe, field),
    });
    all.filter(|difference| difference.here != difference.stripe).collect()
}

fn cells(row: Option<Value>) -> Map<String, Value> {
    match row {
        Some(Value::Object(cells)) => cells,
        _ => Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn change(table: &str, before: Option<Value>, after: Option<Value>) -> RowChange {
        RowChange { table: table.to_owned(), id: "x".to_owned(), before, after }
    }

    #[test]
    fn a_column_with_another_value_is_drift_and_one_that_says_when_it_was_written_is_not() {
        let before = json!({"amount": 5, "status": "paid", "updated_at": "a", "ambiguous": true});
        let after = json!({"amount": 7, "status": "paid", "updated_at": "b", "ambiguous": false});
        let found = differences(vec![change("payments", Some(before), Some(after))]);
        let [found] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!((found.field.as_str(), &found.here, &found.stripe), ("amount", &json!(5), &json!(7)));
    }

    #[test]
    fn a_row_that_one_side_lacks_differs_in_all_that_it_holds() {
        let row = json!({"key": "refund/re_1", "amount": -5, "payment_id": null, "at": "now"});
        let fields = |found: Vec<Difference>| found.into_iter().map(|d| d.field).collect::<Vec<_>>();
        assert_eq!(
            fields(differences(vec![change("money_movements", None, Some(row.clone()))])),
            ["amount", "key"]
        );
        assert_eq!(fields(differences(vec![change("refunds", Some(row), None)])), ["amount", "at", "key"]);
    }

    #[test]
    fn the_row_of_the_event_itself_is_no_drift() {
        assert_eq!(differences(vec![change("events", None, Some(json!({"id": "evt_1"})))]), []);
    }
}
