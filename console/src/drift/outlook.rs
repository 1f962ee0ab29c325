//! What taking in an object of Stripe's would do: the preview of the event that shows it.

use deadpool_postgres::Pool;
use domain::fetched::{Fetched, FetchedEvent, Source};
use domain::origin::Origin;
use domain::rules::Rules;
use stripe_api::Retrieved;
use worker::process::Disposition;

use super::difference::{Difference, differences};
use crate::common::error::ServiceError;

/// What taking an object in would do.
pub(super) struct Outlook {
    /// The event that takes it in.
    pub(super) event: FetchedEvent,
    pub(super) differences: Vec<Difference>,
    /// The keys of the messages that would be sent.
    pub(super) messages: Vec<String>,
    /// Why the workers would refuse it.
    pub(super) error: Option<String>,
}

impl Outlook {
    pub(super) fn is_clean(&self) -> bool {
        self.differences.is_empty() && self.error.is_none()
    }
}

/// What taking in an object of an account would do, in the shape of an API version; none for a kind of object that
/// nothing is known of.
pub(super) async fn outlook(
    pool: &Pool,
    rules: &Rules,
    found: &Retrieved,
    account: &str,
    version: &str,
) -> Result<Option<Outlook>, ServiceError> {
    let livemode = found.object["livemode"].as_bool().unwrap_or_default();
    let origin = Origin { account: account.to_owned(), livemode };
    let (object, as_of) = (&found.object, found.as_of);
    let fetched = Fetched { object, origin: &origin, version, as_of, source: Source::Drift };
    let Some(event) = fetched.event() else { return Ok(None) };
    let preview = worker::preview(pool, &event.body, None, rules).await?;
    let error = match &preview.disposition {
        Disposition::Ack(_) => None,
        Disposition::Retry { rejection, .. } | Disposition::DeadLetter(rejection) => {
            Some(rejection.to_string())
        }
    };
    let messages = preview.messages.into_iter().map(|message| message.key).collect();
    Ok(Some(Outlook { event, differences: differences(preview.rows), messages, error }))
}
