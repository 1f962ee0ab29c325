//! The statements of the search. Reads only, but for the keys of people ([`super::indexing`]).

use deadpool_postgres::GenericClient;
use stripe::currency::{THREE_DECIMALS, ZERO_DECIMALS};

use super::access::SearchedAs;
use super::amount::AmountTerm;
use super::hit::Hit;
use crate::common::error::ServiceError;
use crate::common::origin::OriginFilter;

pub(crate) const IDS: &str = include_str!("sql/ids.sql");
pub(crate) const ORDER_PARTS: &str = include_str!("sql/order_parts.sql");
pub(crate) const AMOUNTS: &str = include_str!("sql/amounts.sql");
pub(crate) const CODES: &str = include_str!("sql/codes.sql");
pub(crate) const NUMBERS: &str = include_str!("sql/numbers.sql");
pub(crate) const KEYS: &str = include_str!("sql/keys.sql");

/// Hits of one kind and reading.
const LIMIT: i64 = 20;

/// A text as a `LIKE` pattern that matches it literally.
fn literal(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

fn hits(rows: &[tokio_postgres::Row], searched_as: SearchedAs) -> Result<Vec<Hit>, ServiceError> {
    Ok(rows.iter().map(|row| Hit::read(row, searched_as)).collect::<Result<_, _>>()?)
}

/// The ids that differ from this one in case alone, itself among them; at most five.
pub(super) async fn ids(client: &impl GenericClient, id: &str) -> Result<Vec<String>, ServiceError> {
    let lower = id.to_lowercase();
    let rows = client.query(IDS, &[&lower, &literal(&lower)]).await?;
    Ok(rows.iter().map(|row| row.get("id")).collect())
}

/// Orders whose id contains a text, which is lower case.
pub(super) async fn order_parts(
    client: &impl GenericClient,
    part: &str,
    origin: &OriginFilter,
) -> Result<Vec<Hit>, ServiceError> {
    let pattern = format!("%{}%", literal(part));
    let rows = client.query(ORDER_PARTS, &[&pattern, &origin.account, &origin.livemode, &LIMIT]).await?;
    hits(&rows, SearchedAs::OrderPart)
}

/// Orders, payments, refunds and invoices of an amount.
pub(super) async fn amounts(
    client: &impl GenericClient,
    term: &AmountTerm,
    origin: &OriginFilter,
) -> Result<Vec<Hit>, ServiceError> {
    let decimals: Vec<i32> =
        term.minor_units.iter().map(|(decimals, _)| i32::try_from(*decimals).unwrap_or(0)).collect();
    let minor: Vec<i64> = term.minor_units.iter().map(|(_, minor)| *minor).collect();
    let (zero, three): (&[&str], &[&str]) = (&ZERO_DECIMALS, &THREE_DECIMALS);
    let rows = client
        .query(
            AMOUNTS,
            &[&decimals, &minor, &term.currencies, &zero, &three, &origin.account, &origin.livemode, &LIMIT],
        )
        .await?;
    hits(&rows, SearchedAs::Amount)
}

/// The invoice with this number and the order with this reference code, lower case.
pub(super) async fn codes(client: &impl GenericClient, code: &str) -> Result<Vec<Hit>, ServiceError> {
    hits(&client.query(CODES, &[&code, &LIMIT]).await?, SearchedAs::Code)
}

/// A dead letter and a case by their numbers.
pub(super) async fn numbers(
    client: &impl GenericClient,
    dead_letter: Option<i64>,
    case: Option<i64>,
) -> Result<Vec<Hit>, ServiceError> {
    let searched_as = if dead_letter.is_some() { SearchedAs::DeadLetter } else { SearchedAs::Case };
    hits(&client.query(NUMBERS, &[&dead_letter, &case]).await?, searched_as)
}

/// What has all of these keyed hashes; nothing where there are none.
pub(super) async fn keys(
    client: &impl GenericClient,
    hashes: &[Vec<u8>],
    origin: &OriginFilter,
    searched_as: SearchedAs,
) -> Result<Vec<Hit>, ServiceError> {
    if hashes.is_empty() {
        return Ok(Vec::new());
    }
    let rows = client.query(KEYS, &[&hashes, &origin.account, &origin.livemode, &LIMIT]).await?;
    hits(&rows, searched_as)
}
