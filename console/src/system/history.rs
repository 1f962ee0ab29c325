//! What happened in each minute of the last week: counted by the console as it goes, so that a chart reads at most some
//! thousand rows.

use std::time::Duration;

use deadpool_postgres::{GenericClient, Pool};
use serde::Serialize;
use tokio_postgres::Row;
use tokio_util::sync::CancellationToken;
use utoipa::ToSchema;

use crate::common::error::ServiceError;
use crate::common::pause::pause;
use crate::common::text_enum::text_enum;

pub(crate) const FILL: &str = include_str!("sql/minutes_fill.sql");
pub(crate) const LIST: &str = include_str!("sql/minutes_list.sql");

const INTERVAL: Duration = Duration::from_secs(20);

text_enum! {
    /// How far a chart looks back.
    #[derive(Default)]
    pub(crate) enum Span {
        #[default]
        Hour = "1h",
        Day = "24h",
        Week = "7d",
    }
}

impl Span {
    /// How many bars a chart has, and how many seconds each stands for.
    const fn buckets(self) -> (i32, i32) {
        match self {
            Span::Hour => (60, 60),
            Span::Day => (96, 900),
            Span::Week => (84, 7200),
        }
    }
}

/// What happened in the time that a bar of a chart stands for.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct Bucket {
    /// Events received, of those that a worker has seen.
    pub(crate) received: i64,
    pub(crate) processed: i64,
    /// Dead letters.
    pub(crate) dead: i64,
    /// Payments that were held.
    pub(crate) held: i64,
    /// Seconds from received to processed, at the median.
    pub(crate) p50: Option<f64>,
    /// The same, of the slowest hundredth of the slowest minute.
    pub(crate) p99: Option<f64>,
}

/// The bars of a chart, the oldest first.
pub(crate) async fn list(client: &impl GenericClient, span: Span) -> Result<Vec<Bucket>, ServiceError> {
    let (count, seconds) = span.buckets();
    let bucket = |row: &Row| Bucket {
        received: row.get("received"),
        processed: row.get("processed"),
        dead: row.get("dead"),
        held: row.get("held"),
        p50: row.get("p50"),
        p99: row.get("p99"),
    };
    Ok(client.query(LIST, &[&count, &seconds]).await?.iter().map(bucket).collect())
}

/// Counts the minutes that have ended; how many rows.
pub(crate) async fn fill(client: &impl GenericClient) -> Result<u64, ServiceError> {
    Ok(client.execute(FILL, &[]).await?)
}

/// Counts until shutdown, whatever servers are unavailable meanwhile.
pub(crate) async fn watch(pool: Pool, shutdown: CancellationToken) {
    while !shutdown.is_cancelled() {
        let counted = async { fill(&pool.get().await?).await };
        if let Err(failure) = counted.await {
            tracing::debug!(%failure, "the last minutes were not counted");
        }
        pause(&shutdown, INTERVAL).await;
    }
}
