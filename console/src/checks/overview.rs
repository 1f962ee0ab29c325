//! What was read from Stripe's API lately: sweeps, backfills, and what comparisons found.

use deadpool_postgres::Pool;

use super::store::{self as checks, StoredCheck};
use crate::backfills::store::{self as backfills, Backfill};
use crate::common::error::ServiceError;
use crate::sweeps::store::{self as sweeps, Sweep};
use crate::system::gaps::{Gaps, gaps};

/// As many of each are shown.
const SHOWN: i64 = 10;

/// The newest of each first.
#[derive(Debug)]
pub(crate) struct StripeReads {
    pub(crate) gaps: Gaps,
    pub(crate) sweeps: Vec<Sweep>,
    pub(crate) backfills: Vec<Backfill>,
    pub(crate) checks: Vec<StoredCheck>,
}

impl StripeReads {
    /// Whether something is under way, or was interrupted.
    pub(crate) fn has_unfinished(&self) -> bool {
        self.sweeps.iter().any(|sweep| sweep.finished_at.is_none())
            || self.backfills.iter().any(|backfill| backfill.finished_at.is_none())
    }
}

/// What the database knows.
pub(crate) async fn reads(pool: &Pool) -> Result<StripeReads, ServiceError> {
    let client = pool.get().await?;
    Ok(StripeReads {
        gaps: gaps(&client).await?,
        sweeps: sweeps::list(&client, None, SHOWN).await?,
        backfills: backfills::list(&client, SHOWN).await?,
        checks: checks::newest(&client).await?,
    })
}
