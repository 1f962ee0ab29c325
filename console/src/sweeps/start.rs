//! A sweep that somebody starts in the console: it goes on in the background.

use jiff::{SignedDuration, Timestamp};
use tracing::warn;

use super::reader::Reader;
use super::service;
use super::window::Window;
use crate::audit::action::{AuditAction, Subject};
use crate::audit::reason::AuditReason;
use crate::audit::store as audit;
use crate::common::actor::Actor;
use crate::common::error::ServiceError;
use crate::common::text_enum::text_enum;

text_enum! {
    /// How far back it looks.
    pub(crate) enum SweepReach {
        Hour = "1h",
        Day = "1d",
        /// As long as Stripe tries to deliver.
        ThreeDays = "3d",
        /// As long as Stripe lists events.
        Month = "30d",
    }
}

impl SweepReach {
    const fn duration(self) -> SignedDuration {
        SignedDuration::from_hours(match self {
            Self::Hour => 1,
            Self::Day => 24,
            Self::ThreeDays => 3 * 24,
            Self::Month => 30 * 24,
        })
    }
}

/// Sweeps all accounts in the background, once the audit says who wants it and why.
///
/// # Errors
/// [`ServiceError`]: the database is unavailable, and nothing was started.
pub(crate) async fn start(
    reader: &Reader,
    actor: &Actor,
    reach: SweepReach,
    reason: &AuditReason,
) -> Result<(), ServiceError> {
    let accounts = reader.accounts().await?;
    let client = reader.pool.get().await?;
    audit::append(&client, actor, AuditAction::SweepStart, &Subject::Console, reason.as_str()).await?;
    drop(client);
    let until = Timestamp::now();
    let window = Window { since: until - reach.duration(), until };
    let reader = reader.clone();
    tokio::spawn(async move {
        for account in accounts {
            // What was read is noted page by page: after a restart the next sweep goes on from there.
            if let Err(failure) = service::sweep(&reader, &account, window, |_| {}).await {
                warn!(%failure, "a sweep that was started in the console did not finish");
            }
        }
    });
    Ok(())
}
