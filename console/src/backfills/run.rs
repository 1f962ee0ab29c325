//! One command `backfill`: which kinds of object of which accounts it takes in, and where it goes on.

use deadpool_postgres::GenericClient;
use jiff::Timestamp;
use tokio_postgres::Row;

use super::part::BackfillPart;
use crate::common::error::ServiceError;

pub(crate) const OPEN: &str = include_str!("sql/run_open.sql");
pub(crate) const BEGIN: &str = include_str!("sql/run_begin.sql");
pub(crate) const FINISH: &str = include_str!("sql/run_finish.sql");

/// What a command asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RunRequest {
    pub(crate) part: BackfillPart,
    /// As the command names it: `self`, `all`, `acct_…`.
    pub(crate) account: String,
    /// Objects that Stripe made from then on; none: all.
    pub(crate) since: Option<Timestamp>,
    /// Whether the messages that the objects call for are sent. A company that begins with years of orders does not
    /// want to ship them again.
    pub(crate) messages: bool,
}

/// A run that is under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BackfillRun {
    pub(crate) id: i64,
    pub(crate) since: Option<Timestamp>,
    pub(crate) started_at: Timestamp,
}

impl From<&Row> for BackfillRun {
    fn from(row: &Row) -> Self {
        Self { id: row.get("id"), since: row.get("since"), started_at: row.get("started_at") }
    }
}

impl BackfillRun {
    /// The run that was interrupted and does at least what is asked for; none where there is no such run.
    pub(crate) async fn open(
        client: &impl GenericClient,
        request: &RunRequest,
    ) -> Result<Option<Self>, ServiceError> {
        let RunRequest { part, account, since, messages } = request;
        let row = client.query_opt(OPEN, &[part, account, messages, since]).await?;
        Ok(row.as_ref().map(Self::from))
    }

    pub(crate) async fn begin(
        client: &impl GenericClient,
        request: &RunRequest,
    ) -> Result<Self, ServiceError> {
        let RunRequest { part, account, since, messages } = request;
        Ok(Self::from(&client.query_one(BEGIN, &[part, account, messages, since]).await?))
    }

    /// Everything was taken in.
    pub(crate) async fn finish(&self, client: &impl GenericClient) -> Result<(), ServiceError> {
        client.execute(FINISH, &[&self.id]).await?;
        Ok(())
    }
}
