//! What waits for somebody, cases and groups of dead letters together: by the money at stake, then by age.

use std::collections::BTreeMap;

use deadpool_postgres::{GenericClient, Pool};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use tokio_postgres::Row;
use utoipa::ToSchema;

use crate::common::error::ServiceError;
use crate::common::role::Role;
use crate::masking::{self, masked_members};

pub(crate) const CASES: &str = include_str!("sql/open_cases.sql");
pub(crate) const GROUPS: &str = include_str!("sql/open_groups.sql");

/// A case, or a group of dead letters, that is open.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct OpenItem {
    /// As the audit names it: `case:7`, `group:0123456789ab`.
    pub(crate) subject: String,
    /// Why it is open.
    pub(crate) reason: String,
    /// What it is about: the order of a case, the type of a group's events.
    pub(crate) about: String,
    /// How many dead letters; 1 for a case.
    pub(crate) count: i64,
    /// The money at stake, in minor units by currency; of a group, of its newest 50.
    pub(crate) amounts: BTreeMap<String, i64>,
    pub(crate) since: Timestamp,
    pub(crate) assignee: Option<String>,
    pub(crate) acknowledged_by: Option<String>,
}

/// All that is open, the most money first, of as much money the oldest first.
pub(crate) async fn list(pool: &Pool, role: Role) -> Result<Vec<OpenItem>, ServiceError> {
    let client = pool.get().await?;
    let mut items = cases(&client).await?;
    items.extend(groups(&client).await?);
    items.sort_by(|a, b| b.weight().cmp(&a.weight()).then(a.since.cmp(&b.since)));
    Ok(masking::for_role(items, role))
}

async fn cases(client: &impl GenericClient) -> Result<Vec<OpenItem>, ServiceError> {
    let case = |row: &Row| {
        let (amount, currency): (Option<i64>, Option<String>) = (row.get("amount"), row.get("currency"));
        OpenItem {
            subject: format!("case:{}", row.get::<_, i64>("id")),
            reason: row.get("reason"),
            about: row.get("order_id"),
            count: 1,
            amounts: currency.zip(amount).into_iter().collect(),
            since: row.get("opened_at"),
            assignee: row.get("assignee"),
            acknowledged_by: row.get("acknowledged_by"),
        }
    };
    Ok(client.query(CASES, &[]).await?.iter().map(case).collect())
}

async fn groups(client: &impl GenericClient) -> Result<Vec<OpenItem>, ServiceError> {
    let group = |row: &Row| {
        let payloads: Vec<Vec<u8>> = row.get("payloads");
        OpenItem {
            subject: format!("group:{}", row.get::<_, String>("fingerprint")),
            reason: row.get("reason"),
            about: row.get("type"),
            count: row.get("count"),
            amounts: sums(payloads.iter().filter_map(|payload| at_stake(payload))),
            since: row.get("first_seen"),
            assignee: row.get("assignee"),
            acknowledged_by: row.get("acknowledged_by"),
        }
    };
    Ok(client.query(GROUPS, &[]).await?.iter().map(group).collect())
}

fn sums(amounts: impl Iterator<Item = (String, i64)>) -> BTreeMap<String, i64> {
    let mut sums: BTreeMap<String, i64> = BTreeMap::new();
    for (currency, amount) in amounts {
        let sum = sums.entry(currency).or_default();
        *sum = sum.saturating_add(amount);
    }
    sums
}

/// What an event is about in money: the amount of its object, as Stripe names it in each kind.
fn at_stake(body: &[u8]) -> Option<(String, i64)> {
    let body: Value = serde_json::from_slice(stripe::envelope::without_byte_order_mark(body)).ok()?;
    let object = &body["data"]["object"];
    let amount =
        ["amount", "amount_total", "amount_due", "total"].iter().find_map(|name| object[*name].as_i64());
    Some((object["currency"].as_str()?.to_ascii_lowercase(), amount.filter(|amount| *amount > 0)?))
}

impl OpenItem {
    /// The largest of its sums in whole units. Currencies are not converted: a rate would pretend to know.
    fn weight(&self) -> i64 {
        let units = |(currency, amount): (&String, &i64)| {
            amount / 10_i64.pow(stripe::currency::decimals(&currency.to_ascii_uppercase()))
        };
        self.amounts.iter().map(units).max().unwrap_or(0)
    }
}

masked_members! {
    OpenItem: about;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_money_at_stake_is_the_amount_of_the_events_object() {
        let of =
            |object: Value| at_stake(serde_json::json!({"data": {"object": object}}).to_string().as_bytes());
        assert_eq!(
            of(serde_json::json!({"amount": 4500, "currency": "USD"})),
            Some(("usd".to_owned(), 4500))
        );
        assert_eq!(
            of(serde_json::json!({"amount_total": 500, "currency": "jpy"})),
            Some(("jpy".to_owned(), 500))
        );
        assert_eq!(of(serde_json::json!({"amount": 0, "currency": "usd"})), None);
        assert_eq!(of(serde_json::json!({"id": "cus_1"})), None);
        assert_eq!(at_stake(b"not JSON"), None);
    }

    #[test]
    fn amounts_are_compared_in_whole_units() {
        let item = |currency: &str, amount| OpenItem {
            subject: String::new(),
            reason: String::new(),
            about: String::new(),
            count: 1,
            amounts: [(currency.to_owned(), amount)].into(),
            since: Timestamp::UNIX_EPOCH,
            assignee: None,
            acknowledged_by: None,
        };
        assert_eq!((item("usd", 4_500).weight(), item("jpy", 4_500).weight()), (45, 4_500));
    }
}
