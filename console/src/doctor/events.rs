//! What becomes of events: dead letters, events of the other mode, gaps, and messages that wait to go out.

use deadpool_postgres::{GenericClient, Pool};
use jiff::{SignedDuration, Timestamp};

use super::finding::{CheckId, Finding};
use crate::common::elapsed::format_seconds;
use crate::common::error::ServiceError;
use crate::common::role::Role;
use crate::messages::destinations::{self, Destination};
use crate::messages::state::DestinationState;
use crate::runtime::settings::ConsoleSettings;
use crate::sweeps::store::{self as sweeps, Sweep};
use crate::system::gaps::{self, Gaps};

pub(crate) const EVENTS: &str = include_str!("sql/events.sql");

/// Seconds that a message may wait to go out.
const LONGEST_UNSENT: f64 = 60.0;
/// How long a missed event that was published may be on its way.
const LONGEST_GAP: SignedDuration = SignedDuration::from_mins(15);

pub(super) async fn check(
    client: &impl GenericClient,
    pool: &Pool,
    settings: &ConsoleSettings,
) -> Result<Vec<Finding>, ServiceError> {
    let row = client.query_one(EVENTS, &[]).await?;
    let destinations = destinations::list(pool, Role::Admin).await?;
    let (missing, newest) = (gaps::gaps(client).await?, sweeps::newest(client, "").await?);
    let interval = settings.sweep.sweep.filter(|_| settings.stripe_api.is_some());
    let interval = interval.and_then(|interval| SignedDuration::try_from(interval).ok());
    let now = Timestamp::now();
    Ok(vec![
        dead_letters(row.get("dead_open")),
        mode(row.get("looked_at"), row.get("other_mode"), settings.rules.livemode),
        outgoing(&destinations, row.get("oldest_unsent")),
        gaps(&missing, newest.as_ref(), interval, now),
    ])
}

fn dead_letters(open: i64) -> Finding {
    match open {
        0 => Finding::ok(CheckId::DeadLetters, "none is open"),
        open => {
            let remedy = "look at them: `sluicegate dead groups`";
            Finding::warning(CheckId::DeadLetters, format!("{open} are open"), remedy)
        }
    }
}

/// Most events are of the other mode where STRIPE_LIVEMODE, or the endpoint at Stripe, is the wrong one.
fn mode(looked_at: i64, other: i64, livemode: Option<bool>) -> Finding {
    let found = format!("{other} of the newest {looked_at} events are of the other mode");
    if other == 0 || other * 2 < looked_at {
        return Finding::ok(CheckId::Mode, found);
    }
    let mode = if livemode == Some(true) { "live" } else { "test" };
    let remedy = format!("STRIPE_LIVEMODE is {mode}: change it, or the endpoint at Stripe");
    Finding::failed(CheckId::Mode, found, remedy)
}

fn outgoing(destinations: &[Destination], oldest_unsent: Option<f64>) -> Finding {
    let check = CheckId::OutgoingMessages;
    let paused = destinations.iter().find(|destination| destination.state == DestinationState::Paused);
    if let Some(Destination { name, last_error, pending, .. }) = paused {
        let why = last_error.as_deref().map(|error| format!(": {error}")).unwrap_or_default();
        let found = format!("{name} is paused, {pending} messages wait{why}");
        let remedy = format!("fix it, then `sluicegate messages resume {name} --reason …`");
        return Finding::failed(check, found, remedy);
    }
    match oldest_unsent {
        Some(seconds) if seconds > LONGEST_UNSENT => {
            let found = format!("the oldest message waits since {}", format_seconds(seconds));
            Finding::failed(check, found, "look at the workers' logs: one of them sends all messages")
        }
        _ => Finding::ok(check, "they go out"),
    }
}

fn gaps(found: &Gaps, newest: Option<&Sweep>, interval: Option<SignedDuration>, now: Timestamp) -> Finding {
    let check = CheckId::Gaps;
    let is_old = |at: Timestamp| now.duration_since(at) > LONGEST_GAP;
    if found.waiting > 0 && newest.and_then(|sweep| sweep.finished_at).is_some_and(is_old) {
        let waiting = format!("{} events that a sweep published have not arrived", found.waiting);
        return Finding::failed(check, waiting, "look at the workers' logs and at the dead letters");
    }
    let Some(interval) = interval else {
        let remedy = "set STRIPE_API_KEY: a webhook that is missed stays missed";
        return Finding::warning(check, "Stripe's list of events is not swept", remedy);
    };
    // Twice the interval, and what a sweep may take.
    let due = |sweep: &Sweep| now.duration_since(sweep.until) > interval * 2 + LONGEST_GAP;
    match newest {
        Some(sweep) if due(sweep) => {
            let error = sweep.error.as_deref().map(|error| format!(": {error}")).unwrap_or_default();
            let remedy = "is the console running? `sluicegate sweep` says what is wrong";
            Finding::failed(check, format!("the last sweep is overdue{error}"), remedy)
        }
        _ => Finding::ok(check, format!("{} events were ever missed", found.missed)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::finding::CheckStatus;

    const HOUR: SignedDuration = SignedDuration::from_hours(1);

    #[test]
    fn most_events_of_the_other_mode_are_a_wrong_setting() {
        assert_eq!(mode(1000, 20, Some(true)).status, CheckStatus::Ok);
        assert_eq!(mode(0, 0, Some(true)).status, CheckStatus::Ok);
        assert_eq!(mode(1000, 900, Some(false)).status, CheckStatus::Failed);
    }

    #[test]
    fn messages_that_wait_longer_than_a_minute_are_reported() {
        assert_eq!(outgoing(&[], None).status, CheckStatus::Ok);
        assert_eq!(outgoing(&[], Some(59.0)).status, CheckStatus::Ok);
        assert_eq!(outgoing(&[], Some(61.0)).status, CheckStatus::Failed);
    }

    #[test]
    fn a_sweep_that_is_overdue_is_reported() {
        let (none, now) = (Gaps { missed: 0, waiting: 0, oldest: None }, Timestamp::UNIX_EPOCH + HOUR * 1000);
        let swept = |hours: i32| Sweep {
            id: 1,
            account: String::new(),
            since: Timestamp::UNIX_EPOCH,
            until: now - HOUR * hours,
            after_event: None,
            reached: Timestamp::UNIX_EPOCH,
            listed: 0,
            missed: 0,
            started_at: now - HOUR * hours,
            finished_at: Some(now - HOUR * hours),
            error: None,
        };
        assert_eq!(gaps(&none, None, Some(HOUR), now).status, CheckStatus::Ok, "nothing was ever received");
        assert_eq!(gaps(&none, Some(&swept(1)), Some(HOUR), now).status, CheckStatus::Ok);
        assert_eq!(gaps(&none, Some(&swept(3)), Some(HOUR), now).status, CheckStatus::Failed);
        assert_eq!(gaps(&none, None, None, now).status, CheckStatus::Warning);
        let waiting = Gaps { missed: 2, waiting: 1, oldest: Some(Timestamp::UNIX_EPOCH) };
        assert_eq!(gaps(&waiting, Some(&swept(1)), Some(HOUR), now).status, CheckStatus::Failed);
    }
}
