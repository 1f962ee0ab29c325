//! The expected state beside the rows, field by field.

use std::collections::{BTreeSet, HashMap};

use serde_json::Value;
use tokio_postgres::Client;

use super::expected::{self, Row};
use crate::histories::ExpectedState;

/// One field that is not what it must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    pub history: String,
    /// The table and the field.
    pub what: String,
    pub id: String,
    /// By the expected state.
    pub must_be: String,
    pub is: String,
    /// Whether the row is marked ambiguous.
    pub ambiguous: bool,
}

/// Histories' names and what each must have come to.
pub type ExpectedStates<'a> = [(&'static str, &'a ExpectedState)];

pub async fn differences(
    client: &Client,
    expected_states: &ExpectedStates<'_>,
) -> Result<Vec<Difference>, tokio_postgres::Error> {
    let mut differences = Vec::new();
    for (table, rows) in expected::TABLES {
        let must: Vec<(&str, Row)> = expected_states
            .iter()
            .flat_map(|(name, expected_state)| rows(expected_state).into_iter().map(move |row| (*name, row)))
            .collect();
        if !must.is_empty() {
            let is = load(client, table, &must).await?;
            differences
                .extend(must.iter().flat_map(|(name, row)| compare_row(name, table, row, is.get(&row.id))));
        }
    }
    differences.extend(absent(client, expected_states).await?);
    differences.extend(messages(client, expected_states).await?);
    Ok(differences)
}

/// The rows as JSON, so that a table may have more columns than are compared, or fewer.
async fn load(
    client: &Client,
    table: &str,
    must: &[(&str, Row)],
) -> Result<HashMap<String, Value>, tokio_postgres::Error> {
    let exists: bool = client.query_one("SELECT to_regclass($1) IS NOT NULL", &[&table]).await?.get(0);
    if !exists {
        return Ok(HashMap::new());
    }
    let ids: Vec<&str> = must.iter().map(|(_, row)| row.id.as_str()).collect();
    // `table` is one of the constants in expected.rs.
    let sql = format!("SELECT id, to_jsonb(t) FROM {table} t WHERE id = ANY($1)");
    Ok(client.query(&sql, &[&ids]).await?.iter().map(|row| (row.get(0), row.get(1))).collect())
}

fn compare_row(history: &str, table: &str, must: &Row, is: Option<&Value>) -> Vec<Difference> {
    let ambiguous = is.and_then(|is| is.get("ambiguous")) == Some(&Value::Bool(true));
    let difference = |field: &str, must_be: String, is: String| Difference {
        history: history.to_owned(),
        what: format!("{table} {field}").trim_end().to_owned(),
        id: must.id.clone(),
        must_be,
        is,
        ambiguous,
    };
    let Some(is) = is else { return vec![difference("", "a row".to_owned(), "none".to_owned())] };
    let unequal = |(field, value): &(&'static str, Value)| match is.get(field) {
        None => Some(difference(field, value.to_string(), "no such column".to_owned())),
        Some(found) if expected::same(value, found) => None,
        Some(found) => Some(difference(field, value.to_string(), found.to_string())),
    };
    must.fields.iter().filter_map(unequal).collect()
}

/// Orders that must not have come to be.
async fn absent(
    client: &Client,
    expected_states: &ExpectedStates<'_>,
) -> Result<Vec<Difference>, tokio_postgres::Error> {
    let ids: Vec<&str> = expected_states
        .iter()
        .flat_map(|(_, expected_state)| &expected_state.absent_orders)
        .map(String::as_str)
        .collect();
    let found = client.query("SELECT id, status FROM orders WHERE id = ANY($1)", &[&ids]).await?;
    let difference = |row: &tokio_postgres::Row| Difference {
        history: "subscription".to_owned(),
        what: "orders".to_owned(),
        id: row.get(0),
        must_be: "no row".to_owned(),
        is: row.get(1),
        ambiguous: false,
    };
    Ok(found.iter().map(difference).collect())
}

/// Lasting messages about anything in the histories: exactly those that must exist.
async fn messages(
    client: &Client,
    expected_states: &ExpectedStates<'_>,
) -> Result<Vec<Difference>, tokio_postgres::Error> {
    let subjects: Vec<String> =
        expected_states.iter().flat_map(|(_, expected_state)| expected::subjects(expected_state)).collect();
    let sql = "SELECT key FROM outbox WHERE lasting AND topic <> 'subscription.changed' AND split_part(key, '/', 2) = ANY($1)";
    let found: BTreeSet<String> =
        client.query(sql, &[&subjects]).await?.iter().map(|row| row.get(0)).collect();
    let must: BTreeSet<&String> =
        expected_states.iter().flat_map(|(_, expected_state)| &expected_state.lasting).collect();
    let difference = |history: &str, key: &str, must_be: &str, is: &str| Difference {
        history: history.to_owned(),
        what: "outbox".to_owned(),
        id: key.to_owned(),
        must_be: must_be.to_owned(),
        is: is.to_owned(),
        ambiguous: false,
    };
    let mut differences = Vec::new();
    for (name, expected_state) in expected_states {
        let missing = expected_state.lasting.iter().filter(|key| !found.contains(*key));
        differences.extend(missing.map(|key| difference(name, key, "sent", "missing")));
    }
    let extra = found.iter().filter(|key| !must.contains(key));
    differences.extend(extra.map(|key| difference("", key, "not sent", "sent")));
    Ok(differences)
}
