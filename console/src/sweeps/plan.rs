//! Which part of Stripe's list is read next. Pure.

use jiff::{SignedDuration, Timestamp};

use super::store::Sweep;
use super::window::Window;

/// Stripe lists events for 30 days (<https://docs.stripe.com/api/events/list>).
pub(crate) const LONGEST: SignedDuration = SignedDuration::from_hours(30 * 24);
/// A scheduled sweep reads the last of what the one before has read once more: an event may come into the list late.
const OVERLAP: SignedDuration = SignedDuration::from_hours(1);
/// What Stripe made just now may still be on its way.
const MARGIN: SignedDuration = SignedDuration::from_mins(5);

/// What one look at the list consists of.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Plan {
    /// A sweep that was interrupted and is gone on with first.
    pub(crate) resumed: Option<i64>,
    /// What is read besides.
    pub(crate) new: Option<Window>,
}

/// How `wanted` is read where `newest` was the last sweep: an interrupted one that reaches as far back goes on where it
/// was, and what has come since is read after it.
pub(crate) fn plan(newest: Option<&Sweep>, wanted: Window) -> Plan {
    let interrupted = newest.filter(|sweep| sweep.finished_at.is_none());
    let covers = interrupted.filter(|sweep| sweep.since <= wanted.since && sweep.until > wanted.since);
    // One that had come far enough back has nothing left to do, and Stripe may have forgotten the event that it stopped at.
    let resumed = covers.filter(|sweep| sweep.reached > wanted.since);
    let since = covers.map_or(wanted.since, |sweep| sweep.until);
    let new = (since < wanted.until).then_some(Window { since, until: wanted.until });
    Plan { resumed: resumed.map(|sweep| sweep.id), new }
}

/// What a scheduled sweep wants to read at `now`; nothing while none is due. `first_received` is when the first event
/// came: what Stripe made long before concerned another system. `waiting` is how long the oldest event in a queue has
/// been waiting: it is not missing.
pub(crate) fn due(
    newest: Option<&Sweep>,
    first_received: Option<Timestamp>,
    now: Timestamp,
    interval: SignedDuration,
    waiting: SignedDuration,
) -> Option<Window> {
    let until = now - MARGIN - waiting;
    let since = match newest {
        Some(sweep) if sweep.finished_at.is_none() => sweep.since,
        Some(sweep) if until.duration_since(sweep.until) < interval => return None,
        Some(sweep) => sweep.until - OVERLAP,
        None => first_received?,
    };
    let since = since.max(now - LONGEST);
    (since < until).then_some(Window { since, until })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: SignedDuration = SignedDuration::from_hours(1);

    fn at(hour: i64) -> Timestamp {
        Timestamp::from_second(1_790_000_000).unwrap() + HOUR * i32::try_from(hour).unwrap()
    }

    fn sweep(since: i64, until: i64, finished: bool) -> Sweep {
        Sweep {
            id: 7,
            account: String::new(),
            since: at(since),
            until: at(until),
            after_event: None,
            reached: at(until),
            listed: 0,
            missed: 0,
            started_at: at(until),
            finished_at: finished.then(|| at(until)),
            error: None,
        }
    }

    fn window(since: i64, until: i64) -> Window {
        Window { since: at(since), until: at(until) }
    }

    #[test]
    fn an_interrupted_sweep_goes_on_and_what_came_since_is_read_after_it() {
        let interrupted = sweep(0, 10, false);
        assert_eq!(
            plan(Some(&interrupted), window(1, 12)),
            Plan { resumed: Some(7), new: Some(window(10, 12)) }
        );
        assert_eq!(plan(Some(&interrupted), window(1, 9)), Plan { resumed: Some(7), new: None });
    }

    #[test]
    fn an_interrupted_sweep_that_came_far_enough_back_is_not_gone_on_with() {
        let interrupted = Sweep { reached: at(3), ..sweep(0, 10, false) };
        assert_eq!(
            plan(Some(&interrupted), window(4, 12)),
            Plan { resumed: None, new: Some(window(10, 12)) }
        );
        assert_eq!(plan(Some(&interrupted), window(2, 12)).resumed, Some(7));
    }

    #[test]
    fn what_an_interrupted_sweep_does_not_reach_is_read_anew() {
        let interrupted = sweep(5, 10, false);
        let anew = |window| Plan { resumed: None, new: Some(window) };
        assert_eq!(plan(Some(&interrupted), window(1, 12)), anew(window(1, 12)), "further back");
        assert_eq!(plan(Some(&interrupted), window(11, 12)), anew(window(11, 12)), "later than all of it");
        assert_eq!(plan(Some(&sweep(0, 10, true)), window(1, 12)), anew(window(1, 12)), "it had finished");
        assert_eq!(plan(None, window(1, 12)), anew(window(1, 12)));
    }

    #[test]
    fn a_sweep_is_due_once_an_interval_and_overlaps_the_one_before() {
        let due_at = |newest: &Sweep, now| due(Some(newest), None, now, HOUR, SignedDuration::ZERO);
        let finished = sweep(0, 10, true);
        assert_eq!(due_at(&finished, at(11)), None, "the last five minutes are left out");
        let five = SignedDuration::from_mins(5);
        assert_eq!(due_at(&finished, at(11) + five), Some(window(9, 11)));
        let interrupted = sweep(0, 10, false);
        assert_eq!(due_at(&interrupted, at(10) + five), Some(window(0, 10)), "an interrupted one at once");
    }

    #[test]
    fn what_waits_in_a_queue_is_not_missing() {
        let newest = sweep(0, 10, true);
        let five = SignedDuration::from_mins(5);
        assert_eq!(due(Some(&newest), None, at(13) + five, HOUR, HOUR), Some(window(9, 12)));
        assert_eq!(due(Some(&newest), None, at(13) + five, HOUR, HOUR * 3), None);
    }

    #[test]
    fn the_first_sweep_begins_with_the_first_event_and_none_reaches_further_than_the_list() {
        let five = SignedDuration::from_mins(5);
        assert_eq!(due(None, None, at(9), HOUR, SignedDuration::ZERO), None, "nothing was ever received");
        assert_eq!(due(None, Some(at(2)), at(9) + five, HOUR, SignedDuration::ZERO), Some(window(2, 9)));
        let late = due(None, Some(at(2)), at(900) + five, HOUR, SignedDuration::ZERO);
        assert_eq!(late, Some(Window { since: at(180) + five, until: at(900) }));
    }
}
