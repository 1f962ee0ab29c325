//! The results of comparisons, in the database.

use deadpool_postgres::GenericClient;
use jiff::Timestamp;
use tokio_postgres::Row;

use crate::common::error::ServiceError;
use crate::common::text_enum::text_enum;

pub(crate) const INSERT: &str = include_str!("sql/insert.sql");
pub(crate) const NEWEST: &str = include_str!("sql/newest.sql");

text_enum! {
    /// What was compared with Stripe.
    pub(crate) enum CheckKind {
        /// Rows with objects.
        Drift = "drift",
        /// The ledger with the balance.
        Reconcile = "reconcile",
    }
}

/// What a comparison came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CheckResult {
    pub(crate) kind: CheckKind,
    /// The connected account; empty is the company's own.
    pub(crate) account: String,
    /// The part and the sample, or the month.
    pub(crate) scope: String,
    /// Objects, or transactions.
    pub(crate) checked: u64,
    /// Of those, the ones that differed; or movements that nothing explains.
    pub(crate) found: u64,
    /// Of those, the ones that were repaired.
    pub(crate) repaired: u64,
}

/// A result and when it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredCheck {
    pub(crate) result: CheckResult,
    pub(crate) finished_at: Timestamp,
}

/// Keeps a result.
pub(crate) async fn insert(client: &impl GenericClient, result: &CheckResult) -> Result<(), ServiceError> {
    let CheckResult { kind, account, scope, checked, found, repaired } = result;
    let number = |count: &u64| i64::try_from(*count).unwrap_or(i64::MAX);
    let (checked, found, repaired) = (number(checked), number(found), number(repaired));
    client.execute(INSERT, &[kind, account, scope, &checked, &found, &repaired]).await?;
    Ok(())
}

/// The newest result of each kind and account.
pub(crate) async fn newest(client: &impl GenericClient) -> Result<Vec<StoredCheck>, ServiceError> {
    Ok(client.query(NEWEST, &[]).await?.iter().map(StoredCheck::from).collect())
}

impl From<&Row> for StoredCheck {
    fn from(row: &Row) -> StoredCheck {
        let number = |name: &str| u64::try_from(row.get::<_, i64>(name)).unwrap_or_default();
        let result = CheckResult {
            kind: row.get("kind"),
            account: row.get("account"),
            scope: row.get("scope"),
            checked: number("checked"),
            found: number("found"),
            repaired: number("repaired"),
        };
        StoredCheck { result, finished_at: row.get("finished_at") }
    }
}
